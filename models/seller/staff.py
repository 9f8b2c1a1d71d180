"""A seller's staff as its owners see it, the rules of rank, and people's own profiles."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Text, bindparam, cast, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert

from models.schema.base import json_list, json_of
from models.schema.roles import OF_SELLER_ROLE
from models.schema.seller import member, seller, seller_member
from models.shared.list_sql import SqlList, fields_of, words
from utils.errors import AppError
from utils.sql import Prepared

OWNER = "owner"
SAID = ("first_name", "last_name", "phone", "metadata")


class OwnersOnly(AppError):
    code, kind = "owners_only", "forbidden"
    message = "Only an owner of the store makes owners, invites them, or changes and removes them."


class LastOwner(AppError):
    code, kind = "last_owner", "not_allowed"
    message = "A store keeps an owner. Make somebody else an owner first."


class OwnRoleChanged(AppError):
    code, kind = "own_role_changed", "conflict"
    message = "Your own role has just been changed."


class AlreadyMember(AppError):
    code, kind = "already_member", "duplicate"
    message = "{email} works for the store already."


@dataclass(frozen=True, slots=True)
class Employee:
    """A member of a seller's staff. `owners` is how many owners the seller has."""

    id: str
    email: str
    first_name: str | None
    last_name: str | None
    phone: str | None
    role: str
    created_at: datetime
    updated_at: datetime
    owners: int

    def require_replaceable(self) -> None:
        """LastOwner when the seller would be left without an owner."""
        if self.role == OWNER and self.owners < 2:
            raise LastOwner()

    @property
    def may_manage(self) -> bool:
        return "staff:write" in OF_SELLER_ROLE[self.role]


@dataclass(frozen=True, slots=True)
class Workplace:
    """One of the sellers somebody works for."""

    id: str
    name: str
    handle: str
    logo: str | None
    status: str
    role: str


@dataclass(frozen=True, slots=True)
class Profile:
    """A seller's member as they see themselves."""

    id: str
    email: str
    first_name: str | None
    last_name: str | None
    phone: str | None
    metadata: dict[str, Any] | None
    created_at: datetime
    updated_at: datetime
    sellers: tuple[Workplace, ...]


def check_rank(acting: str | None, *roles: str) -> None:
    """OwnersOnly when one of the roles is an owner's and the acting role is not."""
    if OWNER in roles and acting != OWNER:
        raise OwnersOnly()


def read(row: Any) -> Employee:
    values: Mapping[str, Any] = row._mapping if hasattr(row, "_mapping") else dict(row.items())
    return Employee(**values)


def read_profile(row: Any) -> Profile:
    values = dict(row.items())
    kept, sellers = values.pop("metadata"), orjson.loads(values.pop("sellers"))
    metadata = None if kept is None else orjson.loads(kept)
    return Profile(**values, metadata=metadata, sellers=tuple(Workplace(**each) for each in sellers))


_everybody = seller_member.alias("everybody")
_owners = (
    select(func.count())
    .where(_everybody.c.seller_id == seller_member.c.seller_id, _everybody.c.role == OWNER)
    .scalar_subquery()
    .label("owners")
)
COLUMNS = (
    *(member.c[name] for name in ("id", "email", "first_name", "last_name", "phone")),
    *(seller_member.c[name] for name in ("role", "created_at", "updated_at")),
)
OWN = seller_member.c.seller_id == bindparam("own_seller", type_=Text)
_members = seller_member.join(member, member.c.id == seller_member.c.member_id)
STAFF = select(*COLUMNS, _owners).select_from(_members).where(OWN)
MEMBERS = SqlList(
    rows=_members,
    key=member.c.id,
    columns=(*COLUMNS, _owners),
    fields={**fields_of(COLUMNS), "q": words(member.c.email, member.c.first_name, member.c.last_name)},
    sorts={column.name: column for column in COLUMNS},
    scope=OWN,
)
FIND = Prepared(STAFF.where(member.c.id == bindparam("ids", type_=ARRAY(Text)).any_()))
BY_EMAIL = Prepared(STAFF.where(func.lower(member.c.email) == bindparam("email")).limit(1))
# Whoever changes the staff of a seller holds its row: what they find there stays so until they are done.
LOCK_SELLER = Prepared(
    select(seller.c.id).where(seller.c.id == bindparam("own_seller")).with_for_update(key_share=True)
)
SET_ROLE = Prepared(
    update(seller_member).where(OWN, seller_member.c.member_id == bindparam("whose")).values(updated_at=func.now()),
    "role",
)
REMOVE = Prepared(delete(seller_member).where(OWN, seller_member.c.member_id == bindparam("whose")))
HIRE = Prepared(
    upsert(seller_member).on_conflict_do_nothing().returning(seller_member.c.member_id),
    "seller_id",
    "member_id",
    "role",
)
MAKE_MEMBER = Prepared(insert(member), "id", "email", "first_name", "last_name", "phone")

_sellers = (
    select(
        json_list(
            func.json_agg(
                json_of(
                    id=seller.c.id,
                    name=seller.c.name,
                    handle=seller.c.handle,
                    logo=seller.c.logo,
                    status=seller.c.status,
                    role=seller_member.c.role,
                )
            )
        )
    )
    .select_from(seller_member.join(seller, seller.c.id == seller_member.c.seller_id))
    .where(seller_member.c.member_id == member.c.id)
    .correlate(member)
    .scalar_subquery()
)
PROFILE = Prepared(
    select(
        *(member.c[name] for name in ("id", "email", "first_name", "last_name", "phone", "created_at", "updated_at")),
        cast(member.c.metadata, Text).label("metadata"),
        cast(_sellers, Text).label("sellers"),
    ).where(member.c.id == bindparam("member_id"))
)
CHANGE_PROFILE = Prepared(
    update(member).where(member.c.id == bindparam("member_id")).values(updated_at=func.now()), *SAID
)
