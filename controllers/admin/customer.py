"""Customers and their groups, as administrators keep them."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from controllers.admin.crud import Desk, Json, plain
from controllers.store.product import page_of
from services.customer import management as customer_management
from services.infrastructure.database.database import UnitOfWork
from services.shared import crud
from utils.fields import Selection
from utils.http import BODY, CLAIM, DEPS, PRINCIPAL, QUERY, reply


async def show(work: UnitOfWork, rows: Sequence[Any], fields: Selection) -> list[Json]:
    ids = [row.id for row in rows]
    addresses = await customer_management.addresses(work, ids)
    groups = await customer_management.groups(work, ids)
    return [view(row, addresses[row.id], groups[row.id]) for row in rows]


def view(row: Any, addresses: Sequence[Any], groups: Sequence[Any]) -> Json:
    defaults = {
        f"default_{use}_address_id": next((a.id for a in addresses if getattr(a, f"is_default_{use}")), None)
        for use in ("billing", "shipping")
    }
    shown = [group_view(group) for group in groups]
    return {**plain(row), **defaults, "addresses": [address_view(each) for each in addresses], "groups": shown}


def group_view(row: Any) -> Json:
    shown = plain(row)
    del shown["customer_id"]
    return shown


def address_view(row: Any) -> Json:
    shown = plain(row)
    del shown["deleted_at"]
    return shown


CUSTOMERS = Desk(
    noun=customer_management.CUSTOMER,
    one="customer",
    many="customers",
    kind="customer",
    show=show,
    make=customer_management.create,
    change=customer_management.change,
    remove=customer_management.erase,
)
GROUPS = Desk(
    noun=customer_management.GROUP,
    one="customer_group",
    many="customer_groups",
    kind="customer_group",
    remove=customer_management.remove_group,
    link=customer_management.MEMBERS,
)


async def list_addresses(request: web.Request) -> web.Response:
    query, row_id = request[QUERY], request.match_info["id"]
    async with request.app[DEPS].database.reading() as work:
        await crud.find(work, customer_management.CUSTOMER, row_id)
        found = (await customer_management.addresses(work, [row_id]))[row_id]
    shown = [address_view(each) for each in found[query["offset"] :][: query["limit"]]]
    return reply({"addresses": shown, "count": len(found), **page_of(query)})


async def set_groups(request: web.Request) -> web.Response:
    claim, row_id = request[CLAIM], request.match_info["id"]
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        await customer_management.set_groups(work, who=request[PRINCIPAL], row_id=row_id, **request[BODY])
        return await CUSTOMERS.shown(request, work, row_id)
