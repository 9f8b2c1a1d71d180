"""The payment providers of this installation: a row each. All of them are there, beside those of plug-ins; a region
says which of them its buyers may pay with."""

from collections.abc import Callable, Iterable, Mapping

from services.providers.payment.ports import PaymentProvider
from services.providers.payment.system import SystemProvider

PROVIDERS: tuple[Callable[[], PaymentProvider], ...] = (SystemProvider,)


class InstalledPayments:
    """Ids of the payment providers of this process, those of plug-ins among them."""

    def __init__(self, ids: Iterable[str] | None = None) -> None:
        self.ids = tuple(payment_providers() if ids is None else ids)


def payment_providers() -> Mapping[str, PaymentProvider]:
    """Every provider by its id."""
    return {provider.id: provider for provider in (make() for make in PROVIDERS)}
