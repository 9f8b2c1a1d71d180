"""Customers: accounts and their address books. Customers see and change their own."""

from typing import Any

from msgspec import structs

from models.customer import customer as customers
from models.customer.commands import PutAddress, RegisterCustomer, UpdateOwnAccount
from models.customer.customer import AddressBookFull, Customer, CustomerAddress, EmailTaken
from models.identity.principal import Principal
from services.identity import account
from services.identity.account import EmailUnverified
from services.infrastructure.database.database import UnitOfWork
from utils.clock import now
from utils.errors import AppError
from utils.ids import new_id

ACTOR_TYPE = "customer"


class AlreadyCustomer(AppError):
    code, kind = "already_customer", "invalid"
    message = "Request already authenticated as a customer."


class ForeignEmail(AppError):
    code, kind = "customer_email_mismatch", "invalid"
    message = "The e-mail address is not the one that was registered. Use that one, or register with the other."


class CustomerGone(AppError):
    code, kind, message = "unauthorized", "unauthorized", "Unauthorized"


async def register(work: UnitOfWork, *, who: Principal, command: RegisterCustomer) -> Customer:
    """Open the account of a registered identity; EmailTaken when there is one of this address already."""
    if who.customer_id is not None:
        raise AlreadyCustomer()
    if who.identity_id is None:
        raise CustomerGone()
    email = command.email.lower()
    entity = await account.find_entity(work, identity_id=who.identity_id)
    if entity is not None and entity.email is None:
        raise EmailUnverified()
    if entity is None or entity.email != email:
        raise ForeignEmail()
    row = dict.fromkeys(customers.SAID) | command.changes() | {"id": new_id("cus"), "email": email}
    customer_id = (await work.execute(customers.INSERT_CUSTOMER, row)).scalar_one_or_none()
    if customer_id is None:
        raise EmailTaken()
    try:
        await account.link_actor(work, identity_id=who.identity_id, actor_type=ACTOR_TYPE, actor_id=customer_id)
    except account.AlreadyLinked:
        raise EmailTaken() from None
    return await get_customer(work, customer_id=customer_id)


async def get_customer(work: UnitOfWork, *, customer_id: str | None) -> Customer:
    """The customer with the address book; CustomerGone when the account is no more."""
    text = (await work.execute(customers.LOAD_CUSTOMER, {"id": customer_id})).scalar_one_or_none()
    if text is None:
        raise CustomerGone()
    return customers.read_customer(text)


async def change(work: UnitOfWork, *, customer_id: str, command: UpdateOwnAccount) -> Customer:
    """Update names, telephone and metadata; what the command does not name stays."""
    customer = await _locked(work, customer_id)
    values = {name: getattr(customer, name) for name in customers.SAID} | command.changes()
    await work.execute(customers.STORE_CUSTOMER, {"customer_id": customer_id, **values})
    return await get_customer(work, customer_id=customer_id)


async def add_address(work: UnitOfWork, *, customer_id: str, command: PutAddress) -> Customer:
    """Add an entry to the address book; a new default takes the place of the old one."""
    customer = await _locked(work, customer_id)
    if len(customer.addresses) >= customers.MAX_ADDRESSES:
        raise AddressBookFull(limit=customers.MAX_ADDRESSES)
    moment = now()
    address = CustomerAddress(
        id=new_id("cuaddr"), customer_id=customer_id, created_at=moment, updated_at=moment, **_columns(command)
    )
    await _clear_defaults(work, address)
    await work.execute(
        customers.INSERT_ADDRESS, {name: getattr(address, name) for name in CustomerAddress.__struct_fields__}
    )
    return await get_customer(work, customer_id=customer_id)


async def change_address(work: UnitOfWork, *, customer_id: str, address_id: str, command: PutAddress) -> Customer:
    """Update an address; AddressNotFound for one of another book too."""
    customer = await _locked(work, customer_id)
    address = structs.replace(customer.address(address_id), **_columns(command))
    await _clear_defaults(work, address)
    row = {name: getattr(address, name) for name in customers.ADDRESS_SAID}
    await work.execute(customers.STORE_ADDRESS, {**row, "address_id": address_id, "owner_id": customer_id})
    return await get_customer(work, customer_id=customer_id)


async def remove_address(work: UnitOfWork, *, customer_id: str, address_id: str) -> Customer:
    """Delete an address of the book."""
    (await _locked(work, customer_id)).address(address_id)
    await work.execute(customers.DELETE_ADDRESS, {"address_id": address_id, "owner_id": customer_id})
    return await get_customer(work, customer_id=customer_id)


async def _locked(work: UnitOfWork, customer_id: str) -> Customer:
    """The customer, locked: changes of one address book come one after the other."""
    await work.execute(customers.LOCK_CUSTOMER, {"id": customer_id})
    return await get_customer(work, customer_id=customer_id)


def _columns(command: PutAddress) -> dict[str, Any]:
    """Columns of the address that the command names."""
    named = command.changes()
    columns = {name: named[name] for name in customers.ADDRESS_SAID if name in named}
    if columns.get("country_code"):
        columns["country_code"] = columns["country_code"].lower()
    return columns


async def _clear_defaults(work: UnitOfWork, address: CustomerAddress) -> None:
    for use, statement in customers.CLEAR_DEFAULT.items():
        if getattr(address, f"is_default_{use}"):
            await work.execute(statement, {"owner_id": address.customer_id, "address_id": address.id})
