"""Opening a payment session: freeze the total and hold the stock, tell the provider, keep what it said.

The provider is called between two short transactions, never inside one. Until the second has committed the session is
`unknown`: nothing can be paid with it, whatever is killed when. Where the provider said no, or never heard of it, the
session ends and its stock is free; where no answer came, it stays, and the next try looks it up by its id first.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from typing import Any

from ulid import ULID

from models.cart.cart import Cart, CartNotFound
from models.cart.hold_limits import HoldLimits
from models.identity.principal import Principal
from models.payment.commands import CreateSession
from models.payment.session import Collection, CollectionNotFound, Session, SessionState
from models.shared.commands import given
from models.shared.events import PaymentSessionVoided
from services.cart import cart as carts
from services.cart import lines as cart_lines
from services.deps import Deps
from services.infrastructure.database.database import IdempotencyRecord, UnitOfWork
from services.infrastructure.database.failures import ConcurrencyConflict
from services.inventory import hold as inventory_hold
from services.payment import payment
from services.pricing.sources import find_sources
from services.providers.payment.ports import (
    OutcomeUnknown,
    PaymentDeclined,
    ProviderUnavailable,
    SessionRequest,
    Snapshot,
)
from utils.clock import now
from utils.config import Settings
from utils.errors import AppError
from utils.ids import new_id
from utils.network import network_of

# What becomes of a session whose opening failed; anything not named here is a fault that a person should look at.
FAILED: Mapping[type[Exception], SessionState] = {PaymentDeclined: "canceled", ProviderUnavailable: "canceled"}


class SessionEnded(AppError):
    code, kind = "payment_session_ended", "conflict"
    message = "The cart or its payment changed meanwhile. Read the cart, and start the payment with a new key."


@dataclass(frozen=True, slots=True)
class Opening:
    """A session that holds stock; `is_new` when no request before this one has told the provider of it."""

    who: Principal
    cart: Cart
    session: Session
    is_new: bool


@asynccontextmanager
async def open_payment_session(
    deps: Deps,
    *,
    who: Principal,
    address: str,
    collection_id: str,
    command: CreateSession,
    claim: IdempotencyRecord | None,
) -> AsyncIterator[Collection]:
    """The cart's payment collection with its new session, to be answered by the block inside the last transaction;
    OutOfStock when not all can be held.

    With a claim the session's id is derived from it, which makes two requests of one key one session: whoever comes
    second, at whatever moment, finds the first one's row under the cart's lock and goes on with it, and the provider
    answers both alike, our id being its idempotency key. The key itself is stored with the provider's answer (ADR 8):
    the second insert finds it taken, and the first one's reply is replayed. Nothing is stored for what failed.
    """
    try:
        opening = await _begin(deps, who, address, collection_id, command.provider_id, claim)
    except AppError as refusal:
        await _note(deps, who, collection_id, refusal)
        raise
    opened = await _tell(deps, opening, given(command.data, {}))
    session, collection = opening.session, opening.cart.payment
    assert collection is not None, "a session is open without its collection"
    if claim is None and (session.status, session.data) == (opened.state, dict(opened.data)):
        yield collection
        return
    async with deps.database.unit_of_work(claim) as work:
        if await payment.note_answer(work, session, opened):
            yield collection
            return
        # The provider may have heard of the end before it heard of the beginning.
        work.emit(PaymentSessionVoided(session.id))
    raise SessionEnded()


def limits_of(settings: Settings) -> HoldLimits:
    """How much stock carts hold while they are paid, and how long."""
    return HoldLimits(
        seconds=settings.stock_hold_seconds,
        pause_seconds=settings.stock_hold_pause_seconds,
        share=settings.stock_hold_share,
        pieces=settings.stock_hold_pieces,
        pieces_per_address=settings.stock_hold_pieces_per_address,
    )


async def _begin(
    deps: Deps, who: Principal, address: str, collection_id: str, provider_id: str, claim: IdempotencyRecord | None
) -> Opening:
    """The session with its hold, committed: a fresh one, or the one that an earlier try left with its outcome open."""
    limits = limits_of(deps.settings)
    async with deps.database.unit_of_work() as work:
        counted = network_of(address) if limits.pieces_per_address else None
        holder = await payment.lock_buyer(work, collection_id=collection_id, address=counted)
        try:
            cart = await carts.get_open_cart(work, who=who, cart_id=holder.cart_id)
        except CartNotFound:  # of somebody else's cart: the same answer as for one that is not there
            raise CollectionNotFound(id=collection_id) from None
        if cart.buyer != holder.buyer:
            raise ConcurrencyConflict()  # it has changed hands since
        await payment.ensure_enabled(work, cart, provider_id, deps.payments)
        sources = await find_sources(work, cart.variant_ids)
        # Whether promotions that the cart may carry are used up meanwhile has no change counter.
        noted = cart.forget_refusal()
        if noted or not carts.is_current(work, cart) or any(sources.promotions.metered(cart.document.promo_codes)):
            await carts.save(work, cart, sources)
        session_id, known = await _continued(work, cart, provider_id, claim)
        if known is not None and known.status != "unknown":
            return Opening(who, cart, known, is_new=False)
        await cart_lines.ensure_purchasable(work, cart, sources)
        window = limits.window(cart.holds_since, now())
        expires_at = window[1] if window is not None else None
        if known is not None:
            session = known
            await payment.prolong(work, cart, session, expires_at=expires_at)
        else:
            status: SessionState = "unknown" if deps.payments[provider_id].is_remote else "pending"
            terms = {"session_id": session_id, "provider_id": provider_id}
            session = await payment.start_session(work, cart, **terms, status=status, expires_at=expires_at)
        needs, backorder, of_one = cart_lines.stock_needs(cart, sources.variants)
        with cart_lines.naming_lines(cart, of_one):
            await inventory_hold.hold(work, needs, holder=holder, limits=limits, window=window, backorder=backorder)
        return Opening(who, cart, session, is_new=known is None)


async def _note(deps: Deps, who: Principal, collection_id: str, refusal: AppError) -> None:
    """Let the lines that the refusal names say so, for clients that hide its text (ADR 58)."""
    if "line_ids" not in refusal.facts:
        return
    with suppress(AppError):
        async with deps.database.unit_of_work() as work:
            holder = await payment.lock_buyer(work, collection_id=collection_id, address=None)
            await carts.note_refusal(work, await carts.get_open_cart(work, who=who, cart_id=holder.cart_id), refusal)


async def _continued(
    work: UnitOfWork, cart: Cart, provider_id: str, claim: IdempotencyRecord | None
) -> tuple[str, Session | None]:
    """The id of the session to open, and the session if an earlier try, or the same request beside this one, made it.

    Without a key the live session is gone on with while its outcome is unknown; with one, only the key's own is.
    """
    live = payment.live_session(cart)
    if claim is None:
        same = live is not None and live.status == "unknown" and live.provider_id == provider_id
        return (live.id, live) if same and live is not None else (new_id("payses"), None)
    for attempt in count():
        session_id = _derived(claim, attempt)
        if live is not None and live.id == session_id and live.provider_id == provider_id:
            return session_id, live
        if await payment.is_voided(work, session_id) is None:
            return session_id, None
        if live is not None:
            raise SessionEnded()  # a late repetition must not end the payment that was started after it
    raise AssertionError("unreachable")


def _derived(claim: IdempotencyRecord, attempt: int) -> str:
    """The id of the key's first session, or of the next one after that has ended without another in its place."""
    seed = sha256(f"{claim.scope} {attempt} {claim.key}".encode()).digest()
    return f"payses_{ULID.from_bytes(seed[:16])}"


async def _tell(deps: Deps, opening: Opening, data: Mapping[str, Any]) -> Snapshot:
    """The provider's answer. Whatever it is that fails, except for an unknown outcome, ends the session."""
    session, provider = opening.session, deps.payments[opening.session.provider_id]
    if not opening.is_new:
        if session.status != "unknown":
            return payment.known(session)
        found = await provider.find(session.id)
    else:
        found = None
    request = SessionRequest(
        reference=session.id,
        amount=session.amount,
        currency_code=session.currency_code,
        email=opening.cart.document.email,
        data=data,
    )
    try:
        opened = found or await provider.open_session(request)
        if opened.state in ("error", "canceled"):
            raise PaymentDeclined(reason=opened.state)
        payment.ensure_agreed(session, opened)
        return opened
    except OutcomeUnknown:
        raise
    except Exception as error:
        await _undo(deps, opening, FAILED.get(type(error), "error"))
        raise


async def _undo(deps: Deps, opening: Opening, last_status: SessionState) -> None:
    """The session ends and its stock is free, unless the same request beside this one has opened it."""
    async with deps.database.unit_of_work() as work:
        cart = await carts.get_locked_cart(work, who=opening.who, cart_id=opening.cart.id)
        live = payment.live_session(cart, opening.session.id)
        if live is not None and live.status == opening.session.status:
            await payment.give_up(work, cart, session_id=live.id, last_status=last_status)
