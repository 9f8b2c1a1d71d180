"""Invites to the administration."""

from typing import Any

from aiohttp import web
from msgspec import convert

from controllers.admin.user import view as user_view
from controllers.http import ADDRESS, BODY, CLAIM, DEPS, FIELDS, PRINCIPAL, QUERY, reply
from models.seller.commands import AcceptUserInvite, InviteUser
from models.seller.invite import Invite
from services.identity.rate_limit import counted
from services.seller import invite as invite_service
from utils.clock import to_iso


async def list_invites(request: web.Request) -> web.Response:
    query, fields = request[QUERY], request[FIELDS]
    terms = {name: value for name, value in query.items() if name != "fields"}
    async with request.app[DEPS].database.reading() as work:
        found, count = await invite_service.listing(work, who=request[PRINCIPAL], **terms)
    page = {"count": count, "offset": query["offset"], "limit": query["limit"]}
    return reply({"invites": [fields(view(each)) for each in found], **page})


async def retrieve(request: web.Request) -> web.Response:
    who, invite_id = request[PRINCIPAL], request.match_info["id"]
    async with request.app[DEPS].database.reading() as work:
        found = await invite_service.get_owned_invite(work, who=who, invite_id=invite_id)
    return reply({"invite": request[FIELDS](view(found))})


async def create(request: web.Request) -> web.Response:
    deps, claim, who = request.app[DEPS], request[CLAIM], request[PRINCIPAL]
    command = convert(request[BODY], InviteUser)
    await invite_service.allow_mail(deps.database, who=who, email=command.email)
    async with deps.database.unit_of_work(claim) as work:
        made = await invite_service.create(work, who=who, command=command)
        return reply({"invite": request[FIELDS](view(made))}, claim=claim)


async def resend(request: web.Request) -> web.Response:
    deps, claim, who, invite_id = request.app[DEPS], request[CLAIM], request[PRINCIPAL], request.match_info["id"]
    await invite_service.allow_another(deps.database, who=who, invite_id=invite_id)
    async with deps.database.unit_of_work(claim) as work:
        sent = await invite_service.resend(work, who=who, invite_id=invite_id)
        return reply({"invite": request[FIELDS](view(sent))}, claim=claim)


async def revoke(request: web.Request) -> web.Response:
    claim, invite_id = request[CLAIM], request.match_info["id"]
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        await invite_service.revoke(work, who=request[PRINCIPAL], invite_id=invite_id)
        return reply({"id": invite_id, "object": "invite", "deleted": True}, claim=claim)


async def accept(request: web.Request) -> web.Response:
    deps, claim, who = request.app[DEPS], request[CLAIM], request[PRINCIPAL]
    command = convert(request[BODY], AcceptUserInvite)
    token = command.token or request[QUERY].get("token", "")
    async with (
        counted(deps.database, invite_service.ACCEPTING, invite_service.attempts(who, request[ADDRESS])),
        deps.database.unit_of_work(claim) as work,
    ):
        user = await invite_service.join_users(work, deps.tokens, who=who, token=token, command=command)
        return reply({"user": user_view(user)}, claim=claim)


def view(invite: Invite) -> dict[str, Any]:
    return {
        **{name: getattr(invite, name) for name in ("id", "email", "role", "invited_by", "metadata")},
        "accepted": invite.accepted_at is not None,
        "expires_at": to_iso(invite.expires_at),
        "created_at": to_iso(invite.created_at),
        "updated_at": to_iso(invite.updated_at),
    }
