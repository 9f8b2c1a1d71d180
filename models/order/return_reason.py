"""Reasons to send something back, as administrators keep them: a tree."""

from msgspec import UNSET, UnsetType
from sqlalchemy import bindparam, select, update

from models.schema.order import return_reason
from models.shared.commands import Command, Metadata
from models.shared.crud import Resource
from models.shared.list_sql import nullable
from utils.errors import AppError
from utils.sql import Prepared


class ReasonCycle(AppError):
    code, kind = "return_reason_cycle", "invalid"
    message = "Return reason {id} cannot be moved below itself or a reason that is below it."


class CreateReason(Command, kw_only=True, frozen=True):
    """A new reason, below another one or at the top."""

    value: str
    label: str
    description: str | UnsetType | None = UNSET
    parent_return_reason_id: str | UnsetType | None = UNSET
    metadata: Metadata | UnsetType = UNSET


class PutReason(CreateReason, kw_only=True, frozen=True):
    """A reason as a file states it, found by its value, below the one of another value."""

    parent_value: str | None = None


class UpdateReason(Command, kw_only=True, frozen=True):
    """What is to change of a reason."""

    value: str | UnsetType = UNSET
    label: str | UnsetType = UNSET
    description: str | UnsetType | None = UNSET
    parent_return_reason_id: str | UnsetType | None = UNSET
    metadata: Metadata | UnsetType = UNSET


REASON = Resource(
    table=return_reason,
    name="return_reason",
    what="Return reason",
    prefix="rr",
    writable=("value", "label", "description", "parent_return_reason_id", "metadata"),
    unique="value",
    scope="returns",
    searched=("value", "label", "description"),
    special={"parent_return_reason_id": nullable(return_reason.c.parent_return_reason_id)},
)
# In one order always, so that two moves at once wait for each other and do not make a ring together.
LOCK_PARENTS = Prepared(
    select(return_reason.c.id, return_reason.c.parent_return_reason_id).order_by(return_reason.c.id).with_for_update()
)
# The reasons below one that is removed stay, with none above.
ORPHAN_CHILDREN = Prepared(
    update(return_reason)
    .where(return_reason.c.parent_return_reason_id == bindparam("parent_id"))
    .values(parent_return_reason_id=None)
)
