"""Second factors that two administrators take away."""

from typing import Any

from aiohttp import web
from msgspec import convert

from controllers.http import BODY, CLAIM, DEPS, PRINCIPAL, reply
from models.identity.commands import AskFactorRemoval
from models.identity.factor_removal import Removal
from services.identity import factor_removal
from utils.clock import to_iso


async def list_removals(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.reading() as work:
        found = await factor_removal.listing(work)
    return reply({"factor_removals": [view(each) for each in found]})


async def ask(request: web.Request) -> web.Response:
    claim, command = request[CLAIM], convert(request[BODY], AskFactorRemoval)
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        made = await factor_removal.ask(work, who=request[PRINCIPAL], command=command)
        return reply({"factor_removal": view(made)}, claim=claim)


async def approve(request: web.Request) -> web.Response:
    claim, removal_id = request[CLAIM], request.match_info["id"]
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        done = await factor_removal.approve(work, who=request[PRINCIPAL], removal_id=removal_id)
        return reply({"factor_removal": view(done)}, claim=claim)


async def reject(request: web.Request) -> web.Response:
    claim, removal_id = request[CLAIM], request.match_info["id"]
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        done = await factor_removal.reject(work, who=request[PRINCIPAL], removal_id=removal_id)
        return reply({"factor_removal": view(done)}, claim=claim)


def view(removal: Removal) -> dict[str, Any]:
    names = ("id", "auth_identity_id", "reason", "requested_by", "decided_by")
    return {
        **{name: getattr(removal, name) for name in names},
        "status": removal.state,
        "decided_at": to_iso(removal.decided_at),
        "expires_at": to_iso(removal.expires_at),
        "created_at": to_iso(removal.created_at),
    }
