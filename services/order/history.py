"""What every step of a seller order leaves behind: the order's row, its history, the audit log, the parent's
version.
"""

from collections.abc import Mapping
from typing import Any

from models.identity.principal import Principal
from models.order import change as order_change
from models.order import return_request
from models.order import seller_order as rows
from models.order.change import OrderChange
from models.order.seller_order import SellerOrder
from services.audit import log as audit_log
from services.infrastructure.database.database import UnitOfWork
from utils.clock import now
from utils.ids import ordered_id


async def save(work: UnitOfWork, part: SellerOrder) -> None:
    """Write the order and its lines as they are in hand; the caller holds the order's lock."""
    names = ("status", "accepted_at", "canceled_at", "canceled_total", "canceled_commission", "updated_at")
    await work.execute(rows.UPDATE, {"of_id": part.id} | {name: getattr(part, name) for name in names})
    steps = [f"{step}_quantity" for step in ("fulfilled", "shipped", "delivered", "canceled")]
    lines = sorted(part.lines, key=lambda line: line.id)
    await work.execute(
        rows.UPDATE_LINES, [{"of_id": line.id} | {name: getattr(line, name) for name in steps} for line in lines]
    )
    await work.execute(return_request.RAISE_VERSION, {"order_id": part.order_id})


async def note(
    work: UnitOfWork,
    part: SellerOrder,
    *,
    who: Principal,
    kind: str,
    before: str,
    reason: str | None = None,
    data: Mapping[str, Any] | None = None,
) -> str:
    """Tell the order's history and the audit log what was done; the id of the change. `before` is the old status."""
    change = OrderChange(
        id=ordered_id("ordch"),
        seller_order_id=part.id,
        kind=kind,
        status=part.status,
        actor_type=who.kind,
        actor_id=who.actor_id,
        reason=reason,
        data=dict(data or {}),
        created_at=now(),
    )
    await work.execute(rows.INSERT_CHANGE, {name: getattr(change, name) for name in change.__struct_fields__})
    await audit_log.record(
        work,
        who=who,
        action=f"order.{kind}",
        entity="order",
        entity_id=part.id,
        before={"status": before},
        after={"status": part.status, **change.data} | ({"reason": reason} if reason else {}),
        seller_id=part.seller_id,
    )
    return change.id


async def get_change(work: UnitOfWork, *, change_id: str) -> OrderChange:
    """The step of this id, which is known to be there."""
    return order_change.decode((await work.execute(order_change.LOAD, {"id": change_id})).scalar_one())
