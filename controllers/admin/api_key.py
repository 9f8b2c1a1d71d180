"""API keys."""

from typing import Any

from aiohttp import web
from msgspec import convert

from controllers.http import BODY, CLAIM, DEPS, FIELDS, PRINCIPAL, QUERY, reply
from models.identity.api_key import ApiKey, redacted
from models.identity.commands import CreateKey, RevokeKey, UpdateKey
from models.shared.commands import LinkCommand
from services.identity import api_key as key_service
from utils.clock import to_iso

PLAIN = ("id", "title", "type", "scopes", "created_by", "revoked_by", "sales_channels")
MOMENTS = ("last_used_at", "created_at", "updated_at", "revoked_at")


async def list_keys(request: web.Request) -> web.Response:
    query, fields = request[QUERY], request[FIELDS]
    terms = {name: value for name, value in query.items() if name != "fields"}
    async with request.app[DEPS].database.reading() as work:
        found, count = await key_service.listing(work, **terms)
    page = {"count": count, "offset": query["offset"], "limit": query["limit"]}
    return reply({"api_keys": [fields(view(key)) for key in found], **page})


async def retrieve(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.reading() as work:
        key = await key_service.get_key(work, key_id=request.match_info["id"])
    return reply({"api_key": request[FIELDS](view(key))})


async def create(request: web.Request) -> web.Response:
    who, command = request[PRINCIPAL], convert(request[BODY], CreateKey)
    async with request.app[DEPS].database.unit_of_work() as work:
        key, token = await key_service.create(work, who=who, command=command)
        return reply({"api_key": request[FIELDS](view(key) | {"token": token})})


async def change(request: web.Request) -> web.Response:
    claim, terms, command = request[CLAIM], _about(request), convert(request[BODY], UpdateKey)
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        key = await key_service.change(work, **terms, command=command)
        return reply({"api_key": request[FIELDS](view(key))}, claim=claim)


async def revoke(request: web.Request) -> web.Response:
    claim, terms, command = request[CLAIM], _about(request), convert(request[BODY], RevokeKey)
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        key = await key_service.revoke(work, **terms, revoke_in=command.revoke_in)
        return reply({"api_key": request[FIELDS](view(key))}, claim=claim)


async def link_channels(request: web.Request) -> web.Response:
    claim, terms, ids = request[CLAIM], _about(request), convert(request[BODY], LinkCommand)
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        key = await key_service.link_channels(work, **terms, add=ids.add, remove=ids.remove)
        return reply({"api_key": request[FIELDS](view(key))}, claim=claim)


async def remove(request: web.Request) -> web.Response:
    claim, terms = request[CLAIM], _about(request)
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        await key_service.remove(work, **terms)
        return reply({"id": terms["key_id"], "object": "api_key", "deleted": True}, claim=claim)


def _about(request: web.Request) -> dict[str, Any]:
    return {"who": request[PRINCIPAL], "key_id": request.match_info["id"]}


def view(key: ApiKey) -> dict[str, Any]:
    """Of a secret key nothing is left that could be shown: its token is what tells it from others."""
    shown = key.redacted or redacted(str(key.token))
    moments = {name: to_iso(getattr(key, name)) for name in MOMENTS}
    return {
        **{name: getattr(key, name) for name in PLAIN},
        "token": key.token or shown,
        "redacted": shown,
        **moments,
        "deleted_at": None,
    }
