"""Administrators of the marketplace: on the wire `user`, as clients of the Admin API know them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Text, bindparam, cast, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from models.schema.identity import admin_user
from models.schema.roles import Grants, Rights
from models.shared.list_sql import SqlList, fields_of, words
from utils.errors import AppError
from utils.sql import Prepared

ADMIN = "admin"
SAID = ("first_name", "last_name", "avatar_url", "metadata")


class UserExists(AppError):
    code, kind = "user_exists", "duplicate"
    message = "{email} is an administrator already."


class LastAdmin(AppError):
    code, kind = "last_admin", "not_allowed"
    message = "There must be an administrator of the role admin. Give the role to somebody else first."


class OwnAccount(AppError):
    code, kind = "own_account", "not_allowed"
    message = "Nobody removes themselves or changes their own role. Another administrator does it."


class GrantsExceeded(AppError):
    code, kind = "grants_exceeded", "forbidden"
    message = "You cannot give, change or remove what goes beyond your own grants."


class NotAPerson(AppError):
    code, kind = "not_a_person", "not_allowed"
    message = "A secret key is nobody's account."


class PowerLost(AppError):
    code, kind = "own_role_changed", "conflict"
    message = "Your own role has just been changed."


@dataclass(frozen=True, slots=True)
class User:
    """An administrator."""

    id: str
    email: str
    first_name: str | None
    last_name: str | None
    avatar_url: str | None
    role: str
    metadata: dict[str, Any] | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


def check_grants(rights: Rights, own: Grants, *roles: str) -> None:
    """GrantsExceeded unless all that the roles may do is among one's own grants."""
    if any(not rights.of_user_role[role] <= own for role in roles):
        raise GrantsExceeded()


def check_scopes(own: Grants, scopes: Iterable[str]) -> None:
    """GrantsExceeded unless one has every scope oneself."""
    if not frozenset(scopes) <= own:
        raise GrantsExceeded()


def read(row: Any) -> User:
    """A user from a row of COLUMNS."""
    values: Mapping[str, Any] = row._mapping if hasattr(row, "_mapping") else dict(row.items())
    kept = values["metadata"]
    return User(**{**values, "metadata": None if kept is None else orjson.loads(kept)})


COLUMNS = [cast(column, Text).label(column.name) if column.name == "metadata" else column for column in admin_user.c]
LISTED = select(*COLUMNS).where(admin_user.c.deleted_at.is_(None))
USERS = SqlList(
    rows=admin_user,
    key=admin_user.c.id,
    columns=tuple(COLUMNS),
    fields={
        **fields_of(admin_user.c),
        "q": words(admin_user.c.email, admin_user.c.first_name, admin_user.c.last_name),
    },
    sorts=dict(admin_user.c),
    scope=admin_user.c.deleted_at.is_(None),
)
FIND = Prepared(LISTED.where(admin_user.c.id == bindparam("user_id")))
HOLD = Prepared(LISTED.where(admin_user.c.id == bindparam("user_id")).with_for_update(read=True))
BY_EMAIL = Prepared(LISTED.where(admin_user.c.email == bindparam("email")))
# All of them, in one order: whoever changes roles or removes somebody does it while nobody else does.
LOCK_ALL = Prepared(LISTED.order_by(admin_user.c.id).with_for_update())
INSERT = Prepared(
    upsert(admin_user).on_conflict_do_nothing().returning(*COLUMNS),
    *("id", "email", "role", "first_name", "last_name"),
)
CHANGE = Prepared(
    update(admin_user).where(admin_user.c.id == bindparam("user_id")).values(updated_at=func.now()).returning(*COLUMNS),
    *("role", *SAID),
)
REMOVE = Prepared(
    update(admin_user)
    .where(admin_user.c.id == bindparam("user_id"), admin_user.c.deleted_at.is_(None))
    .values(deleted_at=func.now(), updated_at=func.now())
)
