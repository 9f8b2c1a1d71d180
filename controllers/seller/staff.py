"""A seller's staff, and the profile of who is logged in."""

from typing import Any

from aiohttp import web
from msgspec import convert

from controllers.http import BODY, CLAIM, DEPS, PRINCIPAL, QUERY, reply
from models.identity.principal import Principal
from models.schema.roles import Rights
from models.seller.commands import ChangeRole, UpdateProfile
from models.seller.staff import Employee, Profile, Workplace
from services.seller import staff as staff_service
from utils.clock import to_iso


async def me(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.reading() as work:
        profile = await staff_service.get_profile(work, member_id=request[PRINCIPAL].actor_id)
    return reply({"member": profile_view(profile, request.app[DEPS].rights)})


async def change_me(request: web.Request) -> web.Response:
    claim, who, command = request[CLAIM], request[PRINCIPAL], convert(request[BODY], UpdateProfile)
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        profile = await staff_service.change_profile(work, member_id=who.actor_id, command=command)
        return reply({"member": profile_view(profile, request.app[DEPS].rights)}, claim=claim)


async def list_members(request: web.Request) -> web.Response:
    query, who = request[QUERY], request[PRINCIPAL]
    async with request.app[DEPS].database.reading() as work:
        found, count = await staff_service.listing(work, who=who, **query)
    page = {"count": count, "offset": query["offset"], "limit": query["limit"]}
    return reply({"members": [view(each, who) for each in found], **page})


async def retrieve(request: web.Request) -> web.Response:
    who = request[PRINCIPAL]
    async with request.app[DEPS].database.reading() as work:
        found = await staff_service.get_owned_member(work, who=who, member_id=request.match_info["id"])
    return reply({"member": view(found, who)})


async def change(request: web.Request) -> web.Response:
    claim, who = request[CLAIM], request[PRINCIPAL]
    terms = {"member_id": request.match_info["id"], "role": convert(request[BODY], ChangeRole).role}
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        changed = await staff_service.change_role(work, who=who, **terms)
        return reply({"member": view(changed, who)}, claim=claim)


async def remove(request: web.Request) -> web.Response:
    return await _removed(request, request.match_info["id"])


async def leave(request: web.Request) -> web.Response:
    return await _removed(request, str(request[PRINCIPAL].actor_id))


async def _removed(request: web.Request, member_id: str) -> web.Response:
    claim = request[CLAIM]
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        await staff_service.remove(work, who=request[PRINCIPAL], member_id=member_id)
        return reply({"id": member_id, "object": "member", "deleted": True}, claim=claim)


def view(employee: Employee, who: Principal) -> dict[str, Any]:
    return {
        **{name: getattr(employee, name) for name in ("id", "email", "first_name", "last_name", "phone", "role")},
        "is_me": employee.id == who.actor_id,
        "created_at": to_iso(employee.created_at),
        "updated_at": to_iso(employee.updated_at),
    }


def profile_view(profile: Profile, rights: Rights) -> dict[str, Any]:
    return {
        **{name: getattr(profile, name) for name in ("id", "email", "first_name", "last_name", "phone", "metadata")},
        "sellers": [workplace_view(each, rights) for each in profile.sellers],
        "created_at": to_iso(profile.created_at),
        "updated_at": to_iso(profile.updated_at),
    }


def workplace_view(seller: Workplace, rights: Rights) -> dict[str, Any]:
    shown = {name: getattr(seller, name) for name in ("id", "name", "handle", "logo", "status", "role")}
    return {**shown, "grants": sorted(rights.of_member(seller.role, seller.status))}
