"""Requests to remove a second factor: what they are, their errors and statements."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Text, bindparam, func, insert, select, update

from models.schema.identity import auth_actor, factor_removal
from utils.clock import now
from utils.errors import AppError
from utils.sql import Prepared

REQUESTED, APPROVED, REJECTED = "requested", "approved", "rejected"
MOST_LISTED = 100
FIND_IDENTITY = Prepared(
    select(auth_actor.c.auth_identity_id).where(
        auth_actor.c.actor_type == bindparam("of_type"), auth_actor.c.actor_id == bindparam("of_id")
    )
)
INSERT = Prepared(insert(factor_removal), *("id", "auth_identity_id", "reason", "requested_by", "expires_at"))
LIST = Prepared(select(factor_removal).order_by(factor_removal.c.created_at.desc()).limit(MOST_LISTED))
LOCK = Prepared(select(factor_removal).where(factor_removal.c.id == bindparam("of_id", type_=Text)).with_for_update())
DECIDE = Prepared(
    update(factor_removal)
    .where(factor_removal.c.id == bindparam("of_id", type_=Text))
    .values(status=bindparam("becomes"), decided_by=bindparam("by"), decided_at=func.now())
)


class NoFactorToRemove(AppError):
    code, kind = "mfa_factor_missing", "conflict"
    message = "This person has no second factor that is enabled: there is nothing to remove."


class SecondPersonNeeded(AppError):
    code, kind = "second_person_needed", "forbidden"
    message = "You have asked for this yourself: another administrator must approve it."


class RemovalClosed(AppError):
    code, kind = "factor_removal_closed", "conflict"
    message = "This request is {status}: ask anew."


@dataclass(frozen=True, slots=True)
class Removal:
    id: str
    auth_identity_id: str
    reason: str
    status: str
    requested_by: str
    decided_by: str | None
    decided_at: datetime | None
    expires_at: datetime
    created_at: datetime

    @property
    def state(self) -> str:
        """Its status; `expired` when nobody decided in time."""
        return "expired" if self.status == REQUESTED and self.expires_at <= now() else self.status
