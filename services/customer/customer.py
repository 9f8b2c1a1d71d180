"""Customers: accounts and their address books. A customer sees and changes what is his own."""

from collections.abc import Mapping
from typing import Any

from models.customer import customer as customers
from models.customer.customer import AddressBookFull, Customer, CustomerAddress, EmailTaken
from models.identity.principal import Principal
from services.identity import account
from services.identity.account import EmailUnverified
from services.infrastructure.database.database import UnitOfWork
from utils.clock import now
from utils.errors import AppError
from utils.ids import new_id

HAT = "customer"


class AlreadyCustomer(AppError):
    code, kind = "already_customer", "invalid"
    message = "Request already authenticated as a customer."


class ForeignEmail(AppError):
    code, kind = "customer_email_mismatch", "invalid"
    message = "The e-mail address is not the one that was registered. Use that one, or register with the other."


class CustomerGone(AppError):
    code, kind, message = "unauthorized", "unauthorized", "Unauthorized"


async def register(work: UnitOfWork, *, who: Principal, body: Mapping[str, Any]) -> Customer:
    """The account of a registered identity; EmailTaken when there is one of this address already."""
    if who.customer_id is not None:
        raise AlreadyCustomer()
    if who.identity_id is None:
        raise CustomerGone()
    email = body["email"].lower()
    known = await account.entity_of(work, identity_id=who.identity_id)
    if known is not None and known.email is None:
        raise EmailUnverified()
    if known is None or known.email != email:
        raise ForeignEmail()
    row = {"id": new_id("cus"), "email": email, **{name: body.get(name) for name in customers.SAID}}
    made = (await work.execute(customers.INSERT_CUSTOMER, row)).scalar_one_or_none()
    if made is None:
        raise EmailTaken()
    try:
        await account.link(work, identity_id=who.identity_id, actor_type=HAT, actor_id=made)
    except account.AlreadyLinked:
        raise EmailTaken() from None
    return await find(work, customer_id=made)


async def find(work: UnitOfWork, *, customer_id: str | None) -> Customer:
    """The customer with the address book; CustomerGone when the account is no more."""
    loaded = (await work.execute(customers.LOAD_CUSTOMER, {"id": customer_id})).scalar_one_or_none()
    if loaded is None:
        raise CustomerGone()
    return customers.read_customer(loaded)


async def change(work: UnitOfWork, *, customer_id: str, body: Mapping[str, Any]) -> Customer:
    """Other names, telephone or metadata; what is not said stays."""
    known = await _locked(work, customer_id)
    said = {name: body.get(name, getattr(known, name)) for name in customers.SAID}
    await work.execute(customers.STORE_CUSTOMER, {"customer_id": customer_id, **said})
    return await find(work, customer_id=customer_id)


async def add_address(work: UnitOfWork, *, customer_id: str, body: Mapping[str, Any]) -> Customer:
    """A new entry of the address book; a new default takes the place of the old one."""
    known = await _locked(work, customer_id)
    if len(known.addresses) >= customers.MAX_ADDRESSES:
        raise AddressBookFull(limit=customers.MAX_ADDRESSES)
    moment = now()
    address = CustomerAddress(
        id=new_id("cuaddr"), customer_id=customer_id, created_at=moment, updated_at=moment, **_said(body)
    )
    await _clear_defaults(work, address)
    await work.execute(
        customers.INSERT_ADDRESS, {name: getattr(address, name) for name in CustomerAddress.__struct_fields__}
    )
    return await find(work, customer_id=customer_id)


async def change_address(work: UnitOfWork, *, customer_id: str, address_id: str, body: Mapping[str, Any]) -> Customer:
    """Change what is said of an address; AddressNotFound for one of another book too."""
    address = (await _locked(work, customer_id)).address(address_id)
    for name, value in _said(body).items():
        setattr(address, name, value)
    await _clear_defaults(work, address)
    row = {name: getattr(address, name) for name in customers.ADDRESS_SAID}
    await work.execute(customers.STORE_ADDRESS, {**row, "address_id": address_id, "owner_id": customer_id})
    return await find(work, customer_id=customer_id)


async def remove_address(work: UnitOfWork, *, customer_id: str, address_id: str) -> Customer:
    """Take an address out of the book."""
    (await _locked(work, customer_id)).address(address_id)
    await work.execute(customers.DELETE_ADDRESS, {"address_id": address_id, "owner_id": customer_id})
    return await find(work, customer_id=customer_id)


async def _locked(work: UnitOfWork, customer_id: str) -> Customer:
    """The customer, locked: changes of one address book come one after the other."""
    await work.execute(customers.LOCK_CUSTOMER, {"id": customer_id})
    return await find(work, customer_id=customer_id)


def _said(body: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: body[name] for name in customers.ADDRESS_SAID if name in body}
    if said.get("country_code"):
        said["country_code"] = said["country_code"].lower()
    return said


async def _clear_defaults(work: UnitOfWork, address: CustomerAddress) -> None:
    for use, statement in customers.CLEAR_DEFAULT.items():
        if getattr(address, f"is_default_{use}"):
            await work.execute(statement, {"owner_id": address.customer_id, "address_id": address.id})
