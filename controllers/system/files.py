"""Files by their addresses, and uploads into the local folder under signed ones."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from typing import TypeVar

from aiohttp import BodyPartReader, hdrs, web

from controllers.http import DEPS, QUERY
from models.file.upload import IMAGES
from services.infrastructure.files.local import receiving
from services.infrastructure.files.slot import BadFileKey, FileMissing, checked, shown_as
from utils.errors import AppError

SERVED = (IMAGES, "catalogue")  # folders; what lies elsewhere is nobody's to read
FOREVER = "public, max-age=31536000, immutable"
A_WHILE = "public, max-age=3600"
POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
RECEIVE_SECONDS = 300.0
MOST_FIELDS, LONGEST_FIELD = 10, 4096
CHUNK_BYTES = 64 * 1024
# What the reader of forms raises over a body that is none.
MALFORMED = (ValueError, AssertionError, RuntimeError, LookupError)
T = TypeVar("T")


class UploadTooSlow(AppError):
    code, kind = "upload_too_slow", "slow"
    message = "The file did not arrive in time."


class FormInvalid(AppError):
    code, kind = "upload_form", "invalid"
    message = "The form must have the fields that were given, and then the file as `file`."


async def fetch(request: web.Request) -> web.Response:
    """A file: an image to be shown, anything else to be saved. Images of uploads never change under their address."""
    key = request.match_info["key"]
    folder = key.partition("/")[0]
    try:
        checked(key)
    except BadFileKey:
        raise FileMissing(key=key) from None
    if folder not in SERVED:
        raise FileMissing(key=key)
    tag = f'"{key}"'
    headers = {
        hdrs.CACHE_CONTROL: FOREVER if folder == IMAGES else A_WHILE,
        hdrs.CONTENT_DISPOSITION: "inline" if shown_as(key) else "attachment",
        "Content-Security-Policy": POLICY,
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if folder == IMAGES:
        headers[hdrs.ETAG] = tag
        if request.headers.get(hdrs.IF_NONE_MATCH) == tag:
            return web.Response(status=304, headers=headers)
    content = await request.app[DEPS].files.get(key)
    return web.Response(body=content, content_type=shown_as(key) or "application/octet-stream", headers=headers)


async def receive_put(request: web.Request) -> web.Response:
    files = receiving(request.app[DEPS].files)
    key, media_type = request.match_info["key"], request.headers.get(hdrs.CONTENT_TYPE, "")
    least, most = files.allowed_put(key, media_type=media_type, size=request.content_length, **request[QUERY])
    await in_time(files.receive(key, request.content.iter_any(), least=least, most=most))
    return web.Response()


async def receive_post(request: web.Request) -> web.Response:
    files = receiving(request.app[DEPS].files)
    fields, part = await in_time(form(request))
    key, least, most = files.allowed_post(fields)
    await in_time(files.receive(key, chunks(part), least=least, most=most))
    return web.Response(status=204)


async def in_time(receiving: Awaitable[T]) -> T:
    try:
        async with asyncio.timeout(RECEIVE_SECONDS):
            return await receiving
    except TimeoutError:
        raise UploadTooSlow() from None


async def form(request: web.Request) -> tuple[dict[str, str], BodyPartReader]:
    """The fields before the file, and the file itself, not yet read."""
    if request.content_type != "multipart/form-data":
        raise FormInvalid()
    fields: dict[str, str] = {}
    try:
        reader = await request.multipart()
        while isinstance(part := await reader.next(), BodyPartReader) and len(fields) < MOST_FIELDS:
            if part.name == "file":
                return fields, part
            value = b""
            while not part.at_eof():
                value += await part.read_chunk(CHUNK_BYTES)
                if len(value) > LONGEST_FIELD:
                    raise FormInvalid()
            fields[(part.name or "").lower()] = value.decode()
    except MALFORMED:
        raise FormInvalid() from None
    raise FormInvalid()


async def chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    try:
        while not part.at_eof():
            yield await part.read_chunk(CHUNK_BYTES)
    except MALFORMED:
        raise FormInvalid() from None
