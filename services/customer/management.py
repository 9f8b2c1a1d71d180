"""Customers and their groups, as administrators keep them."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from msgspec import UNSET

from models.customer import management as statements
from models.customer.commands import CreateCustomer, UpdateCustomer
from models.customer.management import CUSTOMER, GROUP, GROUPS, EmailFixed, GuestEmailTaken
from models.identity.account import address_of
from models.identity.identity import SCOPE
from models.identity.principal import Principal
from services.identity import account
from services.infrastructure.database.database import UnitOfWork
from services.shared import crud

ACTOR_TYPE = "customer"


class Related(NamedTuple):
    """What customers are shown with, by the customer's id: address book, the oldest entry first; groups by name."""

    addresses: dict[str, list[Any]]
    groups: dict[str, list[Any]]


async def create(work: UnitOfWork, *, who: Principal, command: CreateCustomer) -> str:
    """Create a customer without an account; who registers with the same address later is another customer."""
    values = {**command.plain(), "email": address_of(command.email)}
    await _ensure_free(work, values["email"])
    return await crud.create(work, CUSTOMER, who=who, values=values, has_account=False)


async def change(work: UnitOfWork, *, who: Principal, row_id: str, command: UpdateCustomer) -> None:
    """Update a customer; the e-mail address only of one without an account (EmailFixed)."""
    was = await crud.lock(work, CUSTOMER, row_id)
    values = command.plain()
    if command.email is not UNSET:
        values["email"] = email = address_of(command.email)
        if email != was.email:
            if was.has_account:
                raise EmailFixed()
            await _ensure_free(work, email)
    await crud.change(work, CUSTOMER, who=who, row_id=row_id, values=values)


async def erase(work: UnitOfWork, *, who: Principal, row_id: str) -> None:
    """Erase the person's data; orders keep what the law wants kept of them.

    The login ends and is deleted, unless the identity is another actor too; open carts forget whose they were. The
    audit log records that it was done, and nothing of the person.
    """
    await crud.lock(work, CUSTOMER, row_id)
    await account.erase_actor(work, actor_type=ACTOR_TYPE, actor_id=row_id)
    of_customer, nobody = {"of_customer": row_id}, f"{row_id.lower()}@erased.invalid"
    for statement in (
        statements.LEAVE_ALL_GROUPS,
        statements.DELETE_ADDRESSES,
        statements.CANCEL_TRANSFERS,
        statements.CLEAR_CARTS,
    ):
        await work.execute(statement, of_customer)
    await work.execute(statements.ERASE, {**of_customer, "nobody": nobody})
    work.touch(SCOPE, (row_id,))
    await crud.note(work, CUSTOMER, "erase", who=who, row_id=row_id)


async def _ensure_free(work: UnitOfWork, email: str) -> None:
    """GuestEmailTaken when a customer without an account has the address."""
    if (await work.execute(statements.FIND_GUEST, {"email": email})).first() is not None:
        raise GuestEmailTaken(email=email)


async def remove_group(work: UnitOfWork, *, who: Principal, row_id: str) -> None:
    """Delete a group and its memberships. Price lists that name it stay, for nobody."""
    await crud.lock(work, GROUP, row_id)
    member_ids = (await work.execute(statements.EMPTY_GROUP, {"of_group": row_id})).scalars()
    if member_ids:
        work.touch(SCOPE, member_ids)
    await crud.remove(work, GROUP, who=who, row_id=row_id)


async def set_groups(
    work: UnitOfWork, *, who: Principal, row_id: str, add: Collection[str] = (), remove: Collection[str] = ()
) -> None:
    """Put a customer into groups and take them out of others."""
    await crud.lock(work, CUSTOMER, row_id)
    await crud.ensure(work, GROUPS.target, GROUPS.what, add)
    removed = list((await work.execute(GROUPS.unlink(row_id, remove))).scalars())
    new = list(dict.fromkeys(add))
    added = list((await work.execute(GROUPS.link(row_id, new))).scalars()) if new else []
    work.touch(SCOPE, (row_id,))
    before, after = {GROUPS.other: sorted(removed)}, {GROUPS.other: sorted(added)}
    await crud.note(work, CUSTOMER, "link", who=who, row_id=row_id, before=before, after=after)


async def related(work: UnitOfWork, rows: Sequence[Any]) -> Related:
    """Address books and groups of customers."""
    ids = [row.id for row in rows]
    return Related(await addresses(work, ids), await groups(work, ids))


async def addresses(work: UnitOfWork, customer_ids: Sequence[str]) -> dict[str, list[Any]]:
    """The address book of each customer, the oldest entry first."""
    books: dict[str, list[Any]] = {customer_id: [] for customer_id in customer_ids}
    for row in await work.execute(statements.addresses_of(customer_ids)):
        books[row.customer_id].append(row)
    return books


async def groups(work: UnitOfWork, customer_ids: Sequence[str]) -> dict[str, list[Any]]:
    """The groups of each customer, by name."""
    memberships: dict[str, list[Any]] = {customer_id: [] for customer_id in customer_ids}
    for row in await work.execute(statements.groups_of(customer_ids)):
        memberships[row.customer_id].append(row)
    return memberships
