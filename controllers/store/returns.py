"""Returns and the reasons for them."""

from typing import Any

import msgspec
from aiohttp import web

from controllers.http import BODY, CLAIM, DEPS, FIELDS, PRINCIPAL, reply
from controllers.store.product import question
from models.order.commands import RequestReturn
from models.order.return_request import Reason, Return, ReturnItem
from models.shared import list_memory
from services.order import return_request as return_service
from services.order.return_request import REASONS, Reasons
from utils.clock import to_iso


async def create(request: web.Request) -> web.Response:
    claim, command = request[CLAIM], msgspec.convert(request[BODY], RequestReturn)
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        made = await return_service.request(work, who=request[PRINCIPAL], command=command)
        return reply({"return": request[FIELDS](view(made))}, claim=claim)


async def list_reasons(request: web.Request) -> web.Response:
    query, fields = question(request), request[FIELDS]
    async with request.app[DEPS].database.reading() as work:
        reasons = await work.snapshot(REASONS)
    rows, count = list_memory.page(reasons.by_id.values(), searched=("value", "label", "description"), **query)
    shown = [fields(reason_view(reason, reasons)) for reason in rows]
    return reply({"return_reasons": shown, "count": count, "offset": query["offset"], "limit": query["limit"]})


async def retrieve_reason(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.reading() as work:
        reasons = await work.snapshot(REASONS)
    reason = reasons.get(request.match_info["id"])
    return reply({"return_reason": request[FIELDS](reason_view(reason, reasons))})


def reason_view(reason: Reason, reasons: Reasons) -> dict[str, Any]:
    parent = reasons.by_id.get(reason.parent_return_reason_id or "")
    return {
        **_plain(reason),
        "parent_return_reason": None if parent is None else _plain(parent),
        "return_reason_children": [_plain(child) for child in reasons.children(reason.id)],
    }


def _plain(reason: Reason) -> dict[str, Any]:
    return {
        "id": reason.id,
        "value": reason.value,
        "label": reason.label,
        "description": reason.description,
        "parent_return_reason_id": reason.parent_return_reason_id,
        "metadata": reason.metadata,
        "created_at": to_iso(reason.created_at),
        "updated_at": to_iso(reason.updated_at),
        "deleted_at": None,
    }


def view(made: Return) -> dict[str, Any]:
    return {
        "id": made.id,
        "display_id": made.display_id,
        "order_id": made.order_id,
        "status": made.status,
        "seller_order_id": made.seller_order_id,
        "location_id": made.location_id,
        "claim_id": None,
        "exchange_id": None,
        "refund_amount": None,
        "created_by": made.created_by,
        "metadata": made.metadata,
        "items": [_item(item) for item in made.items],
        "created_at": to_iso(made.created_at),
        "updated_at": to_iso(made.updated_at),
        "deleted_at": None,
        "requested_at": to_iso(made.requested_at),
        "received_at": to_iso(made.received_at),
        "canceled_at": to_iso(made.canceled_at),
    }


def _item(item: ReturnItem) -> dict[str, Any]:
    names = "id return_id quantity received_quantity damaged_quantity reason_id note metadata".split()
    return {
        **{name: getattr(item, name) for name in names},
        "item_id": item.order_line_id,
        "created_at": to_iso(item.created_at),
        "updated_at": to_iso(item.updated_at),
    }
