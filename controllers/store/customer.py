"""Customers: their account and their address book."""

from typing import Any

from aiohttp import web
from msgspec import convert

from controllers.http import BODY, CLAIM, DEPS, FIELDS, PRINCIPAL, reply
from controllers.store.product import question
from models.customer.commands import PutAddress, RegisterCustomer, UpdateOwnAccount
from models.customer.customer import Customer, CustomerAddress
from models.order.customer_orders import OrderHead
from models.schema.customer import POSTAL
from models.shared import list_memory
from services.customer import customer as customer_service
from services.infrastructure.database.database import IdempotencyRecord, UnitOfWork
from services.order import customer_orders
from utils.clock import to_iso
from utils.money import to_major

SEARCHED = ("address_name", *POSTAL)


async def create(request: web.Request) -> web.Response:
    claim, command = request[CLAIM], convert(request[BODY], RegisterCustomer)
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        customer = await customer_service.register(work, who=request[PRINCIPAL], command=command)
        return await _shown(request, work, customer, claim)


async def retrieve(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.reading() as work:
        customer = await customer_service.get_customer(work, customer_id=request[PRINCIPAL].customer_id)
        return await _shown(request, work, customer)


async def update(request: web.Request) -> web.Response:
    claim, command = request[CLAIM], convert(request[BODY], UpdateOwnAccount)
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        customer = await customer_service.change(work, customer_id=_me(request), command=command)
        return await _shown(request, work, customer, claim)


async def list_addresses(request: web.Request) -> web.Response:
    query, fields = question(request), request[FIELDS]
    async with request.app[DEPS].database.reading() as work:
        customer = await customer_service.get_customer(work, customer_id=_me(request))
    rows, count = list_memory.page(customer.addresses, searched=SEARCHED, **query)
    shown = [fields(address_view(row)) for row in rows]
    return reply({"addresses": shown, "count": count, "offset": query["offset"], "limit": query["limit"]})


async def retrieve_address(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.reading() as work:
        customer = await customer_service.get_customer(work, customer_id=_me(request))
    return reply({"address": request[FIELDS](address_view(customer.address(request.match_info["address_id"])))})


async def create_address(request: web.Request) -> web.Response:
    claim, command = request[CLAIM], convert(request[BODY], PutAddress)
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        customer = await customer_service.add_address(work, customer_id=_me(request), command=command)
        return await _shown(request, work, customer, claim)


async def update_address(request: web.Request) -> web.Response:
    claim, command = request[CLAIM], convert(request[BODY], PutAddress)
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        params = {"customer_id": _me(request), "address_id": request.match_info["address_id"]}
        customer = await customer_service.change_address(work, **params, command=command)
        return await _shown(request, work, customer, claim)


async def delete_address(request: web.Request) -> web.Response:
    claim, address_id = request[CLAIM], request.match_info["address_id"]
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        customer = await customer_service.remove_address(work, customer_id=_me(request), address_id=address_id)
        parent = request[FIELDS](view(customer))
        gone = {"id": address_id, "object": "address", "deleted": True, "parent": parent}
        return reply(gone, claim=claim)


def _me(request: web.Request) -> str:
    customer_id = request[PRINCIPAL].customer_id
    assert customer_id is not None, "the row is not for customers only"
    return customer_id


async def _shown(
    request: web.Request, work: UnitOfWork, customer: Customer, claim: IdempotencyRecord | None = None
) -> web.Response:
    fields = request[FIELDS]
    orders = await customer_orders.heads(work, customer_id=customer.id) if fields.wants("orders") else []
    return reply({"customer": fields(view(customer, orders))}, claim=claim)


def view(customer: Customer, orders: list[OrderHead] | None = None) -> dict[str, Any]:
    return {
        **{name: getattr(customer, name) for name in ("id", "email", "company_name", "first_name", "last_name")},
        "phone": customer.phone,
        "metadata": customer.metadata,
        "has_account": customer.has_account,
        "default_shipping_address_id": _default(customer, "shipping"),
        "default_billing_address_id": _default(customer, "billing"),
        "deleted_at": to_iso(customer.deleted_at),
        "created_at": to_iso(customer.created_at),
        "updated_at": to_iso(customer.updated_at),
        "addresses": [address_view(address) for address in customer.addresses],
        "orders": [_order(order) for order in orders or ()],
    }


def _default(customer: Customer, kind: str) -> str | None:
    known = customer.default(kind)
    return None if known is None else known.id


def address_view(address: CustomerAddress) -> dict[str, Any]:
    shown = {name: getattr(address, name) for name in CustomerAddress.__struct_fields__}
    return shown | {"created_at": to_iso(address.created_at), "updated_at": to_iso(address.updated_at)}


def _order(order: OrderHead) -> dict[str, Any]:
    names = "id status display_id version currency_code email region_id customer_id sales_channel_id locale".split()
    return {
        **{name: getattr(order, name) for name in names},
        "total": to_major(order.total, order.currency_code),
        "created_at": to_iso(order.created_at),
        "updated_at": to_iso(order.updated_at),
    }
