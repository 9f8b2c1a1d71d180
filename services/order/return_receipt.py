"""Goods that come back to a seller: what is awaited, what has come in which state, what goes on stock again.

The seller order is locked first, as by every other step of it. No money moves here: what is paid back is decided apart.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from models.identity.principal import Principal
from models.order import return_receipt, return_request
from models.order.commands import ReceiveReturn
from models.order.return_request import Return, ReturnItem
from models.order.seller_order import SellerOrder
from models.shared.commands import given
from models.shared.events import ReturnCanceled, ReturnReceived
from services.infrastructure.database.database import UnitOfWork
from services.inventory import reservation
from services.order import history
from services.order.seller_orders import get_locked_order
from services.shared.ownership import keep_owned, seller_of
from utils.clock import now
from utils.errors import NotFound


async def page(
    work: UnitOfWork,
    *,
    who: Principal,
    limit: int,
    offset: int,
    status: Sequence[str] | None = None,
    order_id: str | None = None,
) -> tuple[list[Return], int]:
    """The seller's returns, the newest first."""
    terms = {"own_seller": seller_of(who), "statuses": status, "of_order": order_id}
    found = await work.execute(return_receipt.PAGE, {**terms, "limit": limit, "offset": offset})
    count = (await work.execute(return_receipt.COUNT, terms)).scalar_one()
    return [return_receipt.read(loaded) for loaded in found.scalars()], count


async def get_owned_return(work: UnitOfWork, *, who: Principal, return_id: str) -> Return:
    """The return of this id; other sellers' are missing."""
    loaded = await work.execute(return_receipt.LOAD, {"id": return_id, "own_seller": seller_of(who)})
    text = loaded.scalar_one_or_none()
    if text is None:
        raise NotFound(what="Return", id=return_id)
    return return_receipt.read(text)


async def receive(work: UnitOfWork, *, who: Principal, return_id: str, command: ReceiveReturn) -> Return:
    """Receive pieces of a return: so many in good state, which go on stock where a location is named, so many not."""
    part, back = await _get_locked(work, who=who, return_id=return_id)
    places = [given(item.location_id, None) for item in command.items]
    await keep_owned(work, who=who, kind="stock_location", ids=places)
    by_line = {item.order_line_id: item for item in back.items}
    stock: Counter[reservation.Place] = Counter()
    moves = []
    for came, location_id in zip(command.items, places, strict=True):
        item = by_line.get(came.id)
        if item is None:
            raise NotFound(what="Item", id=came.id)
        good, damaged = came.quantity, given(came.damaged_quantity, 0)
        item.receive(good, damaged)
        moves.append({"of_id": item.order_line_id, "good": good, "bad": damaged, "off": 0})
        if location_id:
            stock.update(_restocked(part, item, good, location_id))
    back.apply_received(now())
    await _write(work, back, moves)
    facts = {"return_id": back.id, "items": command.plain()["items"], "return_status": back.status}
    await history.note(work, part, who=who, kind="return_received", before=part.status, data=facts)
    # What the seller keeps no more goes on no stock: it is received without a location.
    await keep_owned(work, who=who, kind="inventory_item", ids={item_id for item_id, _ in stock})
    await reservation.restock(work, reference=back.id, pieces=stock)
    work.emit(ReturnReceived(back.id, part.id, part.order_id))
    return back


def _restocked(part: SellerOrder, item: ReturnItem, good: int, location_id: str) -> dict[reservation.Place, int]:
    """What goes on stock of good pieces, as the sale took it; counted on the item unless its stock is not counted."""
    needs = part.line(item.order_line_id).stock_needs
    item.restocked_quantity += good if needs else 0
    return {(item_id, location_id): each * good for item_id, each in needs.items() if good}


async def cancel(work: UnitOfWork, *, who: Principal, return_id: str, reason: str | None) -> Return:
    """Cancel a return: nothing more is taken back. One of which something has come ends as received."""
    part, back = await _get_locked(work, who=who, return_id=return_id)
    moves = [
        {"of_id": item.order_line_id, "good": 0, "bad": 0, "off": item.awaited_quantity}
        for item in back.items
        if item.awaited_quantity
    ]
    back.cancel(now(), reason)
    await _write(work, back, moves)
    facts = {"return_id": back.id, "return_status": back.status}
    await history.note(work, part, who=who, kind="return_canceled", before=part.status, reason=reason, data=facts)
    work.emit(ReturnCanceled(back.id, part.id, part.order_id))
    return back


async def _get_locked(work: UnitOfWork, *, who: Principal, return_id: str) -> tuple[SellerOrder, Return]:
    """The open return with its seller order, which is locked; ReturnStateForbids when nothing is awaited any more."""
    seen = await get_owned_return(work, who=who, return_id=return_id)
    part = await get_locked_order(work, who=who, order_id=seen.seller_order_id)
    back = await get_owned_return(work, who=who, return_id=return_id)
    back.ensure_open()
    return part, back


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
