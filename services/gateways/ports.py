"""What a payment provider is to the business; adapters fill it, one contract suite runs over all of them.

Amounts are integer minor units. A state is one of STATES and only moves forward.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from models.cart import SessionState
from utils.errors import AppError

State = SessionState


class PaymentDeclined(AppError):
    """The provider says no; the buyer may try another way to pay."""

    code, kind = "payment_declined", "payment"
    message = "The payment was declined: {reason}"


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
    """One way to pay. Its id is `pp_<identifier>_<name>`."""

    id: str

    async def open_session(self, request: SessionRequest) -> Snapshot:
        """Open a session; asked again with the same reference it answers with the same session."""
        ...

    async def authorize(self, reference: str, known: Snapshot) -> Snapshot:
        """The session's state now; providers that need nothing of the buyer authorize here."""
        ...

    async def cancel(self, reference: str, known: Snapshot) -> Snapshot:
        """Give up a session or an authorization that will not be used."""
        ...
