"""Applications of sellers and their particulars: statements, and what may not be stated."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Text, Update, bindparam, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from models.schema.region import country
from models.schema.seller import member, seller, seller_member
from utils.errors import AppError
from utils.sql import Prepared

MOST_OPEN = 3  # applications of one member that wait, or were refused
ADDRESS = ("address_1", "address_2", "city", "province", "postal_code", "country_code")
APPLIED = ("id", "handle", "name", "description", "email", "phone", "currency_code", *ADDRESS, "metadata")
UNSETTLED = ("pending", "rejected")


class HandleTaken(AppError):
    code, kind = "handle_taken", "duplicate"
    message = "There is a store with the handle {handle} already."


class HandleFixed(AppError):
    code, kind = "handle_fixed", "not_allowed"
    message = "The handle stands in links to the store: only the platform changes it once the store was approved."


class TooManyApplications(AppError):
    code, kind = "too_many_applications", "not_allowed"
    message = "{limit} of your stores are not approved yet. Wait for them before you apply for another."


class LogoInvalid(AppError):
    code, kind = "logo_invalid", "invalid"
    message = "The logo must be an image that the store has uploaded: {logo} is none, or is not ready."


INSERT_SELLER = Prepared(
    upsert(seller)
    .values(status="pending", status_changed_at=func.now())
    .on_conflict_do_nothing(index_elements=["handle"])
    .returning(seller.c.id),
    *APPLIED,
)
INSERT_MEMBER = Prepared(insert(member), *("id", "email", "first_name", "last_name"))
INSERT_OWNER = Prepared(insert(seller_member).values(role="owner"), *("seller_id", "member_id"))
# Applications of one member come one after the other, so that the limit holds.
LOCK_MEMBER = Prepared(select(member.c.id).where(member.c.id == bindparam("id")).with_for_update())
COUNT_OPEN = Prepared(
    select(func.count())
    .select_from(seller.join(seller_member, seller_member.c.seller_id == seller.c.id))
    .where(
        seller_member.c.member_id == bindparam("member_id"),
        seller_member.c.role == "owner",
        or_(*(seller.c.status == status for status in UNSETTLED)),
    )
)
OF_MEMBER = (
    select(seller, seller_member.c.role)
    .join(seller_member, seller_member.c.seller_id == seller.c.id)
    .where(seller_member.c.member_id == bindparam("member_id", type_=Text))
    .order_by(seller.c.created_at, seller.c.id)
)
SELLER_BY_ID = select(seller).where(seller.c.id == bindparam("seller_id", type_=Text))
# Another's handle is no error: no row is changed then.
_other = seller.alias("other")
_taken = select(_other.c.id).where(_other.c.handle == bindparam("handle_of"), _other.c.id != bindparam("seller_id"))
SET_HANDLE = Prepared(
    update(seller)
    .where(seller.c.id == bindparam("seller_id"), ~_taken.exists())
    .values(handle=bindparam("handle_of"))
    .returning(seller.c.id)
)


def change_seller(seller_id: str, values: Mapping[str, Any], *, at: datetime) -> Update:
    """Set columns of a seller."""
    return update(seller).where(seller.c.id == seller_id).values(**values, updated_at=at)


HAS_COUNTRY = Prepared(select(country.c.iso_2).where(country.c.iso_2 == bindparam("code")))
STAFF = (
    select(member.c.id, member.c.email, member.c.first_name, member.c.last_name, seller_member.c.role)
    .join(seller_member, seller_member.c.member_id == member.c.id)
    .where(seller_member.c.seller_id == bindparam("seller_id", type_=Text))
    .order_by(seller_member.c.role != "owner", member.c.id)
    .limit(200)
)
