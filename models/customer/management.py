"""Customers and their groups as administrators keep them: kinds of rows, errors and statements."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    Select,
    Text,
    bindparam,
    cast,
    delete,
    func,
    null,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from models.customer import customer as customers
from models.identity.identity import SCOPE
from models.schema.cart import cart
from models.schema.customer import customer, customer_address, customer_group, customer_group_customer
from models.schema.order import order_transfer
from models.shared.crud import Association, Resource
from models.shared.list_sql import TEXTS, Bound, Condition, Filter, as_list, nullable
from utils.errors import AppError
from utils.sql import Prepared


def _in_groups(group_ids: Bound) -> Condition:
    """Customers who are in one of the groups."""
    link = customer_group_customer.c
    return customer.c.id.in_(select(link.customer_id).where(link.group_id == func.any(group_ids)))


CUSTOMER = Resource(
    table=customer,
    name="customer",
    what="Customer",
    prefix="cus",
    writable=("email", *customers.SAID),
    is_personal=True,
    searched=("email", "first_name", "last_name", "company_name", "phone"),
    special={
        "groups": Filter(TEXTS, _in_groups, as_list),
        "company_name": nullable(customer.c.company_name),
    },
)
GROUP = Resource(
    table=customer_group,
    name="customer_group",
    what="Customer group",
    prefix="cusgroup",
    writable=("name", "metadata"),
    unique="name",
    searched=("name",),
)
MEMBERS = Association(
    table=customer_group_customer,
    own="group_id",
    other="customer_id",
    target=customer,
    what="Customer",
    scope=SCOPE,
)
GROUPS = Association(
    table=customer_group_customer,
    own="customer_id",
    other="group_id",
    target=customer_group,
    what="Customer group",
    scope=SCOPE,
)


class GuestEmailTaken(AppError):
    code, kind = "email_taken", "duplicate"
    message = "There is a customer without an account with the e-mail address {email} already."


class EmailFixed(AppError):
    code, kind = "email_of_account", "not_allowed"
    message = "The customer logs in with this e-mail address: only they can change it."


_membership = customer_group_customer
FIND_GUEST = Prepared(
    select(customer.c.id).where(
        customer.c.email == bindparam("email"), ~customer.c.has_account, customer.c.deleted_at.is_(None)
    )
)
LEAVE_ALL_GROUPS = Prepared(delete(_membership).where(_membership.c.customer_id == bindparam("of_customer")))
EMPTY_GROUP = Prepared(
    delete(_membership).where(_membership.c.group_id == bindparam("of_group")).returning(_membership.c.customer_id)
)
DELETE_ADDRESSES = Prepared(delete(customer_address).where(customer_address.c.customer_id == bindparam("of_customer")))
CANCEL_TRANSFERS = Prepared(
    update(order_transfer)
    .where(order_transfer.c.customer_id == bindparam("of_customer"), order_transfer.c.status == "requested")
    .values(status="canceled", decided_at=func.now(), updated_at=func.now())
)
_bare = func.jsonb_build_object("email", null(), "shipping_address", null(), "billing_address", null())
CLEAR_CARTS = Prepared(
    update(cart)
    .where(cart.c.customer_id == bindparam("of_customer", type_=Text), cart.c.completed_at.is_(None))
    .values(
        document=cast(cast(cart.c.document, JSONB).op("||")(_bare), JSON),
        customer_id=null(),
        version=cart.c.version + 1,
    )
)
ERASE = Prepared(
    update(customer)
    .where(customer.c.id == bindparam("of_customer"))
    .values(
        **{name: null() for name in customers.SAID},
        email=bindparam("nobody"),
        deleted_at=func.now(),
        updated_at=func.now(),
    )
)


def addresses_of(customer_ids: Sequence[str]) -> Select[Any]:
    """The address books of customers, the oldest entry first."""
    table = customer_address
    return select(table).where(table.c.customer_id.in_(customer_ids)).order_by(table.c.created_at, table.c.id)


def groups_of(customer_ids: Sequence[str]) -> Select[Any]:
    """The groups of customers, by name."""
    link = customer_group_customer
    return (
        select(link.c.customer_id, customer_group)
        .join(customer_group, customer_group.c.id == link.c.group_id)
        .where(link.c.customer_id.in_(customer_ids))
        .order_by(customer_group.c.name)
    )
