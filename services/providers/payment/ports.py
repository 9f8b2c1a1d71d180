"""What a payment provider is to the business; adapters fill it, one contract suite runs over all of them.

Amounts are integer minor units. A state only moves forward. An adapter bounds the time of its calls, to seconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from utils.errors import AppError

State = Literal["pending", "requires_more", "authorized", "captured", "error", "canceled"]


class PaymentDeclined(AppError):
    """The provider says no; the buyer may try another way to pay."""

    code, kind = "payment_declined", "payment"
    message = "The payment was declined: {reason}"


class ProviderUnavailable(AppError):
    """The provider could not be reached: it has not heard of the request, nothing has happened there."""

    code, kind = "payment_provider_unavailable", "unavailable"
    message = "The payment provider {provider_id} cannot be reached. Try again in a moment, or pay another way."


class OutcomeUnknown(AppError):
    """The provider did not answer in time: whether it acted must be looked up before anything is tried again."""

    code, kind = "payment_outcome_unknown", "unavailable"
    message = "The payment provider {provider_id} did not answer. Nothing is lost: try again in a moment."


@dataclass(frozen=True, slots=True)
class SessionRequest:
    """A session to open; `reference` is our id of it and the provider's idempotency key."""

    reference: str
    amount: int
    currency_code: str
    email: str | None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The provider's view of a session; `data` is what the client may see (client secrets, redirect addresses)."""

    state: State
    amount: int
    currency_code: str
    data: Mapping[str, Any] = field(default_factory=dict)


class PaymentProvider(Protocol):
    """One way to pay. Its id is `pp_<identifier>_<name>`.

    Each call raises ProviderUnavailable when nothing was sent, and OutcomeUnknown when no answer came to what was.
    `is_remote` is False for a provider that calls nobody: its sessions cannot fail to open.
    """

    id: str
    is_remote: bool

    async def open_session(self, request: SessionRequest) -> Snapshot:
        """Open a session; asked again with the same reference it answers with the same session. PaymentDeclined."""
        ...

    async def find(self, reference: str) -> Snapshot | None:
        """The session opened under our reference, None if there is none: what is asked after an unknown outcome."""
        ...

    async def authorize(self, reference: str, known: Snapshot) -> Snapshot:
        """The session's state now; providers that need nothing of the buyer authorize here. PaymentDeclined."""
        ...

    async def cancel(self, reference: str, known: Snapshot) -> Snapshot:
        """Give up a session or an authorization that will not be used; asked again, or for one unknown, it is canceled.

        The state is `captured` where the money was taken already: that is for a person.
        """
        ...
