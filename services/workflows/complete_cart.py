"""Completing a cart: ask the provider with no transaction open, then make the order in one transaction.

Inside it no network is touched; the levels of stock come last, since they are the rows that buyers meet on.

A refusal that the buyer answers by acting on the cart is the answer "cart" with the cart as it is now (ADR 58): clients
of the Store API read their cart again then. What the request itself lacks is raised.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass

from models.cart.cart import Cart, CartMissing
from models.identity.principal import Principal
from models.order.order import Order
from models.payment.session import PaymentMismatch, Session, SessionState
from models.shared.events import OrderPlaced
from services.cart import cart as carts
from services.cart import lines as cart_lines
from services.cart.cart import PricedCart
from services.cart.lines import CartEmpty
from services.deps import Deps
from services.infrastructure.database.database import IdempotencyRecord, UnitOfWork
from services.infrastructure.database.failures import ConcurrencyConflict, IdempotencyKeyInUse
from services.inventory import hold as inventory_hold
from services.order import order as order_service
from services.payment import ledger, payment
from services.pricing import redemption
from services.pricing.cart_totals import refresh
from services.pricing.sources import LineDetails, PricingSources, find_sources
from services.providers.payment.ports import PaymentDeclined, PaymentProvider, Snapshot
from services.seller.cache import SELLERS
from services.shipping import quote as shipping_quote
from utils.clock import now
from utils.errors import AppError
from utils.money import to_major


class ShippingMissing(AppError):
    code, kind = "shipping_method_missing", "invalid"
    message = "No shipping method selected but the cart contains items that require shipping."


class SellerShippingMissing(AppError):
    code, kind = "seller_shipping_method_missing", "invalid"
    message = "No shipping method is selected for the items of {seller}. Choose one for this seller and complete again."


class PaymentNotStarted(AppError):
    code, kind = "payment_collection_missing", "invalid"
    message = "Payment collection has not been initiated for cart"


class SessionMissing(AppError):
    code, kind = "payment_session_missing", "invalid"
    message = "Payment sessions are required to complete cart"


class CartChanged(AppError):
    code, kind = "cart_changed", "conflict"
    message = "The cart's total has changed since the payment was started. Read the cart, and start the payment anew."


class PaymentEnded(AppError):
    """There was a session, and it ended: the cart, a price or the stock changed. The client may not know yet."""

    code, kind = "payment_session_ended", "conflict"
    message = "The payment that was started for this cart has ended, because the cart changed. Start it anew."


class ShippingWithdrawn(AppError):
    """A method was chosen, and its option cannot be used any more."""

    code, kind = "shipping_method_withdrawn", "conflict"
    message = "The chosen shipping method is not offered for this cart any more. Choose another one."


class SessionNotOpened(AppError):
    """Nobody knows yet whether the provider has opened the session: it must be looked up, by starting again."""

    code, kind = "payment_session_not_opened", "conflict"
    message = "The payment provider has not confirmed the payment session. Start the payment again."


class PaymentNotAuthorized(AppError):
    """The provider has not agreed, or not yet; the cart stays open."""

    code, kind = "payment_not_authorized", "payment"
    message = "The payment is not authorized yet: finish it, or choose another way to pay."


class PaymentNeedsMore(AppError):
    """The buyer has something left to do; the session's data say what. The cart stays open."""

    code, kind = "payment_requires_more", "payment_more"
    message = "The payment needs another step of the buyer: finish it, and complete again."


# What the client has not done yet; raised, unless the cart had it when the provider was asked.
INCOMPLETE = (CartEmpty, ShippingMissing, SellerShippingMissing, PaymentNotStarted, SessionMissing)
# Refusals after which the session goes on: the buyer may finish it, or try again.
SESSION_GOES_ON = (SessionNotOpened, PaymentDeclined, PaymentNotAuthorized, PaymentNeedsMore)


@dataclass(frozen=True, slots=True)
class Paid:
    """What the provider said of the cart's session; None where nothing is to be paid or the order is there already."""

    session_id: str
    state: Snapshot


@dataclass(frozen=True, slots=True)
class Placed:
    """The cart has become this order."""

    order: Order
    details: LineDetails


@dataclass(frozen=True, slots=True)
class Refused:
    """No order came of the cart: the cart as it stands now, and why."""

    priced: PricedCart
    error: AppError


@asynccontextmanager
async def complete(
    deps: Deps, *, who: Principal, cart_id: str, claim: IdempotencyRecord | None, with_variants: bool
) -> AsyncIterator[Placed | Refused]:
    """Complete the cart; the block answers what came of it: the order, inside the transaction that makes it and sellers
    the answer with the idempotency key, or the refused cart. What is not the buyer's is raised.

    A refusal that comes after the provider has agreed gives the payment up: no order can come of it. Requests that met
    another one may be sent again and find everything as it was.
    """
    paid: Paid | None = None
    async with AsyncExitStack() as transaction:
        try:
            paid = await ask_provider(deps, who=who, cart_id=cart_id)
            async with AsyncExitStack() as attempt:
                work = await attempt.enter_async_context(deps.database.unit_of_work(claim))
                outcome: Placed | Refused = await place_order(
                    work, who=who, cart_id=cart_id, paid=paid, with_variants=with_variants
                )
                # Made: the transaction stays open for the answer, and is committed with it.
                transaction.push_async_exit(attempt.pop_all())
        except (ConcurrencyConflict, IdempotencyKeyInUse):
            raise
        except AppError as refusal:
            outcome = await _refused(deps, refusal, paid, who=who, cart_id=cart_id, with_variants=with_variants)
        yield outcome


async def _refused(
    deps: Deps, refusal: AppError, paid: Paid | None, *, who: Principal, cart_id: str, with_variants: bool
) -> Placed | Refused:
    """What to answer the buyer after a refusal, with the payment ended where no order can come of it."""
    for_buyer = is_for_the_buyer(refusal, has_paid=paid is not None)
    if paid is not None or (for_buyer and not isinstance(refusal, SESSION_GOES_ON)):
        await _end_payment(deps, who=who, cart_id=cart_id, session_id=paid.session_id if paid else None)
        await _price_anew(deps, refusal, who=who, cart_id=cart_id)
    if not for_buyer:
        raise refusal
    return await _as_it_stands(deps, who=who, cart_id=cart_id, refusal=refusal, with_variants=with_variants)


def is_for_the_buyer(refusal: AppError, *, has_paid: bool) -> bool:
    """True when reading the cart anew shows what to do; False for what the request or the server lacks."""
    if refusal.kind in ("missing", "unavailable"):
        return False
    return has_paid or not isinstance(refusal, INCOMPLETE)


async def ask_provider(deps: Deps, *, who: Principal, cart_id: str) -> Paid | None:
    """The state of the cart's payment, asked outside any transaction; what stands in the way is said at once."""
    async with deps.database.reading() as work:
        cart = await carts.get_owned_cart(work, who=who, cart_id=cart_id, missing=CartMissing)
        if cart.completed_at is not None:
            return None
        session = await _ensure_complete(work, cart)
    if session is None:
        return None
    if session.status == "unknown":
        raise SessionNotOpened()
    state = await _provider(deps, session).authorize(session.id, payment.known(session))
    try:
        payment.ensure_agreed(session, state)
    except PaymentMismatch:
        await _end_payment(deps, who=who, cart_id=cart_id, session_id=session.id, last_status="error")
        raise
    if state.state in ("authorized", "captured"):
        return Paid(session.id, state)
    async with deps.database.unit_of_work() as work:
        await payment.note_answer(work, session, state)
    raise PaymentNeedsMore() if state.state == "requires_more" else PaymentNotAuthorized()


async def place_order(
    work: UnitOfWork, *, who: Principal, cart_id: str, paid: Paid | None, with_variants: bool
) -> Placed:
    """The cart's one order: made here, or found when somebody was faster."""
    cart = await carts.get_locked_cart(work, who=who, cart_id=cart_id)
    if cart.completed_at is not None:
        known = await order_service.find_order_of_cart(work, cart_id=cart_id)
        assert known is not None, f"cart {cart_id} is completed without an order"
        if paid is not None:
            await payment.give_up(work, cart, session_id=paid.session_id)
        return Placed(known, await order_service.details_of(work, [known], with_variants=with_variants))
    sources = await find_sources(work, cart.variant_ids)
    if not carts.is_current(work, cart):
        frozen = cart.total
        await refresh(work, cart, sources)
        if cart.total != frozen:
            before, today = (to_major(total, cart.currency_code) for total in (frozen, cart.total))
            raise CartChanged(total_before=before, total_now=today)
    session = await _ensure_complete(work, cart)
    if session is not None and (paid is None or paid.session_id != session.id or session.amount != cart.total):
        raise CartChanged()
    await cart_lines.ensure_purchasable(work, cart, sources)
    return Placed(await _make(work, cart, sources, session, paid), sources.details)


async def _make(
    work: UnitOfWork, cart: Cart, sources: PricingSources, session: Session | None, paid: Paid | None
) -> Order:
    needs, backorder, of_one = cart_lines.stock_needs(cart, sources.variants)
    order = await order_service.make(work, cart, sellers=sources.details.sellers, needs=of_one)
    recorded = None
    if session is not None and paid is not None:
        assert cart.payment is not None
        recorded = await payment.record_authorization(work, cart.payment, session, paid.state)
    order_service.with_payment(order, cart, recorded)
    await ledger.post_sale(work, order)
    await carts.close(work, cart, moment=now())
    await redemption.redeem(work, cart, sources.promotions, order_id=order.id)
    with cart_lines.naming_lines(cart, of_one):
        await inventory_hold.sell(work, needs, cart_id=cart.id, order_id=order.id, backorder=backorder)
    parts = tuple(part.id for part in order.seller_orders)
    work.emit(OrderPlaced(order.id, cart.id, parts, order.total, order.currency_code))
    return order


async def _as_it_stands(
    deps: Deps, *, who: Principal, cart_id: str, refusal: AppError, with_variants: bool
) -> Placed | Refused:
    """The cart as a client that reads it now finds it, or the order that another request made of it."""
    async with deps.database.reading() as work:
        known = await order_service.find_order_of_cart(work, cart_id=cart_id)
        if known is not None:
            return Placed(known, await order_service.details_of(work, [known], with_variants=with_variants))
        cart = await carts.get_owned_cart(work, who=who, cart_id=cart_id, missing=CartMissing)
        return Refused(await carts.with_details(work, cart, with_variants=with_variants), refusal)


async def _end_payment(
    deps: Deps, *, who: Principal, cart_id: str, session_id: str | None, last_status: SessionState | None = None
) -> None:
    """The order cannot be made as it was paid for: the session (None: whichever is live) ends, and with the commit its
    provider will be told."""
    async with deps.database.unit_of_work() as work:
        cart = await carts.get_locked_cart(work, who=who, cart_id=cart_id)
        live = payment.live_session(cart)
        ended = session_id or (live.id if live is not None else None)
        if ended is not None:
            await payment.give_up(work, cart, session_id=ended, last_status=last_status)


async def _price_anew(deps: Deps, refusal: AppError, *, who: Principal, cart_id: str) -> None:
    """Store the cart as it would be bought now, without what was refused; a cart that has no price stays as it is."""
    with suppress(AppError):
        async with deps.database.unit_of_work() as work:
            cart = await carts.get_locked_cart(work, who=who, cart_id=cart_id)
            if cart.completed_at is None:
                await carts.note_refusal(work, cart, refusal)


async def _ensure_complete(work: UnitOfWork, cart: Cart) -> Session | None:
    """The session that pays for the cart (None for nothing to pay); what is missing is refused with its name."""
    if not cart.document.items:
        raise CartEmpty()
    if cart.total > 0:
        if cart.payment is None:
            raise PaymentNotStarted()
        if not cart.payment.payment_sessions:
            raise PaymentEnded() if await payment.had_session(work, cart.payment) else SessionMissing()
    await _ensure_shipping(work, cart)
    sessions = cart.payment.payment_sessions if cart.payment is not None else []
    return sessions[0] if sessions else None


async def _ensure_shipping(work: UnitOfWork, cart: Cart) -> None:
    book, sellers = await work.snapshot(shipping_quote.SHIPPING), await work.snapshot(SELLERS)
    chosen = {(method.seller_id, method.shipping_profile_id) for method in cart.document.shipping_methods}
    for parcel in shipping_quote.parcels(book, cart):
        if parcel not in chosen:
            if cart.document.is_method_withdrawn:
                raise ShippingWithdrawn()
            if not chosen:
                raise ShippingMissing()
            seller = sellers.by_id[parcel[0]]
            raise SellerShippingMissing(seller=seller.name, seller_id=seller.id, seller_handle=seller.handle)


def _provider(deps: Deps, session: Session) -> PaymentProvider:
    return deps.payments[session.provider_id]
