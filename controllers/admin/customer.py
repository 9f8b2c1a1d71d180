"""Customers and their groups, as administrators keep them."""

from typing import Any

from aiohttp import web
from msgspec import convert

from controllers.admin.crud import CrudController, Json, plain
from controllers.http import BODY, CLAIM, DEPS, PRINCIPAL, QUERY, reply
from controllers.store.product import page_of
from models.customer.commands import CreateCustomer, CreateGroup, UpdateCustomer, UpdateGroup
from models.customer.management import CUSTOMER, GROUP, MEMBERS
from models.shared.commands import LinkCommand
from services.customer import management as customer_management
from services.customer.management import Related
from services.shared import crud


def view(row: Any, related: Related) -> Json:
    addresses, groups = related.addresses[row.id], related.groups[row.id]
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


CUSTOMERS = CrudController(
    resource=CUSTOMER,
    one="customer",
    many="customers",
    kind="customer",
    creates=CreateCustomer,
    updates=UpdateCustomer,
    related=customer_management.related,
    view=view,
    make=customer_management.create,
    change=customer_management.change,
    remove=customer_management.erase,
)
GROUPS = CrudController(
    resource=GROUP,
    one="customer_group",
    many="customer_groups",
    kind="customer_group",
    creates=CreateGroup,
    updates=UpdateGroup,
    remove=customer_management.remove_group,
    link=MEMBERS,
)


async def list_addresses(request: web.Request) -> web.Response:
    query, row_id = request[QUERY], request.match_info["id"]
    async with request.app[DEPS].database.reading() as work:
        await crud.get(work, CUSTOMER, row_id)
        found = (await customer_management.addresses(work, [row_id]))[row_id]
    shown = [address_view(each) for each in found[query["offset"] :][: query["limit"]]]
    return reply({"addresses": shown, "count": len(found), **page_of(query)})


async def set_groups(request: web.Request) -> web.Response:
    claim, row_id = request[CLAIM], request.match_info["id"]
    ids = convert(request[BODY], LinkCommand)
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        await customer_management.set_groups(
            work, who=request[PRINCIPAL], row_id=row_id, add=ids.add, remove=ids.remove
        )
        return await CUSTOMERS.shown(request, work, row_id)
