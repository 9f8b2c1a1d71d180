"""The payment providers of this installation: a row each; settings choose which of them are there."""

from collections.abc import Callable, Mapping

from services.providers.payment.ports import PaymentProvider
from services.providers.payment.system import SystemProvider

PROVIDERS: tuple[Callable[[], PaymentProvider], ...] = (SystemProvider,)


def payment_providers() -> Mapping[str, PaymentProvider]:
    """Every provider by its id."""
    return {provider.id: provider for provider in (make() for make in PROVIDERS)}
