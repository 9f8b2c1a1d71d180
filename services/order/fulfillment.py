"""An order on its way to the buyer: accepted, packed, shipped, delivered; parcels that are unpacked again.

Each step locks the store order first and the stock last, so two of the staff who do the same at once meet at the order.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from models.identity.principal import Principal
from models.order import fulfillment as parcels
from models.order.fulfillment import Fulfillment, FulfillmentItem, Label
from models.order.seller_order import SellerOrder
from models.shared.events import FulfillmentDelivered, FulfillmentShipped
from services.infrastructure.database.database import UnitOfWork
from services.inventory import reservation
from services.order import history
from services.order.seller_orders import find_locked
from services.shared.ownership import ensure_owned
from utils.clock import now
from utils.ids import new_id


async def accept(work: UnitOfWork, *, who: Principal, order_id: str) -> SellerOrder:
    """The seller will send the order."""
    part = await find_locked(work, who=who, order_id=order_id)
    part.begin("accept")
    before, moment = part.status, now()
    part.accepted_at = moment
    part.settle("accept", moment)
    await history.save(work, part)
    await history.note(work, part, who=who, kind="accepted", before=before)
    return part


async def pack(
    work: UnitOfWork,
    *,
    who: Principal,
    order_id: str,
    items: Sequence[Mapping[str, Any]] | None = None,
    location_id: str | None = None,
    metadata: dict[str, Any] | None = None,
) -> SellerOrder:
    """Pieces go into a parcel, by default all that are left; their reservations are assigned to it."""
    part = await find_locked(work, who=who, order_id=order_id)
    await ensure_owned(work, who=who, kind="stock_location", ids=[location_id])
    part.begin("pack")
    before, moment = part.status, now()
    pieces = part.open_pieces(items)
    parcel = _parcel(part, pieces, moment, created_by=who.actor_id, metadata=metadata)
    part.accepted_at = part.accepted_at or moment
    part.fulfillments.append(parcel)
    part.move(pieces, "fulfilled")
    part.settle("pack", moment)
    await history.save(work, part)
    await work.execute(parcels.INSERT, _row(parcel, "items", "labels"))
    await work.execute(parcels.INSERT_ITEMS, [_row(item) for item in parcel.items])
    needs = stock_of(part, pieces)
    parcel.location_id = await reservation.assign(
        work, order_id=part.order_id, fulfillment_id=parcel.id, needs=needs, location_id=location_id
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
        store_order_id=part.id,
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


async def ship(
    work: UnitOfWork,
    *,
    who: Principal,
    order_id: str,
    fulfillment_id: str,
    labels: Sequence[Mapping[str, str]] = (),
    carrier: str | None = None,
) -> SellerOrder:
    """The parcel is handed over: its pieces leave the stock."""
    part = await find_locked(work, who=who, order_id=order_id)
    parcel = part.parcel(fulfillment_id)
    before, moment = part.status, now()
    parcel.become("shipped", moment)
    part.begin("ship")
    parcel.carrier = carrier
    parcel.labels = [
        Label(
            id=new_id("fullab"),
            fulfillment_id=parcel.id,
            tracking_number=label["tracking_number"],
            tracking_url=label.get("tracking_url", ""),
            label_url=label.get("label_url", ""),
            created_at=moment,
            updated_at=moment,
        )
        for label in labels
    ]
    await _send(work, part, parcel, "ship")
    if parcel.labels:
        await work.execute(parcels.INSERT_LABELS, [_row(label) for label in parcel.labels])
    tracking = [label.tracking_number for label in parcel.labels]
    facts = {"fulfillment_id": parcel.id, "carrier": carrier, "tracking_numbers": tracking}
    await history.note(work, part, who=who, kind="shipped", before=before, data=facts)
    work.emit(FulfillmentShipped(parcel.id, part.id, part.order_id))
    return part


async def deliver(work: UnitOfWork, *, who: Principal, order_id: str, fulfillment_id: str) -> SellerOrder:
    """The parcel has reached the buyer; one that is not sent by post leaves the stock in the same step."""
    part = await find_locked(work, who=who, order_id=order_id)
    parcel = part.parcel(fulfillment_id)
    before, moment = part.status, now()
    if parcel.status == "packed" and not parcel.requires_shipping:
        parcel.become("shipped", moment)
        part.move(_pieces(parcel), "shipped")
        await reservation.ship(work, order_id=part.order_id, fulfillment_id=parcel.id)
    parcel.become("delivered", moment)
    part.begin("deliver")
    part.move(_pieces(parcel), "delivered")
    part.settle("deliver", moment)
    await history.save(work, part)
    await _update(work, parcel)
    await history.note(work, part, who=who, kind="delivered", before=before, data={"fulfillment_id": parcel.id})
    work.emit(FulfillmentDelivered(parcel.id, part.id, part.order_id))
    return part


async def unpack(work: UnitOfWork, *, who: Principal, order_id: str, fulfillment_id: str) -> SellerOrder:
    """A parcel that was not shipped is taken apart: its pieces can be packed again, or called off."""
    part = await find_locked(work, who=who, order_id=order_id)
    parcel = part.parcel(fulfillment_id)
    before, moment = part.status, now()
    parcel.become("canceled", moment)
    part.begin("unpack")
    part.move(_pieces(parcel), "fulfilled", -1)
    part.settle("unpack", moment)
    await history.save(work, part)
    await _update(work, parcel)
    await history.note(
        work, part, who=who, kind="fulfillment_canceled", before=before, data={"fulfillment_id": parcel.id}
    )
    return part


async def _send(work: UnitOfWork, part: SellerOrder, parcel: Fulfillment, action: str) -> None:
    part.move(_pieces(parcel), "shipped")
    part.settle(action, parcel.updated_at)
    await history.save(work, part)
    await _update(work, parcel)
    await reservation.ship(work, order_id=part.order_id, fulfillment_id=parcel.id)


async def _update(work: UnitOfWork, parcel: Fulfillment) -> None:
    names = ("shipped_at", "delivered_at", "canceled_at", "carrier")
    await work.execute(parcels.UPDATE, {"of_id": parcel.id} | {name: getattr(parcel, name) for name in names})


def _pieces(parcel: Fulfillment) -> dict[str, int]:
    return {item.order_line_id: item.quantity for item in parcel.items}


def stock_of(part: SellerOrder, pieces: Mapping[str, int]) -> dict[str, int]:
    """What pieces of lines take of each inventory item, as the sale took it."""
    needs: Counter[str] = Counter()
    for line_id, quantity in pieces.items():
        for item_id, each in part.line(line_id).stock_needs.items():
            needs[item_id] += each * quantity
    return dict(needs)


def _row(struct: Any, *less: str) -> dict[str, Any]:
    return {name: getattr(struct, name) for name in struct.__struct_fields__ if name not in less}
