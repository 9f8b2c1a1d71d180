"""An order on its way to the buyer: accepted, packed, shipped, delivered; parcels that are canceled.

Each step locks the seller order first and the stock last, so two of the staff who do the same at once meet at the
order.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from models.identity.principal import Principal
from models.order import fulfillment as parcels
from models.order.commands import Pack, Ship
from models.order.fulfillment import Fulfillment, FulfillmentItem
from models.order.seller_order import SellerOrder
from models.shared.events import FulfillmentDelivered, FulfillmentShipped
from services.infrastructure.database.database import UnitOfWork
from services.inventory import reservation
from services.order import history
from services.order.seller_orders import get_locked_order
from services.shared.ownership import ensure_owned
from utils.clock import now
from utils.ids import new_id


async def accept(work: UnitOfWork, *, who: Principal, order_id: str) -> SellerOrder:
    """Accept an order: the seller will send it."""
    part = await get_locked_order(work, who=who, order_id=order_id)
    part.ensure_allowed("accept")
    before, moment = part.status, now()
    part.accept(moment)
    part.apply_status("accept", moment)
    await history.save(work, part)
    await history.note(work, part, who=who, kind="accepted", before=before)
    return part


async def pack(work: UnitOfWork, *, who: Principal, order_id: str, command: Pack) -> SellerOrder:
    """Pack pieces into a parcel, by default all that are left; their reservations are assigned to it."""
    part = await get_locked_order(work, who=who, order_id=order_id)
    await ensure_owned(work, who=who, kind="stock_location", ids=[command.location_id])
    part.ensure_allowed("pack")
    before, moment = part.status, now()
    pieces = part.open_pieces(command.items)
    parcel = _parcel(part, pieces, moment, created_by=who.actor_id, metadata=command.metadata)
    part.accept(moment)
    part.fulfillments.append(parcel)
    part.move(pieces, "fulfilled")
    part.apply_status("pack", moment)
    await history.save(work, part)
    await work.execute(parcels.INSERT, _row(parcel, "items", "labels"))
    await work.execute(parcels.INSERT_ITEMS, [_row(item) for item in parcel.items])
    parcel.location_id = await reservation.assign(
        work,
        order_id=part.order_id,
        fulfillment_id=parcel.id,
        needs=stock_of(part, pieces),
        location_id=command.location_id,
    )
    await work.execute(parcels.SET_LOCATION, {"of_id": parcel.id, "location_id": parcel.location_id})
    facts = {"fulfillment_id": parcel.id, "items": pieces}
    await history.note(work, part, who=who, kind="packed", before=before, data=facts)
    return part


def _parcel(
    part: SellerOrder, pieces: Mapping[str, int], moment: datetime, *, created_by: str | None, metadata: Any
) -> Fulfillment:
    parcel = Fulfillment(
        id=new_id("ful"),
        order_id=part.order_id,
        seller_order_id=part.id,
        requires_shipping=any(part.line(line_id).snapshot.requires_shipping for line_id in pieces),
        shipping_option_id=part.methods[0].shipping_option_id if part.methods else None,
        created_at=moment,
        updated_at=moment,
        packed_at=moment,
        created_by=created_by,
        metadata=metadata,
    )
    parcel.items = [
        FulfillmentItem(new_id("fulit"), parcel.id, line_id, quantity, moment, moment)
        for line_id, quantity in pieces.items()
    ]
    return parcel


async def ship(work: UnitOfWork, *, who: Principal, order_id: str, fulfillment_id: str, command: Ship) -> SellerOrder:
    """Ship a parcel: its pieces leave the stock."""
    part = await get_locked_order(work, who=who, order_id=order_id)
    parcel = part.parcel(fulfillment_id)
    before, moment = part.status, now()
    parcel.ship(moment, command.carrier, command.labels)
    part.ensure_allowed("ship")
    part.move(parcel.pieces, "shipped")
    part.apply_status("ship", moment)
    await history.save(work, part)
    await _update(work, parcel)
    await reservation.ship(work, order_id=part.order_id, fulfillment_id=parcel.id)
    if parcel.labels:
        await work.execute(parcels.INSERT_LABELS, [_row(label) for label in parcel.labels])
    tracking = [label.tracking_number for label in parcel.labels]
    facts = {"fulfillment_id": parcel.id, "carrier": command.carrier, "tracking_numbers": tracking}
    await history.note(work, part, who=who, kind="shipped", before=before, data=facts)
    work.emit(FulfillmentShipped(parcel.id, part.id, part.order_id))
    return part


async def deliver(work: UnitOfWork, *, who: Principal, order_id: str, fulfillment_id: str) -> SellerOrder:
    """Note that a parcel has reached the buyer; one that needs no shipping leaves the stock in the same step."""
    part = await get_locked_order(work, who=who, order_id=order_id)
    parcel = part.parcel(fulfillment_id)
    before, moment = part.status, now()
    if parcel.status == "packed" and not parcel.requires_shipping:
        parcel.become("shipped", moment)
        part.move(parcel.pieces, "shipped")
        await reservation.ship(work, order_id=part.order_id, fulfillment_id=parcel.id)
    parcel.become("delivered", moment)
    part.ensure_allowed("deliver")
    part.move(parcel.pieces, "delivered")
    part.apply_status("deliver", moment)
    await history.save(work, part)
    await _update(work, parcel)
    await history.note(work, part, who=who, kind="delivered", before=before, data={"fulfillment_id": parcel.id})
    work.emit(FulfillmentDelivered(parcel.id, part.id, part.order_id))
    return part


async def cancel_fulfillment(work: UnitOfWork, *, who: Principal, order_id: str, fulfillment_id: str) -> SellerOrder:
    """Cancel a parcel that was not shipped: its pieces can be packed again, or canceled."""
    part = await get_locked_order(work, who=who, order_id=order_id)
    parcel = part.parcel(fulfillment_id)
    before, moment = part.status, now()
    parcel.become("canceled", moment)
    part.ensure_allowed("unpack")
    part.move(parcel.pieces, "fulfilled", -1)
    part.apply_status("unpack", moment)
    await history.save(work, part)
    await _update(work, parcel)
    facts = {"fulfillment_id": parcel.id}
    await history.note(work, part, who=who, kind="fulfillment_canceled", before=before, data=facts)
    return part


async def _update(work: UnitOfWork, parcel: Fulfillment) -> None:
    names = ("shipped_at", "delivered_at", "canceled_at", "carrier")
    await work.execute(parcels.UPDATE, {"of_id": parcel.id} | {name: getattr(parcel, name) for name in names})


def stock_of(part: SellerOrder, pieces: Mapping[str, int]) -> dict[str, int]:
    """What pieces of lines take of each inventory item, as the sale took it."""
    needs: Counter[str] = Counter()
    for line_id, quantity in pieces.items():
        for item_id, each in part.line(line_id).stock_needs.items():
            needs[item_id] += each * quantity
    return dict(needs)


def _row(struct: Any, *less: str) -> dict[str, Any]:
    return {name: getattr(struct, name) for name in struct.__struct_fields__ if name not in less}
