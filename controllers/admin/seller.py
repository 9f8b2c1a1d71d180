"""Sellers for administrators: find, correct, approve, reject, suspend; and their checklists."""

from typing import Any

from aiohttp import web
from msgspec import UnsetType, convert

from controllers.http import BODY, CLAIM, DEPS, PRINCIPAL, QUERY, reply
from controllers.seller import kyc as kyc_views
from controllers.seller.seller import view as seller_view
from controllers.store.product import page_of, question
from models.seller.commands import CorrectSeller, GiveReason, RejectItem, VerifyItem
from models.shared import list_memory
from models.shared.commands import given
from services.seller import kyc, lifecycle
from services.seller import profile as seller_profile
from services.seller.cache import SELLERS
from services.seller.dossier import Dossier, dossier_of

SEARCHED = ("name", "handle", "email", "description")
NEWEST_FIRST = ("created_at", True)


async def list_sellers(request: web.Request) -> web.Response:
    asked = question(request)
    asked["order"] = asked["order"] or NEWEST_FIRST
    async with request.app[DEPS].database.reading() as work:
        sellers = await work.snapshot(SELLERS)
    rows, count = list_memory.page(sellers.by_id.values(), searched=SEARCHED, **asked)
    return reply({"sellers": [seller_view(row) for row in rows], "count": count, **page_of(request[QUERY])})


async def retrieve(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.reading() as work:
        found = await seller_profile.get_seller(work, seller_id=request.match_info["id"])
        return reply({"seller": view(await dossier_of(work, found))})


async def update(request: web.Request) -> web.Response:
    deps, claim, who = request.app[DEPS], request[CLAIM], request[PRINCIPAL]
    command = convert(request[BODY], CorrectSeller)
    async with deps.database.unit_of_work(claim) as work:
        changed = await seller_profile.change(
            work, deps.files, who=who, seller_id=request.match_info["id"], command=command
        )
        return reply({"seller": view(await dossier_of(work, changed))}, claim=claim)


async def approve(request: web.Request) -> web.Response:
    return await _moved(request, "approve")


async def reject(request: web.Request) -> web.Response:
    return await _moved(request, "reject", convert(request[BODY], GiveReason).reason)


async def suspend(request: web.Request) -> web.Response:
    return await _moved(request, "suspend", convert(request[BODY], GiveReason).reason)


async def unsuspend(request: web.Request) -> web.Response:
    return await _moved(request, "unsuspend")


async def _moved(request: web.Request, action: str, reason: str | None = None) -> web.Response:
    claim, seller_id = request[CLAIM], request.match_info["id"]
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        who = request[PRINCIPAL]
        seller = await lifecycle.move(work, who=who, seller_id=seller_id, action=action, reason=reason)
        return reply({"seller": view(await dossier_of(work, seller))}, claim=claim)


async def list_kyc(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.reading() as work:
        seller = await seller_profile.get_seller(work, seller_id=request.match_info["id"])
        found = await kyc.list_items(work, seller_id=seller.id)
    return reply(kyc_views.checklist(found))


async def verify_kyc(request: web.Request) -> web.Response:
    command = convert(request[BODY], VerifyItem)
    return await _reviewed(request, command.revision, passes=True, note=given(command.note, None))


async def reject_kyc(request: web.Request) -> web.Response:
    command = convert(request[BODY], RejectItem)
    return await _reviewed(request, command.revision, passes=False, note=command.reason)


async def _reviewed(request: web.Request, revision: int | UnsetType, *, passes: bool, note: str | None) -> web.Response:
    claim = request[CLAIM]
    seller_id, kind = request.match_info["id"], request.match_info["kind"]
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        seller = await lifecycle.locked(work, seller_id)
        item = await kyc.review(
            work,
            who=request[PRINCIPAL],
            seller_id=seller.id,
            kind=kind,
            note=note,
            revision=given(revision, None),
            passes=passes,
        )
        return reply({"kyc_item": kyc_views.view(kind, item)}, claim=claim)


async def reveal_kyc(request: web.Request) -> web.Response:
    seller_id, kind = request.match_info["id"], request.match_info["kind"]
    async with request.app[DEPS].database.unit_of_work() as work:
        seller = await lifecycle.locked(work, seller_id)
        item = await kyc.reveal(work, who=request[PRINCIPAL], seller_id=seller.id, kind=kind)
    return reply({"kyc_item": kyc_views.view(kind, item, whole=True)})


async def show_document(request: web.Request) -> web.Response:
    return await kyc_views.served(request.app[DEPS], request.match_info["id"], request.match_info["document_id"])


def view(dossier: Dossier) -> dict[str, Any]:
    """A seller with its staff, and what is not verified of it yet."""
    names = ("id", "email", "first_name", "last_name", "role")
    return seller_view(dossier.seller) | {
        "members": [{name: getattr(row, name) for name in names} for row in dossier.staff],
        "kyc_missing": list(dossier.unverified),
    }
