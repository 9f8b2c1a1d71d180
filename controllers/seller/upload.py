"""Uploads of a seller: leave to send, confirm, list, delete."""

from typing import Any

from aiohttp import web
from msgspec import convert

from controllers.http import BODY, CLAIM, DEPS, PRINCIPAL, QUERY, reply
from models.file.commands import BeginUpload
from models.file.upload import Upload
from services.file import upload as upload_service
from services.file.upload import owner_of
from services.infrastructure.files.slot import FileStore, Grant
from services.workflows import process_upload
from utils.clock import to_iso


async def begin(request: web.Request) -> web.Response:
    deps, claim, command = request.app[DEPS], request[CLAIM], convert(request[BODY], BeginUpload)
    async with deps.database.unit_of_work(claim) as work:
        upload, grant = await upload_service.begin(
            work,
            deps.files,
            who=request[PRINCIPAL],
            owner=owner_of(request[PRINCIPAL]),
            command=command,
            limit_bytes=deps.settings.upload_limit_bytes,
            quota_bytes=deps.settings.upload_quota_bytes,
        )
        return reply({"upload": view(upload, deps.files), "grant": granted(grant)}, claim=claim)


async def confirm(request: web.Request) -> web.Response:
    deps = request.app[DEPS]
    who, upload_id = request[PRINCIPAL], request.match_info["id"]
    upload = await process_upload.confirm(deps, who=who, owner=owner_of(who), upload_id=upload_id)
    return reply({"upload": view(upload, deps.files)})


async def list_uploads(request: web.Request) -> web.Response:
    deps, query = request.app[DEPS], request[QUERY]
    async with deps.database.reading() as work:
        found, count = await upload_service.listing(work, owner=owner_of(request[PRINCIPAL]), **query)
    return reply({"uploads": [view(each, deps.files) for each in found], "count": count, **query})


async def retrieve(request: web.Request) -> web.Response:
    deps = request.app[DEPS]
    async with deps.database.reading() as work:
        upload = await upload_service.get_owned_upload(
            work, owner=owner_of(request[PRINCIPAL]), upload_id=request.match_info["id"]
        )
    return reply({"upload": view(upload, deps.files)})


async def remove(request: web.Request) -> web.Response:
    deps = request.app[DEPS]
    who, upload_id = request[PRINCIPAL], request.match_info["id"]
    upload = await process_upload.discard(deps, who=who, owner=owner_of(who), upload_id=upload_id)
    return reply({"id": upload.id, "object": "upload", "deleted": True})


def view(upload: Upload, files: FileStore) -> dict[str, Any]:
    images = [
        {"name": v.name, "url": files.url(v.key), "width": v.width, "height": v.height, "size": v.bytes}
        for v in upload.variants
    ]
    return {
        "id": upload.id,
        "filename": upload.name,
        "status": upload.status,
        "mime_type": upload.mime,
        "size": upload.bytes,
        "width": upload.width,
        "height": upload.height,
        "url": images[0]["url"] if images else None,
        "variants": images,
        "reason": upload.reason,
        "expires_at": to_iso(upload.expires_at),
        "created_at": to_iso(upload.created_at),
        "updated_at": to_iso(upload.updated_at),
    }


def granted(grant: Grant) -> dict[str, Any]:
    return {
        "method": grant.method,
        "url": grant.url,
        "headers": grant.headers,
        "fields": grant.fields,
        "expires_at": to_iso(grant.expires_at),
    }
