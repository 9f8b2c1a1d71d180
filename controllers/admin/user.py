"""Administrators."""

from typing import Any

from aiohttp import web
from msgspec import convert

from controllers.http import BODY, CLAIM, DEPS, FIELDS, PRINCIPAL, QUERY, reply
from models.identity.admin_user import User
from models.identity.commands import UpdateOwnUser, UpdateUser
from services.identity import admin_user as user_service
from utils.clock import to_iso

PLAIN = ("id", "email", "first_name", "last_name", "avatar_url", "role", "metadata")


async def list_users(request: web.Request) -> web.Response:
    query, fields = request[QUERY], request[FIELDS]
    terms = {name: value for name, value in query.items() if name != "fields"}
    async with request.app[DEPS].database.reading() as work:
        found, count = await user_service.listing(work, **terms)
    page = {"count": count, "offset": query["offset"], "limit": query["limit"]}
    return reply({"users": [fields(view(user)) for user in found], **page})


async def me(request: web.Request) -> web.Response:
    return await _found(request, user_service.own_id(request[PRINCIPAL]))


async def retrieve(request: web.Request) -> web.Response:
    return await _found(request, request.match_info["id"])


async def change_me(request: web.Request) -> web.Response:
    return await _changed(request, user_service.own_id(request[PRINCIPAL]), UpdateOwnUser)


async def change(request: web.Request) -> web.Response:
    return await _changed(request, request.match_info["id"], UpdateUser)


async def remove(request: web.Request) -> web.Response:
    claim, user_id = request[CLAIM], request.match_info["id"]
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        await user_service.remove(work, who=request[PRINCIPAL], user_id=user_id)
        return reply({"id": user_id, "object": "user", "deleted": True}, claim=claim)


async def _found(request: web.Request, user_id: str) -> web.Response:
    async with request.app[DEPS].database.reading() as work:
        user = await user_service.get_user(work, user_id=user_id)
    return reply({"user": request[FIELDS](view(user))})


async def _changed(request: web.Request, user_id: str, kind: type[UpdateOwnUser]) -> web.Response:
    claim, command = request[CLAIM], convert(request[BODY], kind)
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        user = await user_service.change(work, who=request[PRINCIPAL], user_id=user_id, command=command)
        return reply({"user": request[FIELDS](view(user))}, claim=claim)


def view(user: User) -> dict[str, Any]:
    return {
        **{name: getattr(user, name) for name in PLAIN},
        "created_at": to_iso(user.created_at),
        "updated_at": to_iso(user.updated_at),
        "deleted_at": to_iso(user.deleted_at),
    }
