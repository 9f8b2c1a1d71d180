"""Goods sent back: reasons to choose from, and returns that never ask for more than came."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from models.identity.principal import Principal
from models.order import return_request
from models.order.commands import RequestReturn, ReturnPieces
from models.order.order import Order
from models.order.return_request import (
    ItemsNotInOrder,
    Reason,
    ReasonNotFound,
    ReceiptNotAllowed,
    Return,
    ReturnItem,
    ReturnLocationInvalid,
    ReturnOptionInvalid,
    SeveralSellers,
    TooManyReturned,
)
from models.shared.events import ReturnRequested
from models.shipping.quote import OptionPrice, ShippingOption
from services.infrastructure.cache.snapshots import Connection, Scope
from services.infrastructure.database.database import UnitOfWork
from services.order import order as order_service
from services.shipping.quote import SHIPPING
from utils.clock import now
from utils.ids import new_id


@dataclass(frozen=True, slots=True)
class Reasons:
    """All reasons by id, in the order in which they were made."""

    by_id: Mapping[str, Reason]

    def children(self, reason_id: str) -> list[Reason]:
        return [reason for reason in self.by_id.values() if reason.parent_return_reason_id == reason_id]

    def get(self, reason_id: str) -> Reason:
        """The reason of this id, or ReasonNotFound."""
        found = self.by_id.get(reason_id)
        if found is None:
            raise ReasonNotFound(id=reason_id)
        return found


async def load(connection: Connection) -> Reasons:
    rows = (await connection.execute(return_request.REASONS)).mappings()
    return Reasons({row["id"]: Reason(**row) for row in rows})


REASONS: Scope[Reasons] = Scope("returns", load)


async def request(work: UnitOfWork, *, who: Principal, command: RequestReturn) -> Return:
    """Request a return of items of one seller's part of an order; nothing is written when one of them is refused."""
    if command.receive_now:
        raise ReceiptNotAllowed()
    order = await order_service.get_owned_order(work, who=who, order_id=command.order_id)
    pieces = _merged(command.items)
    lines = {line.id: line for line in order.lines}
    unknown = [line_id for line_id in pieces if line_id not in lines]
    if unknown:
        raise ItemsNotInOrder(ids=", ".join(unknown), order_id=order.id)
    part_ids = {lines[line_id].seller_order_id for line_id in pieces}
    if len(part_ids) > 1:
        raise SeveralSellers()
    reasons = await work.snapshot(REASONS)
    for item in pieces.values():
        if item.reason_id:
            reasons.get(item.reason_id)
    made = await _make(work, order, part_ids.pop(), pieces.values(), who=who, command=command)
    await _take_back(work, order, made)
    made.display_id = (await work.execute(return_request.INSERT_RETURN, _row(made))).scalar_one()
    await work.execute(return_request.INSERT_ITEMS, [_row(item) for item in made.items])
    await work.execute(return_request.RAISE_VERSION, {"order_id": order.id})
    work.emit(ReturnRequested(made.id, order.id, made.seller_order_id))
    return made


def _merged(items: Sequence[ReturnPieces]) -> dict[str, ReturnPieces]:
    """The items by line: one that is named twice counts for the sum, with what it said first."""
    merged: dict[str, ReturnPieces] = {}
    for item in items:
        first = merged.get(item.id)
        quantity = item.quantity + (first.quantity if first is not None else 0)
        merged[item.id] = msgspec.structs.replace(first or item, quantity=quantity)
    return merged


async def _make(
    work: UnitOfWork,
    order: Order,
    part_id: str,
    pieces: Iterable[ReturnPieces],
    *,
    who: Principal,
    command: RequestReturn,
) -> Return:
    part = next(part for part in order.seller_orders if part.id == part_id)
    option, price = await _get_option(work, order, part.seller_id, command.return_shipping.option_id)
    moment = now()
    made = Return(
        id=new_id("return"),
        display_id=0,
        order_id=order.id,
        seller_order_id=part_id,
        status="requested",
        shipping_option_id=option.id,
        currency_code=order.currency_code,
        shipping_amount=price.amount,
        created_at=moment,
        updated_at=moment,
        requested_at=moment,
        items=[],
        location_id=await _get_location(work, part.seller_id, option, command.location_id),
        note=command.note,
        created_by=who.customer_id,
    )
    made.items = [
        ReturnItem(
            id=new_id("retitem"),
            return_id=made.id,
            order_line_id=item.id,
            quantity=item.quantity,
            created_at=moment,
            updated_at=moment,
            reason_id=item.reason_id,
            note=item.note,
        )
        for item in pieces
    ]
    return made


async def _get_option(
    work: UnitOfWork, order: Order, seller_id: str, option_id: str
) -> tuple[ShippingOption, OptionPrice]:
    """The seller's way back of this id with its price; what a buyer says about the price does not count."""
    for option in (await work.snapshot(SHIPPING)).by_seller.get(seller_id, ()):
        if option.id == option_id and option.is_return:
            price = option.price(order.currency_code, order.region_id, order.item_total_of(seller_id))
            if price is not None:
                return option, price
    raise ReturnOptionInvalid(option_id=option_id)


async def _get_location(work: UnitOfWork, seller_id: str, option: ShippingOption, wanted: str | None) -> str:
    """The location asked for, of those that the seller's ways back lead to, or the option's own."""
    ways = (await work.snapshot(SHIPPING)).by_seller.get(seller_id, ())
    if wanted is not None and wanted not in {way.location["id"] for way in ways if way.is_return}:
        raise ReturnLocationInvalid(location_id=wanted)
    return wanted or str(option.location["id"])


async def _take_back(work: UnitOfWork, order: Order, made: Return) -> None:
    """Count the pieces on their lines, in one order of locking; TooManyReturned when they are more than came."""
    for item in sorted(made.items, key=lambda item: item.order_line_id):
        terms = {"line_id": item.order_line_id, "of_order": order.id, "pieces": item.quantity}
        if (await work.execute(return_request.TAKE_BACK, terms)).first() is None:
            raise TooManyReturned(item_id=item.order_line_id)


def _row(struct: Return | ReturnItem) -> dict[str, Any]:
    return {name: getattr(struct, name) for name in struct.__struct_fields__}
