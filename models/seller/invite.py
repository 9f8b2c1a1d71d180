"""Invites by mail: into the staff of a seller, or (without a seller) among the administrators."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import (
    Integer,
    Text,
    and_,
    bindparam,
    cast,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from models.schema.roles import STATE_WRITES
from models.schema.seller import invite, seller
from models.shared.list_sql import SqlList, fields_of, words
from utils.errors import AppError
from utils.sql import Prepared

VALID_FOR = timedelta(days=7)


class InviteExists(AppError):
    code, kind = "invite_exists", "duplicate"
    message = "There is an open invite to {email} already. Send it again, or revoke it first."


class InviteClosed(AppError):
    code, kind = "invite_closed", "not_allowed"
    message = "The invite was accepted already."


class InviteInvalid(AppError):
    code, kind = "invite_invalid", "not_allowed"
    message = "The invite is not valid, or is no longer. Ask for a new one."


class InviteForeign(AppError):
    code, kind = "invite_email_mismatch", "not_allowed"
    message = "The invite went to another e-mail address. Register with that one, then accept."


@dataclass(frozen=True, slots=True)
class Invite:
    """One invite; `seller_id` None means the administration."""

    id: str
    seller_id: str | None
    email: str
    role: str
    number: int
    invited_by: str | None
    accepted_by: str | None
    expires_at: datetime
    accepted_at: datetime | None
    revoked_at: datetime | None
    metadata: dict[str, Any] | None
    created_at: datetime
    updated_at: datetime

    def require_open(self) -> None:
        """InviteClosed when it was accepted."""
        if self.accepted_at is not None:
            raise InviteClosed()


def read(row: Any) -> Invite:
    """An invite from a row of COLUMNS."""
    values: Mapping[str, Any] = row._mapping if hasattr(row, "_mapping") else dict(row.items())
    kept = values["metadata"]
    return Invite(**{**values, "metadata": None if kept is None else orjson.loads(kept)})


COLUMNS = [cast(column, Text).label(column.name) if column.name == "metadata" else column for column in invite.c]
# A seller's own, or (the parameter is null) the administration's.
OWN = invite.c.seller_id.is_not_distinct_from(bindparam("own_seller", type_=Text))
OPEN = and_(invite.c.accepted_at.is_(None), invite.c.revoked_at.is_(None))
LISTED = select(*COLUMNS).where(OWN, invite.c.revoked_at.is_(None))
INVITES = SqlList(
    rows=invite,
    key=invite.c.id,
    columns=tuple(COLUMNS),
    fields={**fields_of(invite.c), "q": words(invite.c.email)},
    sorts=dict(invite.c),
    scope=and_(OWN, invite.c.revoked_at.is_(None)),
)
JOINABLE = tuple(status for status, grants in STATE_WRITES.items() if "staff:write" in grants)

FIND = Prepared(LISTED.where(invite.c.id == bindparam("invite_id")))
LOCK = Prepared(LISTED.where(invite.c.id == bindparam("invite_id")).with_for_update())
INSERT = Prepared(
    upsert(invite).on_conflict_do_nothing().returning(*COLUMNS),
    *("id", "seller_id", "email", "role", "invited_by", "expires_at", "metadata"),
)
# An open invite that has run out makes room for a new one.
EXPIRE = Prepared(
    update(invite)
    .where(OWN, OPEN, invite.c.email == bindparam("to_email"), invite.c.expires_at <= func.now())
    .values(revoked_at=func.now(), updated_at=func.now())
)
RESEND = Prepared(
    update(invite)
    .where(invite.c.id == bindparam("invite_id"), OPEN)
    .values(number=invite.c.number + 1, updated_at=func.now())
    .returning(*COLUMNS),
    "expires_at",
)
REVOKE = Prepared(
    update(invite)
    .where(invite.c.id == bindparam("invite_id"), invite.c.revoked_at.is_(None))
    .values(revoked_at=func.now(), updated_at=func.now())
)
# Who loses power leaves no door open behind: with the seller that a member leaves, and nowhere of an administrator or
# key.
_of_theirs = (
    update(invite)
    .where(OPEN, invite.c.invited_by == bindparam("inviter"))
    .values(revoked_at=func.now(), updated_at=func.now())
)
REVOKE_OF, REVOKE_ALL_OF = Prepared(_of_theirs.where(OWN)), Prepared(_of_theirs)
# Once, and only with the token of the last e-mail; to a seller whose staff may grow.
_usable = and_(
    invite.c.id == bindparam("invite_id"),
    invite.c.number == bindparam("number", type_=Integer),
    OPEN,
    invite.c.expires_at > func.now(),
)
_use = update(invite).values(accepted_at=func.now(), updated_at=func.now()).returning(*COLUMNS)
USE_OF_SELLER = Prepared(
    _use.where(
        _usable,
        invite.c.seller_id.in_(select(seller.c.id).where(or_(*(seller.c.status == status for status in JOINABLE)))),
    ),
    "accepted_by",
)
USE_OF_USERS = Prepared(_use.where(_usable, invite.c.seller_id.is_(None)), "accepted_by")
# Changes of a seller's staff hold the seller's row first (models/seller/staff.py), and so does who joins it.
LOCK_HOME = Prepared(
    select(seller.c.id)
    .where(seller.c.id == select(invite.c.seller_id).where(invite.c.id == bindparam("invite_id")).scalar_subquery())
    .with_for_update(key_share=True)
)
FIND_SENT = Prepared(
    select(invite.c.email, seller.c.name)
    .select_from(invite.outerjoin(seller, seller.c.id == invite.c.seller_id))
    .where(_usable)
)
