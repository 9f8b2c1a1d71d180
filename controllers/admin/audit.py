"""The audit log: all of it for administrators, a seller's own for its staff."""

from typing import Any

from aiohttp import web

from controllers.http import DEPS, PRINCIPAL, QUERY, reply
from services.audit import search as audit_search
from services.shared.ownership import seller_of
from utils.clock import to_iso


async def list_entries(request: web.Request) -> web.Response:
    query = dict(request[QUERY])
    if "seller_id" in query:
        query["seller_id"] = query.pop("seller_id")
    async with request.app[DEPS].database.reading() as work:
        rows, cursor = await audit_search.page(work, **query)
    return reply({"audit_log": [view(row) for row in rows], "limit": query["limit"], "next_cursor": cursor})


async def list_own_entries(request: web.Request) -> web.Response:
    query = {**request[QUERY], "seller_id": seller_of(request[PRINCIPAL])}
    async with request.app[DEPS].database.reading() as work:
        rows, cursor = await audit_search.page(work, **query)
    shown = [own_view(row) for row in rows]
    return reply({"audit_log": shown, "limit": query["limit"], "next_cursor": cursor})


def view(row: Any) -> dict[str, Any]:
    names = ("action", "entity", "entity_id", "before", "after", "request_id", "api_key_id")
    return {
        "id": str(row.id),
        **{name: getattr(row, name) for name in names},
        "seller_id": row.seller_id,
        "actor": {"type": row.actor_type, "id": row.actor_id, "email": row.actor_email},
        "created_at": to_iso(row.created_at),
    }


def own_view(row: Any) -> dict[str, Any]:
    """Sellers know their own people by name; of an administrator they learn that it was one."""
    shown = view(row)
    if row.actor_type != "seller":
        shown |= {"actor": {"type": row.actor_type, "id": None, "email": None}, "api_key_id": None}
    return shown
