"""Reasons to send something back, as administrators keep them. A removed one stays where it was given."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update

from models.identity.principal import Principal
from models.schema.order import return_reason
from models.shared.crud import Noun
from models.shared.filters import is_null_or_in
from services.infrastructure.database.database import UnitOfWork
from services.shared import crud
from utils.errors import AppError

REASON = Noun(
    table=return_reason,
    name="return_reason",
    what="Return reason",
    prefix="rr",
    said=("value", "label", "description", "parent_return_reason_id", "metadata"),
    unique="value",
    scope="returns",
    searched=("value", "label", "description"),
    special={"parent_return_reason_id": lambda ids: is_null_or_in(return_reason.c.parent_return_reason_id, ids)},
)
# In one order always, so that two moves at once wait for each other and do not make a ring together.
PARENTS = select(return_reason.c.id, return_reason.c.parent_return_reason_id).order_by(return_reason.c.id)


class ReasonCycle(AppError):
    code, kind = "return_reason_cycle", "invalid"
    message = "Return reason {id} cannot be moved below itself or a reason that is below it."


async def create(work: UnitOfWork, *, who: Principal, body: Mapping[str, Any]) -> str:
    await _ensure_parent(work, body)
    return await crud.create(work, REASON, who=who, body=body)


async def change(work: UnitOfWork, *, who: Principal, row_id: str, body: Mapping[str, Any]) -> None:
    if body.get("parent_return_reason_id") is not None:
        parents = {row.id: row.parent_return_reason_id for row in await work.execute(PARENTS.with_for_update())}
        above = body["parent_return_reason_id"]
        while above is not None:
            if above == row_id:
                raise ReasonCycle(id=row_id)
            above = parents.get(above)
        await _ensure_parent(work, body)
    await crud.change(work, REASON, who=who, row_id=row_id, body=body)


async def remove(work: UnitOfWork, *, who: Principal, row_id: str) -> None:
    """Finer reasons below it stay, with none above."""
    await crud.remove(work, REASON, who=who, row_id=row_id)
    below = return_reason.c.parent_return_reason_id == row_id
    await work.execute(update(return_reason).where(below).values(parent_return_reason_id=None))


async def _ensure_parent(work: UnitOfWork, body: Mapping[str, Any]) -> None:
    await crud.ensure(work, return_reason, REASON.what, [body.get("parent_return_reason_id")])
