"""Invites to the staff of a seller, by an administrator: its first owner, or one more when nobody there can log in."""

from aiohttp import web
from msgspec import convert

from controllers.http import BODY, CLAIM, DEPS, PRINCIPAL, QUERY, reply
from controllers.seller.invite import view
from models.identity.principal import Principal
from models.seller.commands import CreateInvite
from services.seller import invite as invite_service


async def list_invites(request: web.Request) -> web.Response:
    query = request[QUERY]
    async with request.app[DEPS].database.reading() as work:
        who = await invite_service.at_seller(work, who=request[PRINCIPAL], seller_id=request.match_info["id"])
        found, count = await invite_service.listing(work, who=who, **query)
    page = {"count": count, "offset": query["offset"], "limit": query["limit"]}
    return reply({"invites": [view(each) for each in found], **page})


async def create(request: web.Request) -> web.Response:
    deps, claim, who = request.app[DEPS], request[CLAIM], await _at_seller(request)
    command = convert(request[BODY], CreateInvite)
    await invite_service.allow_mail(deps.database, who=who, email=command.email)
    async with deps.database.unit_of_work(claim) as work:
        made = await invite_service.create(work, who=who, command=command)
        return reply({"invite": view(made)}, claim=claim)


async def resend(request: web.Request) -> web.Response:
    deps, claim, who = request.app[DEPS], request[CLAIM], await _at_seller(request)
    invite_id = request.match_info["invite_id"]
    await invite_service.allow_another(deps.database, who=who, invite_id=invite_id)
    async with deps.database.unit_of_work(claim) as work:
        sent = await invite_service.resend(work, who=who, invite_id=invite_id)
        return reply({"invite": view(sent)}, claim=claim)


async def revoke(request: web.Request) -> web.Response:
    claim, who, invite_id = request[CLAIM], await _at_seller(request), request.match_info["invite_id"]
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        await invite_service.revoke(work, who=who, invite_id=invite_id)
        return reply({"id": invite_id, "object": "invite", "deleted": True}, claim=claim)


async def _at_seller(request: web.Request) -> Principal:
    async with request.app[DEPS].database.reading() as work:
        return await invite_service.at_seller(work, who=request[PRINCIPAL], seller_id=request.match_info["id"])
