"""Pieces that will not be sent: called off by line and quantity; what is owed for them, and their stock, go back."""

from collections.abc import Mapping, Sequence
from typing import Any

from models.identity.principal import Principal
from models.order import seller_order as rows
from models.order.seller_order import SellerOrder
from models.shared.events import OrderCanceled
from services.infrastructure.database.database import UnitOfWork
from services.inventory import reservation
from services.order import history
from services.order.fulfillment import stock_of
from services.order.seller_orders import find_locked
from services.payment import ledger
from services.pricing import redemption
from utils.clock import now


async def cancel(
    work: UnitOfWork,
    *,
    who: Principal,
    order_id: str,
    reason: str,
    items: Sequence[Mapping[str, Any]] | None = None,
) -> SellerOrder:
    """Call off pieces that are not packed, by default all of them; nothing of the order is left when none are."""
    part = await find_locked(work, who=who, order_id=order_id)
    part.begin("cancel")
    before, moment = part.status, now()
    pieces = part.open_pieces(items)
    part.move(pieces, "canceled")
    amount, commission = part.reckon_canceled()
    part.settle("cancel", moment)
    await history.save(work, part)
    facts = {"items": pieces, "amount": amount, "commission": commission}
    change_id = await history.note(work, part, who=who, kind="canceled", before=before, reason=reason, data=facts)
    await ledger.post_cancel(work, part, change_id=change_id, amount=amount, commission=commission)
    if part.status == "canceled" and await _is_whole_order_off(work, part):
        await redemption.give_back(work, order_id=part.order_id)
    await reservation.release(work, order_id=part.order_id, needs=stock_of(part, pieces))
    work.emit(OrderCanceled(change_id, part.id, part.order_id))
    return part


async def _is_whole_order_off(work: UnitOfWork, part: SellerOrder) -> bool:
    """Is no store's part left? The parent's row is locked by now: of two last ones the second sees the first."""
    left: int = (await work.execute(rows.OPEN_PARTS, {"order_id": part.order_id})).scalar_one()
    return left == 0
