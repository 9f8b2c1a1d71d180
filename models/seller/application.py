"""Applications for stores and their particulars: statements, and what may not be stated."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Text, Update, bindparam, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from models.schema.region import country
from models.schema.seller import member, store, store_member
from utils.errors import AppError
from utils.sql import Prepared

MOST_OPEN = 3  # applications of one member that wait, or were refused
RESERVED = frozenset(("me", "new", "admin", "api", "all"))
ADDRESS = ("address_1", "address_2", "city", "province", "postal_code", "country_code")
APPLIED = ("id", "handle", "name", "description", "email", "phone", "currency_code", *ADDRESS, "metadata")
UNSETTLED = ("pending", "rejected")


class HandleTaken(AppError):
    code, kind = "handle_taken", "duplicate"
    message = "There is a store with the handle {handle} already."


class HandleReserved(AppError):
    code, kind = "handle_reserved", "invalid"
    message = "No store can have the handle {handle}."


class HandleFixed(AppError):
    code, kind = "handle_fixed", "not_allowed"
    message = "The handle stands in links to the store: only the platform changes it once the store was approved."


class TooManyApplications(AppError):
    code, kind = "too_many_applications", "not_allowed"
    message = "{limit} of your stores are not approved yet. Wait for them before you apply for another."


class CountryUnknown(AppError):
    code, kind = "country_unknown", "invalid"
    message = "{country_code} is not the code of a country (ISO 3166-1, two letters)."


class LogoInvalid(AppError):
    code, kind = "logo_invalid", "invalid"
    message = "The logo must be an image that the store has uploaded: {logo} is none, or is not ready."


INSERT_STORE = Prepared(
    upsert(store)
    .values(status="pending", status_changed_at=func.now())
    .on_conflict_do_nothing(index_elements=["handle"])
    .returning(store.c.id),
    *APPLIED,
)
INSERT_MEMBER = Prepared(insert(member), *("id", "email", "first_name", "last_name"))
INSERT_OWNER = Prepared(insert(store_member).values(role="owner"), *("store_id", "member_id"))
# Applications of one member come one after the other, so that the limit holds.
LOCK_MEMBER = Prepared(select(member.c.id).where(member.c.id == bindparam("id")).with_for_update())
COUNT_OPEN = Prepared(
    select(func.count())
    .select_from(store.join(store_member, store_member.c.store_id == store.c.id))
    .where(
        store_member.c.member_id == bindparam("member_id"),
        store_member.c.role == "owner",
        or_(*(store.c.status == status for status in UNSETTLED)),
    )
)
OF_MEMBER = (
    select(store, store_member.c.role)
    .join(store_member, store_member.c.store_id == store.c.id)
    .where(store_member.c.member_id == bindparam("member_id", type_=Text))
    .order_by(store.c.created_at, store.c.id)
)
STORE_BY_ID = select(store).where(store.c.id == bindparam("store_id", type_=Text))
# Another's handle is no error: no row is changed then.
_other = store.alias("other")
_taken = select(_other.c.id).where(_other.c.handle == bindparam("handle_of"), _other.c.id != bindparam("store_id"))
SET_HANDLE = Prepared(
    update(store)
    .where(store.c.id == bindparam("store_id"), ~_taken.exists())
    .values(handle=bindparam("handle_of"))
    .returning(store.c.id)
)


def change_store(store_id: str, values: Mapping[str, Any], *, at: datetime) -> Update:
    """Set columns of a store."""
    return update(store).where(store.c.id == store_id).values(**values, updated_at=at)


HAS_COUNTRY = Prepared(select(country.c.iso_2).where(country.c.iso_2 == bindparam("code")))
STAFF = (
    select(member.c.id, member.c.email, member.c.first_name, member.c.last_name, store_member.c.role)
    .join(store_member, store_member.c.member_id == member.c.id)
    .where(store_member.c.store_id == bindparam("store_id", type_=Text))
    .order_by(store_member.c.role != "owner", member.c.id)
    .limit(200)
)
