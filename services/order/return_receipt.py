"""Goods that come back to a store: what is awaited, what has come in which state, what goes on stock again.

The store order is locked first, as by every other step of it. No money moves here: what is paid back is decided apart.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from models.identity.principal import Principal
from models.order import return_receipt, return_request
from models.order.return_receipt import NothingReceived, ReturnQuantityNotOpen, ReturnStateForbids
from models.order.return_request import Return, ReturnItem
from models.order.seller_order import SellerOrder
from models.shared.events import ReturnCanceled, ReturnReceived
from services.infrastructure.database.database import UnitOfWork
from services.inventory import reservation
from services.order import history
from services.order.seller_orders import find_locked
from services.shared.ownership import keep_owned, store_of
from utils.clock import now
from utils.errors import NotFound

OPEN = ("requested", "partially_received")


async def page(
    work: UnitOfWork,
    *,
    who: Principal,
    limit: int,
    offset: int,
    status: Sequence[str] | None = None,
    order_id: str | None = None,
) -> tuple[list[Return], int]:
    """The store's returns, the newest first."""
    terms = {"own_store": store_of(who), "statuses": status, "of_order": order_id}
    found = await work.execute(return_receipt.PAGE, {**terms, "limit": limit, "offset": offset})
    count = (await work.execute(return_receipt.COUNT, terms)).scalar_one()
    return [return_receipt.read(loaded) for loaded in found.scalars()], count


async def find(work: UnitOfWork, *, who: Principal, return_id: str) -> Return:
    """The return of this id; other stores' are missing."""
    loaded = await work.execute(return_receipt.LOAD, {"id": return_id, "own_store": store_of(who)})
    text = loaded.scalar_one_or_none()
    if text is None:
        raise NotFound(what="Return", id=return_id)
    return return_receipt.read(text)


async def receive(work: UnitOfWork, *, who: Principal, return_id: str, items: Sequence[Mapping[str, Any]]) -> Return:
    """Pieces have come: so many in good state, so many not; the good ones go on stock where a location is named."""
    part, back = await _locked(work, who=who, return_id=return_id)
    await keep_owned(work, who=who, kind="stock_location", ids=[item.get("location_id") for item in items])
    by_line = {item.order_line_id: item for item in back.items}
    stock: Counter[reservation.Place] = Counter()
    moves = []
    for came in items:
        item = by_line.get(came["id"])
        if item is None:
            raise NotFound(what="Item", id=came["id"])
        good, bad = _take_in(item, came)
        moves.append({"of_id": item.order_line_id, "good": good, "bad": bad, "off": 0})
        if came.get("location_id"):
            needs = part.line(item.order_line_id).stock_needs
            item.restocked_quantity += good if needs else 0
            stock.update({(item_id, came["location_id"]): each * good for item_id, each in needs.items() if good})
    is_all = all(_awaited(item) == 0 for item in back.items)
    back.status = "received" if is_all else "partially_received"
    back.received_at = now() if is_all else None
    await _write(work, back, moves)
    facts = {"return_id": back.id, "items": list(items), "return_status": back.status}
    await history.note(work, part, who=who, kind="return_received", before=part.status, data=facts)
    # What the store keeps no more goes on no stock: it is received without a location.
    await keep_owned(work, who=who, kind="inventory_item", ids={item_id for item_id, _ in stock})
    await reservation.restock(work, reference=back.id, pieces=stock)
    work.emit(ReturnReceived(back.id, part.id, part.order_id))
    return back


async def cancel(work: UnitOfWork, *, who: Principal, return_id: str, reason: str | None) -> Return:
    """Nothing more is taken back: a return of which something has come ends as received, any other as canceled."""
    part, back = await _locked(work, who=who, return_id=return_id)
    moment = now()
    moves = [
        {"of_id": item.order_line_id, "good": 0, "bad": 0, "off": _awaited(item)}
        for item in back.items
        if _awaited(item)
    ]
    if back.status == "requested":
        back.status, back.canceled_at = "canceled", moment
    else:
        back.status, back.received_at = "received", moment
    back.canceled_reason = reason
    await _write(work, back, moves)
    facts = {"return_id": back.id, "return_status": back.status}
    await history.note(work, part, who=who, kind="return_canceled", before=part.status, reason=reason, data=facts)
    work.emit(ReturnCanceled(back.id, part.id, part.order_id))
    return back


async def _locked(work: UnitOfWork, *, who: Principal, return_id: str) -> tuple[SellerOrder, Return]:
    """The return with its store order, which is locked; ReturnStateForbids when nothing is awaited any more."""
    known = await find(work, who=who, return_id=return_id)
    part = await find_locked(work, who=who, order_id=known.store_order_id)
    back = await find(work, who=who, return_id=return_id)
    if back.status not in OPEN:
        raise ReturnStateForbids(status=back.status)
    return part, back


def _awaited(item: ReturnItem) -> int:
    return item.quantity - item.received_quantity - item.damaged_quantity


def _take_in(item: ReturnItem, came: Mapping[str, Any]) -> tuple[int, int]:
    """Count what came of an item: pieces in good state and damaged ones."""
    good, bad = came["quantity"], came.get("damaged_quantity", 0)
    if not good + bad:
        raise NothingReceived(item_id=item.order_line_id)
    if good + bad > _awaited(item):
        raise ReturnQuantityNotOpen(item_id=item.order_line_id, open=_awaited(item))
    item.received_quantity += good
    item.damaged_quantity += bad
    return good, bad


async def _write(work: UnitOfWork, back: Return, moves: list[dict[str, Any]]) -> None:
    back.updated_at = now()
    names = ("status", "received_at", "canceled_at", "canceled_reason", "updated_at")
    await work.execute(return_receipt.UPDATE, {"of_id": back.id} | {name: getattr(back, name) for name in names})
    counts = ("received_quantity", "damaged_quantity", "restocked_quantity")
    rows = [{"of_id": item.id} | {name: getattr(item, name) for name in counts} for item in back.items]
    await work.execute(return_receipt.UPDATE_ITEM, rows)
    if moves:
        await work.execute(return_receipt.MOVE_BACK, sorted(moves, key=lambda move: str(move["of_id"])))
    await work.execute(return_request.RAISE_VERSION, {"order_id": back.order_id})
