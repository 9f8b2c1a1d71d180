"""Customers, their groups and their address books. A guest is a customer without an account."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    Text,
    bindparam,
    cast,
    delete,
    exists,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.sql.elements import ColumnElement

from models.schema.customer import POSTAL, customer, customer_address, customer_group_customer
from utils.errors import AppError
from utils.sql import Prepared

MAX_ADDRESSES = 100


def is_open_to(owner_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """A guest's cart or order is open to who knows its id; an account's is its owner's, and missing for all others.

    `owner_id` is the row's column; the parameter `who_id` is the customer who asks (None: nobody is logged in).
    """
    others = customer.alias("owner")
    return ~exists().where(
        others.c.id == owner_id, others.c.has_account, others.c.id.is_distinct_from(bindparam("who_id", type_=Text))
    )


class EmailTaken(AppError):
    code, kind = "invalid_request_error", "duplicate"
    message = "Customer with this email already has an account"


class AddressNotFound(AppError):
    code, kind = "address_not_found", "missing"
    message = "Address with id: {id} was not found"


class AddressBookFull(AppError):
    code, kind = "address_book_full", "invalid"
    message = "A customer keeps {limit} addresses at the most. Remove one first."


class CustomerAddress(msgspec.Struct):
    """An entry of the address book; country in lower case ISO 3166-1 alpha-2."""

    id: str
    customer_id: str
    created_at: datetime
    updated_at: datetime
    address_name: str | None = None
    is_default_shipping: bool = False
    is_default_billing: bool = False
    first_name: str | None = None
    last_name: str | None = None
    company: str | None = None
    address_1: str | None = None
    address_2: str | None = None
    city: str | None = None
    province: str | None = None
    postal_code: str | None = None
    country_code: str | None = None
    phone: str | None = None
    metadata: dict[str, Any] | None = None

    def postal(self) -> dict[str, Any]:
        """What goes onto a cart: the address without its place in the book."""
        return {name: getattr(self, name) for name in (*POSTAL, "metadata")}


class Customer(msgspec.Struct):
    """A customer with the address book and the groups."""

    id: str
    email: str
    has_account: bool
    created_at: datetime
    updated_at: datetime
    first_name: str | None = None
    last_name: str | None = None
    company_name: str | None = None
    phone: str | None = None
    metadata: dict[str, Any] | None = None
    deleted_at: datetime | None = None
    addresses: list[CustomerAddress] = []
    group_ids: list[str] = []

    def address(self, address_id: str) -> CustomerAddress:
        """The address of this id; AddressNotFound also for one of somebody else's book."""
        for address in self.addresses:
            if address.id == address_id:
                return address
        raise AddressNotFound(id=address_id)

    def default(self, use: str) -> CustomerAddress | None:
        """The default address for "shipping" or "billing"."""
        return next((a for a in self.addresses if getattr(a, f"is_default_{use}")), None)


_empty: ColumnElement[Any] = literal_column("'[]'::jsonb")
_addresses = (
    select(
        func.jsonb_agg(
            aggregate_order_by(
                func.to_jsonb(literal_column("customer_address")),
                customer_address.c.created_at,
                customer_address.c.id,
            )
        )
    )
    .select_from(customer_address)
    .where(customer_address.c.customer_id == customer.c.id)
    .correlate(customer)
    .scalar_subquery()
)
# Who is in a group is known of account holders only: anybody can type a guest's e-mail address.
GROUPS_OF_CUSTOMER = (
    select(func.jsonb_agg(aggregate_order_by(customer_group_customer.c.group_id, customer_group_customer.c.group_id)))
    .where(customer_group_customer.c.customer_id == customer.c.id, customer.c.has_account)
    .correlate(customer)
    .scalar_subquery()
)
LOAD_CUSTOMER = Prepared(
    select(
        cast(
            func.to_jsonb(literal_column("customer")).op("||")(
                func.jsonb_build_object(
                    "addresses",
                    func.coalesce(_addresses, _empty),
                    "group_ids",
                    func.coalesce(GROUPS_OF_CUSTOMER, _empty),
                )
            ),
            Text,
        )
    ).where(customer.c.id == bindparam("id"), customer.c.deleted_at.is_(None))
)
LOCK_CUSTOMER = Prepared(select(customer.c.id).where(customer.c.id == bindparam("id")).with_for_update())
SAID = ("first_name", "last_name", "company_name", "phone", "metadata")
INSERT_CUSTOMER = Prepared(
    upsert(customer)
    .values(has_account=True)
    .on_conflict_do_nothing(index_elements=["email", "has_account"], index_where=customer.c.deleted_at.is_(None))
    .returning(customer.c.id),
    *("id", "email", *SAID),
)
STORE_CUSTOMER = Prepared(
    update(customer).where(customer.c.id == bindparam("customer_id")).values(updated_at=func.now()), *SAID
)

ADDRESS_SAID = ("address_name", "is_default_shipping", "is_default_billing", *POSTAL, "metadata")
INSERT_ADDRESS = Prepared(insert(customer_address), *("id", "customer_id", *ADDRESS_SAID, "created_at", "updated_at"))
STORE_ADDRESS = Prepared(
    update(customer_address)
    .where(customer_address.c.id == bindparam("address_id"), customer_address.c.customer_id == bindparam("owner_id"))
    .values(updated_at=func.now()),
    *ADDRESS_SAID,
)
DELETE_ADDRESS = Prepared(
    delete(customer_address).where(
        customer_address.c.id == bindparam("address_id"), customer_address.c.customer_id == bindparam("owner_id")
    )
)
_not_this = customer_address.c.id != bindparam("address_id")
CLEAR_DEFAULT = {
    use: Prepared(
        update(customer_address)
        .where(
            customer_address.c.customer_id == bindparam("owner_id"), _not_this, customer_address.c[f"is_default_{use}"]
        )
        .values({f"is_default_{use}": False, "updated_at": func.now()})
    )
    for use in ("shipping", "billing")
}
MEMBERSHIPS = select(customer_group_customer.c.customer_id, customer_group_customer.c.group_id).order_by(
    customer_group_customer.c.group_id
)

_decode = msgspec.json.Decoder(Customer)


def read_customer(loaded: str) -> Customer:
    """A Customer from the text that LOAD_CUSTOMER gives."""
    return _decode.decode(loaded)
