"""Sellers of a member: applications, particulars, states, the closure window."""

from typing import Any

from aiohttp import web
from msgspec import convert

from controllers.http import BODY, CLAIM, DEPS, PRINCIPAL, QUERY, reply
from models.seller.application import ADDRESS
from models.seller.commands import ApplyForSeller, SetClosure, UpdateSeller
from models.seller.seller import Seller
from models.shared import list_memory
from services.seller import lifecycle
from services.seller import profile as seller_profile
from services.shared.ownership import seller_of
from utils.clock import to_iso


async def apply(request: web.Request) -> web.Response:
    claim, command = request[CLAIM], convert(request[BODY], ApplyForSeller)
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        made, member_id = await seller_profile.apply(work, who=request[PRINCIPAL], command=command)
        return reply({"seller": view(made), "member_id": member_id}, claim=claim)


async def list_own(request: web.Request) -> web.Response:
    query, member_id = request[QUERY], request[PRINCIPAL].actor_id
    async with request.app[DEPS].database.reading() as work:
        found = await seller_profile.list_of_member(work, member_id=member_id)
    roles = {seller.id: role for seller, role in found}
    sellers, count = list_memory.page((seller for seller, _ in found), **query)
    shown = [view(seller) | {"role": roles[seller.id]} for seller in sellers]
    return reply({"sellers": shown, "count": count, "offset": query["offset"], "limit": query["limit"]})


async def retrieve(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.reading() as work:
        found = await seller_profile.get_seller(work, seller_id=seller_of(request[PRINCIPAL]))
    return reply({"seller": view(found)})


async def update(request: web.Request) -> web.Response:
    deps, claim, who = request.app[DEPS], request[CLAIM], request[PRINCIPAL]
    command = convert(request[BODY], UpdateSeller)
    async with deps.database.unit_of_work(claim) as work:
        changed = await seller_profile.change(work, deps.files, who=who, seller_id=seller_of(who), command=command)
        return reply({"seller": view(changed)}, claim=claim)


async def close(request: web.Request) -> web.Response:
    return await _moved(request, "close")


async def reopen(request: web.Request) -> web.Response:
    return await _moved(request, "reopen")


async def resubmit(request: web.Request) -> web.Response:
    return await _moved(request, "resubmit")


async def _moved(request: web.Request, action: str) -> web.Response:
    claim, who = request[CLAIM], request[PRINCIPAL]
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        seller = await lifecycle.move(work, who=who, seller_id=seller_of(who), action=action)
        return reply({"seller": view(seller)}, claim=claim)


async def set_closure(request: web.Request) -> web.Response:
    return await _closure(request, convert(request[BODY], SetClosure))


async def clear_closure(request: web.Request) -> web.Response:
    return await _closure(request, None)


async def _closure(request: web.Request, command: SetClosure | None) -> web.Response:
    claim, who = request[CLAIM], request[PRINCIPAL]
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        seller = await seller_profile.set_closure(work, who=who, seller_id=seller_of(who), command=command)
        return reply({"seller": view(seller)}, claim=claim)


PLAIN = (
    *("id", "handle", "name", "description", "logo", "status", "status_reason"),
    *("email", "phone", "currency_code", "closure_note", "metadata"),
)
MOMENTS = ("status_changed_at", "opened_at", "closed_from", "closed_to", "created_at", "updated_at")


def view(seller: Seller) -> dict[str, Any]:
    """All that its staff may know."""
    return {
        **{name: getattr(seller, name) for name in PLAIN},
        **{name: to_iso(getattr(seller, name)) for name in MOMENTS},
        "address": {name: getattr(seller, name) for name in ADDRESS},
        "commission_rate": float(seller.commission_rate),
    }
