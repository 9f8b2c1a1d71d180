"""Customers and their groups, as administrators keep them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import JSON, Row, cast, delete, func, null, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from models.customer import customer as customers
from models.identity.account import address_of
from models.identity.principal import Principal
from models.schema.cart import cart
from models.schema.customer import customer, customer_address, customer_group, customer_group_customer
from models.schema.order import order_transfer
from models.shared.crud import Link, Noun
from models.shared.filters import is_null_or_in
from services.identity import account, session
from services.infrastructure.database.database import UnitOfWork
from services.shared import crud
from utils.errors import AppError

HAT = "customer"
CUSTOMER = Noun(
    table=customer,
    name="customer",
    what="Customer",
    prefix="cus",
    said=("email", *customers.SAID),
    is_personal=True,
    searched=("email", "first_name", "last_name", "company_name", "phone"),
    special={
        "groups": lambda ids: customer.c.id.in_(
            select(customer_group_customer.c.customer_id).where(customer_group_customer.c.group_id.in_(ids))
        ),
        "company_name": lambda names: is_null_or_in(customer.c.company_name, names),
    },
)
GROUP = Noun(
    table=customer_group,
    name="customer_group",
    what="Customer group",
    prefix="cusgroup",
    said=("name", "metadata"),
    unique="name",
    searched=("name",),
)
MEMBERS = Link(
    table=customer_group_customer,
    own="group_id",
    other="customer_id",
    target=customer,
    what="Customer",
    scope=session.SCOPE,
)


class GuestEmailTaken(AppError):
    code, kind = "email_taken", "duplicate"
    message = "There is a customer without an account with the e-mail address {email} already."


class EmailFixed(AppError):
    code, kind = "email_of_account", "not_allowed"
    message = "The customer logs in with this e-mail address: only they can change it."


async def create(work: UnitOfWork, *, who: Principal, body: Mapping[str, Any]) -> str:
    """A customer without an account; one who registers with the same address later is another."""
    said = _plain(body)
    await _ensure_free(work, said["email"])
    return await crud.create(work, CUSTOMER, who=who, body=said, has_account=False)


async def change(work: UnitOfWork, *, who: Principal, row_id: str, body: Mapping[str, Any]) -> None:
    """What is said of a customer; the address only of one without an account."""
    was = await crud.lock(work, CUSTOMER, row_id)
    said = _plain(body)
    if said.get("email", was.email) != was.email:
        if was.has_account:
            raise EmailFixed()
        await _ensure_free(work, said["email"])
    await crud.change(work, CUSTOMER, who=who, row_id=row_id, body=said)


async def erase(work: UnitOfWork, *, who: Principal, row_id: str) -> None:
    """Nothing of the person is left but what was bought: orders keep what the law wants kept of them.

    The login ends and is gone, unless the person has another hat; open carts forget whose they were. The log says that
    it was done, and nothing of whom.
    """
    await crud.lock(work, CUSTOMER, row_id)
    await account.forget(work, actor_type=HAT, actor_id=row_id)
    members = customer_group_customer
    await work.execute(delete(members).where(members.c.customer_id == row_id))
    await work.execute(delete(customer_address).where(customer_address.c.customer_id == row_id))
    open_transfers = (order_transfer.c.customer_id == row_id) & (order_transfer.c.status == "requested")
    await work.execute(
        update(order_transfer)
        .where(open_transfers)
        .values(status="canceled", decided_at=func.now(), updated_at=func.now())
    )
    bare = func.jsonb_build_object("email", null(), "shipping_address", null(), "billing_address", null())
    nameless = cast(cast(cart.c.document, JSONB).op("||")(bare), JSON)
    open_carts = (cart.c.customer_id == row_id) & cart.c.completed_at.is_(None)
    await work.execute(
        update(cart).where(open_carts).values(document=nameless, customer_id=None, version=cart.c.version + 1)
    )
    nobody = {**dict.fromkeys(customers.SAID), "metadata": null(), "email": f"{row_id.lower()}@erased.invalid"}
    await work.execute(
        update(customer).where(customer.c.id == row_id).values(**nobody, deleted_at=func.now(), updated_at=func.now())
    )
    work.touch(session.SCOPE, (row_id,))
    await crud.note(work, CUSTOMER, "erase", who=who, row_id=row_id)


def _plain(body: Mapping[str, Any]) -> dict[str, Any]:
    return {**body, "email": address_of(body["email"])} if "email" in body else dict(body)


async def _ensure_free(work: UnitOfWork, email: str) -> None:
    held = (customer.c.email == email) & ~customer.c.has_account & customer.c.deleted_at.is_(None)
    if (await work.execute(select(customer.c.id).where(held))).first() is not None:
        raise GuestEmailTaken(email=email)


async def remove_group(work: UnitOfWork, *, who: Principal, row_id: str) -> None:
    """Its members are in it no longer. Price lists that name it stay, for nobody."""
    await crud.lock(work, GROUP, row_id)
    members = customer_group_customer
    gone = delete(members).where(members.c.group_id == row_id).returning(members.c.customer_id)
    left = list((await work.execute(gone)).scalars())
    if left:
        work.touch(session.SCOPE, left)
    await crud.remove(work, GROUP, who=who, row_id=row_id)


async def set_groups(
    work: UnitOfWork, *, who: Principal, row_id: str, add: Iterable[str] = (), remove: Iterable[str] = ()
) -> None:
    """The same membership from the customer's side."""
    await crud.lock(work, CUSTOMER, row_id)
    await crud.ensure(work, customer_group, GROUP.what, add)
    table = customer_group_customer
    gone = delete(table).where(table.c.customer_id == row_id, table.c.group_id.in_(list(remove)))
    removed = list((await work.execute(gone.returning(table.c.group_id))).scalars())
    rows = [{"customer_id": row_id, "group_id": group_id} for group_id in dict.fromkeys(add)]
    made = upsert(table).on_conflict_do_nothing().returning(table.c.group_id)
    added = list((await work.execute(made.values(rows))).scalars()) if rows else []
    work.touch(session.SCOPE, (row_id,))
    before, after = {"group_id": sorted(removed)}, {"group_id": sorted(added)}
    await crud.note(work, CUSTOMER, "link", who=who, row_id=row_id, before=before, after=after)


async def addresses(work: UnitOfWork, customer_ids: Sequence[str]) -> dict[str, list[Row[Any]]]:
    """The address book of each of the customers, the oldest entry first."""
    found: dict[str, list[Row[Any]]] = {customer_id: [] for customer_id in customer_ids}
    table = customer_address
    rows = select(table).where(table.c.customer_id.in_(customer_ids)).order_by(table.c.created_at, table.c.id)
    for row in await work.execute(rows):
        found[row.customer_id].append(row)
    return found


async def groups(work: UnitOfWork, customer_ids: Sequence[str]) -> dict[str, list[Row[Any]]]:
    """The groups of each of the customers, by name."""
    found: dict[str, list[Row[Any]]] = {customer_id: [] for customer_id in customer_ids}
    link = customer_group_customer
    rows = (
        select(link.c.customer_id, customer_group)
        .join(customer_group, customer_group.c.id == link.c.group_id)
        .where(link.c.customer_id.in_(customer_ids))
        .order_by(customer_group.c.name)
    )
    for row in await work.execute(rows):
        found[row.customer_id].append(row)
    return found
