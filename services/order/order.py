"""Orders: made of a cart that is ready, in the caller's transaction; read by their owner, or by a guest by id."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import msgspec

from models.cart.cart import Cart
from models.cart.document import Line, Method
from models.identity.principal import Principal
from models.order import order as orders
from models.order.order import Order, OrderLine, OrderMethod, OrderNotFound, OrderPayment, Payment, SellerOrderPart
from models.pricing.totals import PART_SUMS
from models.seller.seller import Seller
from services.infrastructure.database.database import UnitOfWork
from services.infrastructure.tokens.tokens import Tokens
from services.pricing.sources import LineDetails, find_details
from services.seller.cache import Sellers
from utils.clock import now
from utils.ids import new_id


async def get_owned_order(work: UnitOfWork, *, who: Principal, order_id: str) -> Order:
    """The order of this id; OrderNotFound when there is none, or when it is of an account that is not the caller's."""
    terms = {"id": order_id, "who_id": who.customer_id}
    return _read(order_id, (await work.execute(orders.LOAD_OPEN_ORDER, terms)).scalar_one_or_none())


async def get_order(work: UnitOfWork, *, order_id: str) -> Order:
    """The order of this id, whoever asks: for callers that have checked the right to it in another way."""
    return _read(order_id, (await work.execute(orders.LOAD_ORDER, {"id": order_id})).scalar_one_or_none())


def _read(order_id: str, loaded: str | None) -> Order:
    if loaded is None:
        raise OrderNotFound(id=order_id)
    return orders.read_order(loaded)


async def get_visible_order(
    work: UnitOfWork, tokens: Tokens, *, who: Principal, order_id: str, token: str | None
) -> Order:
    """The order for who may see it: its owner, a guest by its id, or whoever shows its access token."""
    if token is None:
        return await get_owned_order(work, who=who, order_id=order_id)
    order = await get_order(work, order_id=order_id)
    if tokens.row_of(_use(order), token) != order.id:
        raise OrderNotFound(id=order_id)
    return order


def access_token(tokens: Tokens, order: Order) -> str:
    """Opens this order for reading, without a login, until it changes hands."""
    return tokens.of_row(_use(order), order.id)


def _use(order: Order) -> str:
    return f"order of {order.customer_id} {order.email}"


async def find_order_of_cart(work: UnitOfWork, *, cart_id: str) -> Order | None:
    """The order that the cart became, if it did."""
    loaded = (await work.execute(orders.LOAD_ORDER_OF_CART, {"id": cart_id})).scalar_one_or_none()
    return None if loaded is None else orders.read_order(loaded)


async def details_of(work: UnitOfWork, orders: Sequence[Order], *, with_variants: bool) -> LineDetails:
    """What the orders are shown with, looked up for all of them at once; variants only where they are asked for."""
    variant_ids = (line.variant_id for order in orders for line in order.lines)
    return await find_details(work, dict.fromkeys(variant_ids) if with_variants else ())


async def make(work: UnitOfWork, cart: Cart, *, sellers: Sellers, needs: Mapping[str, dict[str, int]]) -> Order:
    """The cart's order with its seller orders, as rows of this transaction; the payment's rows are the caller's.

    `needs` are the pieces of inventory items that one piece of a variant takes.
    """
    moment = now()
    order = _parent(cart, moment)
    parts = _by_seller(cart)
    for seller_id, (lines, methods) in parts.items():
        part = _seller_order(cart, sellers.by_id[seller_id], lines, methods, moment)
        order.seller_orders.append(part)
        order.methods += [_method(part, method, moment) for method in methods]
    part_of = {part.seller_id: part for part in order.seller_orders}
    order.lines = [
        _line(part_of[line.seller_id], line, rank, moment, needs.get(line.variant_id, {}))
        for rank, line in enumerate(cart.document.items)
    ]
    await _insert(work, order)
    return order


def _parent(cart: Cart, moment: datetime) -> Order:
    document = cart.document
    assert document.totals is not None
    return Order(
        id=new_id("order"),
        display_id=0,
        cart_id=cart.id,
        region_id=cart.region_id,
        currency_code=cart.currency_code,
        total=cart.total,
        totals=document.totals,
        promotions=document.promotions,
        created_at=moment,
        updated_at=moment,
        lines=[],
        methods=[],
        seller_orders=[],
        payment_collection_id=cart.payment.id if cart.payment else None,
        customer_id=cart.customer_id,
        email=document.email,
        sales_channel_id=cart.sales_channel_id,
        locale=document.locale,
        shipping_address=document.shipping_address,
        billing_address=document.billing_address,
        metadata=document.metadata,
    )


def _by_seller(cart: Cart) -> dict[str, tuple[list[Line], list[Method]]]:
    parts: dict[str, tuple[list[Line], list[Method]]] = {}
    for line in cart.document.items:
        parts.setdefault(line.seller_id, ([], []))[0].append(line)
    for method in cart.document.shipping_methods:
        parts[method.seller_id][1].append(method)
    return parts


def _sum(parts: Sequence[Line | Method]) -> dict[str, int]:
    return {name: sum(getattr(part.totals, name) for part in parts) for name in PART_SUMS}


def seller_totals(lines: Sequence[Line], methods: Sequence[Method]) -> dict[str, int]:
    """A seller's part of the totals, under the names that the whole order uses."""
    items, shipping = _sum(lines), _sum(methods)
    totals = {name: items[name] + shipping[name] for name in PART_SUMS}
    for name in PART_SUMS:
        kind = name.removeprefix("original_")
        original = "original_" if name != kind else ""
        totals[f"{original}item_{kind}"] = items[name]
        totals[f"{original}shipping_{kind}"] = shipping[name]
    return totals


def _seller_order(
    cart: Cart, seller: Seller, lines: Sequence[Line], methods: Sequence[Method], moment: datetime
) -> SellerOrderPart:
    totals = seller_totals(lines, methods)
    net = totals["item_subtotal"] - totals["item_discount_subtotal"]
    commission = int((Decimal(net) * seller.commission_rate / 100).quantize(Decimal(1), ROUND_HALF_UP))
    return SellerOrderPart(
        id=new_id("sord"),
        seller_id=seller.id,
        status="placed",
        currency_code=cart.currency_code,
        total=totals["total"],
        commission_rate=seller.commission_rate,
        commission=min(commission, totals["total"]),
        totals=totals,
        created_at=moment,
        updated_at=moment,
    )


def _line(part: SellerOrderPart, line: Line, rank: int, moment: datetime, needs: dict[str, int]) -> OrderLine:
    assert line.totals is not None
    return OrderLine(
        id=new_id("ordli"),
        seller_order_id=part.id,
        product_id=line.product_id,
        variant_id=line.variant_id,
        rank=rank,
        quantity=line.quantity,
        unit_price=line.unit_price,
        compare_at_unit_price=line.compare_at_unit_price,
        is_tax_inclusive=line.is_tax_inclusive,
        snapshot=line.sold,
        tax_lines=line.tax_lines,
        adjustments=line.adjustments,
        totals=line.totals,
        stock_needs=needs,
        metadata=line.metadata,
        created_at=moment,
        updated_at=moment,
    )


def _method(part: SellerOrderPart, method: Method, moment: datetime) -> OrderMethod:
    assert method.totals is not None
    return OrderMethod(
        id=new_id("ordsm"),
        seller_order_id=part.id,
        shipping_option_id=method.shipping_option_id,
        name=method.name,
        amount=method.amount,
        is_tax_inclusive=method.is_tax_inclusive,
        data=method.data,
        tax_lines=method.tax_lines,
        adjustments=method.adjustments,
        totals=method.totals,
        created_at=moment,
        updated_at=moment,
        shared_type=method.shared_type,
        type_label=method.type_label,
    )


def _row(struct: msgspec.Struct, **more: Any) -> Mapping[str, Any]:
    return {name: getattr(struct, name) for name in struct.__struct_fields__} | more


async def _insert(work: UnitOfWork, order: Order) -> None:
    order.display_id = (await work.execute(orders.INSERT_ORDER, _row(order))).scalar_one()
    belongs = {"order_id": order.id}
    await work.execute(orders.INSERT_SELLER_ORDERS, [_row(part, **belongs) for part in order.seller_orders])
    await work.execute(orders.INSERT_LINES, [_row(line, **belongs) for line in order.lines])
    if order.methods:
        await work.execute(orders.INSERT_METHODS, [_row(method, **belongs) for method in order.methods])


def with_payment(order: Order, cart: Cart, paid: Payment | None) -> None:
    """Hang the payment that was just recorded on the order in hand."""
    collection = cart.payment
    if collection is None:
        return
    order.payment = OrderPayment(
        id=collection.id,
        currency_code=collection.currency_code,
        amount=collection.amount,
        status=collection.status,
        created_at=collection.created_at,
        updated_at=order.updated_at,
        authorized_amount=paid.amount if paid else None,
        captured_amount=collection.captured_amount if paid else None,
        refunded_amount=0 if paid else None,
        completed_at=collection.completed_at,
        metadata=collection.metadata,
        payments=[paid] if paid else [],
    )
