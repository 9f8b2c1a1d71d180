"""Payment collections and sessions: their structs, and the statements that start, note, end and authorize a session."""

from datetime import datetime
from typing import Any, Literal

import msgspec
from sqlalchemy import Text, bindparam, case, cast, func, insert, null, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from models.schema.payment import payment, payment_collection, payment_session
from utils.errors import AppError
from utils.sql import Prepared

# `unknown`: not known to have been opened by the provider, so nothing can be paid with it yet.
SessionState = Literal["unknown", "pending", "requires_more", "authorized", "captured", "error", "canceled"]


class Session(msgspec.Struct):
    """A live payment session, amount in minor units."""

    id: str
    provider_id: str
    currency_code: str
    amount: int
    status: SessionState
    data: dict[str, Any]
    context: dict[str, Any]
    payment_collection_id: str
    created_at: datetime
    updated_at: datetime
    metadata: dict[str, Any] | None = None
    authorized_at: datetime | None = None
    expires_at: datetime | None = None

    def note(self, status: SessionState, data: dict[str, Any], when: datetime) -> None:
        """Keep what the provider said of it."""
        self.status, self.data, self.updated_at = status, data, when


class Collection(msgspec.Struct):
    """The cart's payment collection with its live session, if any."""

    id: str
    currency_code: str
    amount: int
    status: str
    created_at: datetime
    updated_at: datetime
    metadata: dict[str, Any] | None = None
    completed_at: datetime | None = None
    authorized_amount: int | None = None
    captured_amount: int | None = None
    refunded_amount: int | None = None
    payment_sessions: list[Session] = []

    def row(self, cart_id: str) -> dict[str, Any]:
        """The columns of a new one."""
        names = ("id", "currency_code", "amount", "created_at", "updated_at")
        return {"cart_id": cart_id, **{name: getattr(self, name) for name in names}}

    def follow(self, amount: int, currency_code: str) -> None:
        """The cart's total changed: nothing is paid of the new one."""
        self.amount, self.currency_code, self.status = amount, currency_code, "not_paid"

    def start_session(self, session: Session) -> None:
        """The live session, in place of any earlier one."""
        self.payment_sessions = [session]

    def end_session(self) -> None:
        """No session is live any more."""
        self.payment_sessions = []

    def authorize(self, amount: int, captured_at: datetime | None) -> None:
        """The provider agreed to the amount, and has taken it where `captured_at` says when."""
        is_captured = captured_at is not None
        self.status, self.completed_at = "completed" if is_captured else "authorized", captured_at
        self.captured_amount = amount if is_captured else 0


class CollectionNotFound(AppError):
    code, kind = "payment_collection_not_found", "missing"
    message = "Payment collection with id: {id} was not found"


class ProviderNotEnabled(AppError):
    code, kind = "payment_provider_not_enabled", "invalid"
    message = "Payment provider {provider_id} is not enabled in the cart's region {region_id}."


class PaymentMismatch(AppError):
    """The provider has another amount or currency than ours: nothing comes of it before a person has looked."""

    code, kind = "payment_mismatch", "conflict"
    message = "The payment provider answered with another amount than the cart's. Start the payment anew."


_live = payment_session.c.voided_at.is_(None)
INSERT_COLLECTION = Prepared(
    upsert(payment_collection).on_conflict_do_nothing(index_elements=["cart_id"]),
    *("id", "cart_id", "currency_code", "amount", "created_at", "updated_at"),
)
SET_AMOUNT = Prepared(
    update(payment_collection)
    .where(payment_collection.c.id == bindparam("collection_id"))
    .values(updated_at=func.now()),
    *(
        "amount",
        "currency_code",
        "status",
    ),
)
VOID_SESSIONS = Prepared(
    update(payment_session)
    .where(payment_session.c.payment_collection_id == bindparam("collection_id"), _live)
    .values(
        status=func.coalesce(bindparam("last_status", type_=Text), payment_session.c.status),
        voided_at=func.now(),
        updated_at=func.now(),
    ),
)
SESSION_COLUMNS = (
    "id provider_id currency_code amount status data context payment_collection_id metadata expires_at created_at "
    "updated_at"
).split()
INSERT_SESSION = Prepared(
    upsert(payment_session).on_conflict_do_nothing().returning(payment_session.c.id), *SESSION_COLUMNS
)
_with_id = payment_session.c.id == bindparam("session_id")
# What the provider says counts while nothing is paid with the session; states only move forward.
_open = or_(*(payment_session.c.status == state for state in ("unknown", "pending", "requires_more")))
NOTE_SESSION = Prepared(
    update(payment_session)
    .where(_with_id, _live)
    .values(
        status=case((_open, bindparam("state", type_=Text)), else_=payment_session.c.status),
        data=case((_open, bindparam("answer", type_=JSONB)), else_=payment_session.c.data),
        updated_at=func.now(),
    )
    .returning(payment_session.c.status, cast(payment_session.c.data, Text).label("data"), payment_session.c.updated_at)
)
PROLONG_SESSION = Prepared(
    update(payment_session).where(_with_id, _live).values(expires_at=bindparam("until"), updated_at=func.now())
)
FIND_VOIDED = Prepared(select(payment_session.c.voided_at.is_not(None)).where(_with_id))
FIND_SESSION = Prepared(
    select(payment_session.c.id).where(payment_session.c.payment_collection_id == bindparam("collection_id")).limit(1)
)
FIND_PAYMENT = Prepared(select(payment.c.id).where(payment.c.payment_session_id == bindparam("session_id")))
# A voided session that no order was paid with.
LOAD_UNUSED = Prepared(
    select(*(payment_session.c[name] for name in ("id", "provider_id", "currency_code", "amount")))
    .outerjoin(payment, payment.c.payment_session_id == payment_session.c.id)
    .where(_with_id, payment_session.c.voided_at.is_not(None), payment.c.id.is_(None))
)


def _authorize() -> Prepared:
    """The live session becomes authorized (or captured), so does its collection, and a payment says so.

    No row if the session is not live.
    """
    moment = bindparam("moment", type_=payment.c.created_at.type)
    is_captured = bindparam("state", type_=Text) == "captured"
    captured_at = case((is_captured, moment), else_=null())
    session = (
        update(payment_session)
        .where(payment_session.c.id == bindparam("session_id"), _live)
        .values(status=bindparam("state", type_=Text), authorized_at=moment, updated_at=moment)
        .returning(*(payment_session.c[name] for name in COPIED), payment_session.c.id)
        .cte("session")
    )
    collection = (
        update(payment_collection)
        .where(payment_collection.c.id == session.c.payment_collection_id)
        .values(
            status=case((is_captured, "completed"), else_="authorized"),
            authorized_amount=session.c.amount,
            captured_amount=case((is_captured, session.c.amount), else_=0),
            refunded_amount=0,
            completed_at=captured_at,
            updated_at=moment,
        )
        .returning(payment_collection.c.id)
        .cte("collection")
    )
    copied = [session.c[name] for name in COPIED]
    fresh = [bindparam("payment_id", type_=Text), session.c.id, *copied, bindparam("data", type_=JSONB)]
    row = [*fresh, captured_at, moment, moment]
    names = ["id", "payment_session_id", *COPIED, "data", "captured_at", "created_at", "updated_at"]
    return Prepared(insert(payment).from_select(names, select(*row)).add_cte(collection).returning(payment.c.id))


COPIED = ("payment_collection_id", "provider_id", "currency_code", "amount")
AUTHORIZE = _authorize()
