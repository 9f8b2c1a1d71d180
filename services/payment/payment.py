"""Payment collections and sessions of carts. A session freezes the total it was opened for."""

from collections.abc import Container
from datetime import datetime
from typing import Any

import orjson

from models.cart.cart import Cart, CartCompleted
from models.cart.hold_limits import LOCK_BUYER, Holder
from models.order.order import Payment
from models.payment import session as sessions
from models.payment.session import (
    Collection,
    CollectionNotFound,
    PaymentMismatch,
    ProviderNotEnabled,
    Session,
    SessionState,
)
from models.shared.events import PaymentSessionVoided
from services.infrastructure.database.database import UnitOfWork
from services.infrastructure.database.failures import ConcurrencyConflict
from services.inventory import hold as inventory_hold
from services.providers.payment.ports import Snapshot
from services.region.cache import REGIONS
from utils.clock import now
from utils.ids import new_id
from utils.masking import log_masked

log = log_masked("pasar.payment")


async def follow_cart(work: UnitOfWork, cart: Cart, *, last_status: SessionState | None = None) -> None:
    """The cart changed: set the collection to its total, and end the session for the old one with its holds."""
    collection = cart.payment
    assert collection is not None
    if collection.payment_sessions:
        await _end_session(work, cart, collection, last_status)
    collection.follow(cart.total, cart.currency_code)
    await work.execute(
        sessions.SET_AMOUNT,
        {
            "collection_id": collection.id,
            "amount": collection.amount,
            "currency_code": collection.currency_code,
            "status": collection.status,
        },
    )


async def _end_session(
    work: UnitOfWork, cart: Cart, collection: Collection, last_status: SessionState | None = None
) -> None:
    """End the live session: its stock holds are released, and its provider will be told."""
    await work.execute(sessions.VOID_SESSIONS, {"collection_id": collection.id, "last_status": last_status})
    await inventory_hold.release(work, cart_id=cart.id)
    for session in collection.payment_sessions:
        work.emit(PaymentSessionVoided(session.id))
    collection.end_session()


async def collection_for(work: UnitOfWork, cart: Cart) -> Collection:
    """The cart's payment collection, made when there is none."""
    if cart.payment is not None:
        return cart.payment
    moment = now()
    collection = Collection(
        id=new_id("pay_col"),
        currency_code=cart.currency_code,
        amount=cart.total,
        status="not_paid",
        created_at=moment,
        updated_at=moment,
    )
    await work.execute(sessions.INSERT_COLLECTION, collection.row(cart.id))
    cart.open_payment(collection)
    return collection


async def lock_buyer(work: UnitOfWork, *, collection_id: str, address: str | None) -> Holder:
    """The collection's cart and its buyer, who opens no other session until the transaction ends; CollectionNotFound.

    Nobody else of that address opens one either, if there is one.
    """
    row = (await work.execute(LOCK_BUYER, {"id": collection_id, "address": address})).first()
    if row is None:
        raise CollectionNotFound(id=collection_id)
    return Holder(row.cart_id, row.buyer, address)


async def give_up(work: UnitOfWork, cart: Cart, *, session_id: str, last_status: SessionState | None = None) -> None:
    """Cancel a session that no order comes of, and tell its provider, unless it has paid for one; the cart is locked.

    One that had ended before is told of again: it may have been authorized since.
    """
    if (await work.execute(sessions.FIND_PAYMENT, {"session_id": session_id})).first() is not None:
        return
    if live_session(cart, session_id) is not None:
        await follow_cart(work, cart, last_status=last_status)
    else:
        work.emit(PaymentSessionVoided(session_id))


def live_session(cart: Cart, session_id: str | None = None) -> Session | None:
    """The cart's live session, if there is one, and it is this one."""
    live = cart.payment.payment_sessions if cart.payment is not None else []
    return next((session for session in live if session_id in (None, session.id)), None)


async def had_session(work: UnitOfWork, collection: Collection) -> bool:
    """True when a session was ever started for the collection, whatever became of it."""
    return (await work.execute(sessions.FIND_SESSION, {"collection_id": collection.id})).first() is not None


async def providers_of(work: UnitOfWork, *, region_id: str, installed: Container[str]) -> list[str]:
    """Ids of the providers that a region names and this installation has; none for a region that there is not."""
    region = (await work.snapshot(REGIONS)).by_id.get(region_id)
    return [provider_id for provider_id in region.provider_ids if provider_id in installed] if region else []


async def ensure_enabled(work: UnitOfWork, cart: Cart, provider_id: str, installed: Container[str]) -> None:
    if provider_id not in await providers_of(work, region_id=cart.region_id, installed=installed):
        raise ProviderNotEnabled(provider_id=provider_id, region_id=cart.region_id)


async def is_voided(work: UnitOfWork, session_id: str) -> bool | None:
    """Whether the session has ended; None when there never was one of this id."""
    found = (await work.execute(sessions.FIND_VOIDED, {"session_id": session_id})).scalar_one_or_none()
    return None if found is None else bool(found)


async def start_session(
    work: UnitOfWork,
    cart: Cart,
    *,
    session_id: str,
    provider_id: str,
    status: SessionState,
    expires_at: datetime | None,
) -> Session:
    """Start a session over the cart's total in place of any earlier one; ConcurrencyConflict when its id is taken."""
    collection = cart.payment
    if collection is None or cart.completed_at is not None:
        raise CartCompleted(id=cart.id)
    if collection.payment_sessions:
        await _end_session(work, cart, collection)
    moment = now()
    session = Session(
        id=session_id,
        provider_id=provider_id,
        currency_code=cart.currency_code,
        amount=cart.total,
        status=status,
        data={},
        context={},
        payment_collection_id=collection.id,
        created_at=moment,
        updated_at=moment,
        metadata={},
        expires_at=expires_at,
    )
    row = {name: getattr(session, name) for name in sessions.SESSION_COLUMNS}
    if (await work.execute(sessions.INSERT_SESSION, row)).first() is None:
        raise ConcurrencyConflict()
    collection.start_session(session)
    return session


async def prolong(work: UnitOfWork, cart: Cart, session: Session, *, expires_at: datetime | None) -> None:
    """Let the live session start over: its holds are released, to be taken anew, and it ends later."""
    await inventory_hold.release(work, cart_id=cart.id)
    await work.execute(sessions.PROLONG_SESSION, {"session_id": session.id, "until": expires_at})
    session.expires_at = expires_at


async def note_answer(work: UnitOfWork, session: Session, answer: Snapshot) -> bool:
    """Store what the provider said of the session, unless it has ended: then False."""
    terms = {"session_id": session.id, "state": answer.state, "answer": dict(answer.data)}
    row = (await work.execute(sessions.NOTE_SESSION, terms)).first()
    if row is None:
        return False
    session.note(row.status, orjson.loads(row.data), row.updated_at)
    return True


def known(session: Session) -> Snapshot:
    """The session as far as we know what the provider made of it."""
    state = "pending" if session.status == "unknown" else session.status
    return Snapshot(state, session.amount, session.currency_code, session.data)


def ensure_agreed(session: Session, answer: Snapshot) -> None:
    """The provider speaks of the same money as we do: PaymentMismatch otherwise, and a line for the operator."""
    ours, theirs = (session.amount, session.currency_code), (answer.amount, answer.currency_code)
    if ours != theirs:
        log.error("payment session %s needs review: it is for %s, and %s says %s (%s)", *_about(session, answer))
        raise PaymentMismatch()


def _about(session: Session, answer: Snapshot) -> tuple[Any, ...]:
    ours, theirs = f"{session.amount} {session.currency_code}", f"{answer.amount} {answer.currency_code}"
    return session.id, ours, session.provider_id, theirs, answer.state


async def unused_session(work: UnitOfWork, *, session_id: str) -> Any:
    """`(id, provider_id, currency_code, amount)` of a session that has ended and paid for nothing; None otherwise."""
    return (await work.execute(sessions.LOAD_UNUSED, {"session_id": session_id})).first()


async def record_authorization(work: UnitOfWork, collection: Collection, session: Session, paid: Snapshot) -> Payment:
    """The session paid for the cart: its payment, and the collection's new state; ConcurrencyConflict when it has
    ended.
    """
    is_captured = paid.state == "captured"
    made = Payment(
        id=new_id("pay"),
        payment_session_id=session.id,
        provider_id=session.provider_id,
        currency_code=session.currency_code,
        amount=session.amount,
        data=dict(paid.data),
        created_at=(moment := now()),
        updated_at=moment,
        captured_at=moment if is_captured else None,
    )
    terms = {"session_id": session.id, "state": paid.state, "payment_id": made.id, "data": made.data, "moment": moment}
    if (await work.execute(sessions.AUTHORIZE, terms)).first() is None:
        raise ConcurrencyConflict()
    collection.authorize(session.amount, made.captured_at)
    return made
