"""Reasons to send something back, as administrators keep them. A removed one stays where it was given."""

from models.identity.principal import Principal
from models.order.return_reason import (
    LOCK_PARENTS,
    ORPHAN_CHILDREN,
    REASON,
    CreateReason,
    ReasonCycle,
    UpdateReason,
)
from models.shared.commands import given
from services.infrastructure.database.database import UnitOfWork
from services.shared import crud


async def create(work: UnitOfWork, *, who: Principal, command: CreateReason) -> str:
    """Create a reason below its parent, or at the top; its id."""
    await _ensure_parent(work, given(command.parent_return_reason_id, None))
    return await crud.create(work, REASON, who=who, values=command)


async def change(work: UnitOfWork, *, who: Principal, row_id: str, command: UpdateReason) -> None:
    """Update a reason; ReasonCycle when it would stand below itself."""
    parent_id = given(command.parent_return_reason_id, None)
    if parent_id is not None:
        parents = {row.id: row.parent_return_reason_id for row in await work.execute(LOCK_PARENTS)}
        above: str | None = parent_id
        while above is not None:
            if above == row_id:
                raise ReasonCycle(id=row_id)
            above = parents.get(above)
        await _ensure_parent(work, parent_id)
    await crud.change(work, REASON, who=who, row_id=row_id, values=command)


async def remove(work: UnitOfWork, *, who: Principal, row_id: str) -> None:
    """Delete a reason; finer reasons below it stay, with none above."""
    await crud.remove(work, REASON, who=who, row_id=row_id)
    await work.execute(ORPHAN_CHILDREN, {"parent_id": row_id})


async def _ensure_parent(work: UnitOfWork, parent_id: str | None) -> None:
    await crud.ensure(work, REASON.table, REASON.what, [parent_id])
