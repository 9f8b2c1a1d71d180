"""Reasons to send something back, as administrators keep them: a tree."""

from sqlalchemy import bindparam, select, update

from models.schema.order import return_reason
from models.shared.crud import Noun
from models.shared.list_sql import nullable
from utils.errors import AppError
from utils.sql import Prepared


class ReasonCycle(AppError):
    code, kind = "return_reason_cycle", "invalid"
    message = "Return reason {id} cannot be moved below itself or a reason that is below it."


REASON = Noun(
    table=return_reason,
    name="return_reason",
    what="Return reason",
    prefix="rr",
    said=("value", "label", "description", "parent_return_reason_id", "metadata"),
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
