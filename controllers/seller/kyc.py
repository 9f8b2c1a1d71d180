"""The checklist of a seller: what its owners hand in, and the documents to it, which nobody else is served."""

from typing import Any

from aiohttp import hdrs, web
from msgspec import convert

from controllers.http import BODY, CLAIM, DEPS, PRINCIPAL, reply
from controllers.seller.upload import granted
from models.file.commands import BeginDocument
from models.file.upload import Upload
from models.schema.seller import KINDS
from models.seller.commands import SUBMISSIONS
from models.seller.kyc import Item, document_owner
from services.deps import Deps
from services.file import upload as upload_service
from services.seller import kyc
from services.shared.ownership import seller_of
from services.workflows import process_upload
from utils.clock import to_iso

PRIVATE_HEADERS = {
    hdrs.CACHE_CONTROL: "private, no-store",
    hdrs.CONTENT_DISPOSITION: "inline",
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
}


async def list_items(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.reading() as work:
        found = await kyc.list_items(work, seller_id=seller_of(request[PRINCIPAL]))
    return reply(checklist(found))


async def submit(request: web.Request) -> web.Response:
    """The row of each kind has a form of its own; the kind is the last part of its path."""
    claim, who, kind = request[CLAIM], request[PRINCIPAL], request.path.rpartition("/")[2]
    command = convert(request[BODY], SUBMISSIONS[kind])
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        item = await kyc.submit(work, who=who, seller_id=seller_of(who), kind=kind, command=command)
        return reply({"kyc_item": view(kind, item)}, claim=claim)


async def list_documents(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.reading() as work:
        found = await kyc.list_documents(work, seller_id=seller_of(request[PRINCIPAL]))
    return reply({"documents": [document_view(each) for each in found]})


async def begin_document(request: web.Request) -> web.Response:
    deps, claim, who = request.app[DEPS], request[CLAIM], request[PRINCIPAL]
    command = convert(request[BODY], BeginDocument)
    async with deps.database.unit_of_work(claim) as work:
        upload, grant = await upload_service.begin(
            work,
            deps.files,
            who=who,
            owner=document_owner(seller_of(who)),
            command=command,
            limit_bytes=deps.settings.upload_limit_bytes,
            quota_bytes=deps.settings.upload_quota_bytes,
        )
        return reply({"document": document_view(upload), "grant": granted(grant)}, claim=claim)


async def confirm_document(request: web.Request) -> web.Response:
    deps, who = request.app[DEPS], request[PRINCIPAL]
    owner = document_owner(seller_of(who))
    upload = await process_upload.confirm(deps, who=who, owner=owner, upload_id=request.match_info["id"])
    return reply({"document": document_view(upload)})


async def show_document(request: web.Request) -> web.Response:
    return await served(request.app[DEPS], seller_of(request[PRINCIPAL]), request.match_info["id"])


async def remove_document(request: web.Request) -> web.Response:
    deps, claim, who = request.app[DEPS], request[CLAIM], request[PRINCIPAL]
    terms = {"seller_id": seller_of(who), "document_id": request.match_info["id"]}
    async with deps.database.unit_of_work(claim) as work:
        upload = await kyc.delete_document(work, who=who, **terms)
        answer = reply({"id": upload.id, "object": "kyc_document", "deleted": True}, claim=claim)
    await process_upload.remove(deps, upload)
    return answer


async def served(deps: Deps, seller_id: str, document_id: str) -> web.Response:
    """A document's image, for whoever was let through to it."""
    async with deps.database.reading() as work:
        upload = await kyc.get_document(work, seller_id=seller_id, document_id=document_id)
    content = await deps.files.get(upload.variants[0].key)
    return web.Response(body=content, content_type=upload.mime or "", headers=PRIVATE_HEADERS)


def checklist(found: dict[str, Item]) -> dict[str, Any]:
    shown = [view(kind, found.get(kind)) for kind in KINDS]
    return {"kyc": shown, "is_complete": all(item["status"] == "verified" for item in shown)}


def view(kind: str, item: Item | None, *, whole: bool = False) -> dict[str, Any]:
    """An item; its number masked unless `whole`."""
    if item is None:
        return {"kind": kind, "status": "missing", "data": None, "document_ids": []}
    return {
        "kind": kind,
        "status": item.status,
        "data": item.data if whole else item.masked,
        "document_ids": item.document_ids,
        "revision": item.revision,
        "note": item.note,
        "submitted_at": to_iso(item.submitted_at),
        "reviewed_at": to_iso(item.reviewed_at),
    }


def document_view(upload: Upload) -> dict[str, Any]:
    names = ("id", "status", "width", "height", "reason")
    return {
        **{name: getattr(upload, name) for name in names},
        "filename": upload.name,
        "mime_type": upload.mime,
        "size": upload.bytes,
        "created_at": to_iso(upload.created_at),
        "updated_at": to_iso(upload.updated_at),
    }
