"""Pieces that will not be sent: canceled by line and quantity; what is owed for them, and their stock, go back."""

from models.identity.principal import Principal
from models.order import seller_order as rows
from models.order.commands import CancelPieces
from models.order.seller_order import SellerOrder
from models.shared.events import OrderCanceled
from services.infrastructure.database.database import UnitOfWork
from services.inventory import reservation
from services.order import history
from services.order.fulfillment import stock_of
from services.order.seller_orders import get_locked_order
from services.payment import ledger
from services.pricing import redemption
from utils.clock import now


async def cancel(work: UnitOfWork, *, who: Principal, order_id: str, command: CancelPieces) -> SellerOrder:
    """Cancel pieces that are not packed, by default all of them; the order is canceled when no piece is left."""
    part = await get_locked_order(work, who=who, order_id=order_id)
    part.ensure_allowed("cancel")
    before, moment = part.status, now()
    pieces = part.open_pieces(command.items)
    part.move(pieces, "canceled")
    amount, commission = part.recompute_canceled_totals()
    part.apply_status("cancel", moment)
    await history.save(work, part)
    facts = {"items": pieces, "amount": amount, "commission": commission}
    change_id = await history.note(
        work, part, who=who, kind="canceled", before=before, reason=command.reason, data=facts
    )
    await ledger.post_cancel(work, part, change_id=change_id, amount=amount, commission=commission)
    if part.status == "canceled" and await _is_whole_order_off(work, part):
        await redemption.give_back(work, order_id=part.order_id)
    await reservation.release(work, order_id=part.order_id, needs=stock_of(part, pieces))
    work.emit(OrderCanceled(change_id, part.id, part.order_id))
    return part


async def _is_whole_order_off(work: UnitOfWork, part: SellerOrder) -> bool:
    """Is no seller's part left? The parent's row is locked by now: of two last ones the second sees the first."""
    left: int = (await work.execute(rows.OPEN_PARTS, {"order_id": part.order_id})).scalar_one()
    return left == 0
