"""Uploads, for every route that takes a file: leave to send it, then what it became, within the owner's quota.

The bytes go straight to the storage; what is done with them there is services/workflows/process_upload.py.
"""

import re
import secrets
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from unicodedata import category

from models.file import upload as rows
from models.file.commands import BeginDocument, BeginUpload
from models.file.upload import (
    LEAST_HELD_BYTES,
    Owner,
    QuotaExceeded,
    Upload,
    UploadInUse,
    UploadIsLogo,
    Variant,
    missing,
    read,
)
from models.identity.principal import Principal
from models.schema.file import PENDING, READY
from models.shared.commands import given
from services.audit import log as audit_log
from services.infrastructure.database.database import UnitOfWork
from services.infrastructure.files.slot import FileStore, Grant
from utils.clock import now
from utils.errors import AppError
from utils.ids import new_id

GRANT_SECONDS = 15 * 60
OPEN_SECONDS = 60 * 60  # until then it can be confirmed
NOT_IN_TIME = "it was not confirmed in time"
WIDTHS = (64, 160, 320, 480, 640, 960, 1280, 1920)
USUAL_WIDTHS = (160, 320, 640, 1280)
MOST_WIDTHS = 6
# What an image may be called, by what it is.
ENDINGS = {
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
    "image/webp": ("webp",),
    "image/gif": ("gif",),
}
# No part of an image's name, wherever it stands: servers before or after us may go by it.
PROGRAMS = frozenset(
    "asp aspx bat bin cgi cmd com dll dmg exe hta htaccess htm html jar js jsp jspx mhtml mjs msi pdf phar php php3"
    " php4 php5 php7 phps pht phtml pl ps1 py rb scr sh shtml svg svgz swf vbs wasm xhtml xml xsl zip".split()
)
FORBIDDEN = re.compile(r"[/\\:*?\"<>|%;`$&]|\.\.|^[.\s]|[.\s]$")


class NameRefused(AppError):
    code, kind = "upload_name_refused", "invalid"
    message = "The file name is not one of a {mime} image: {reason}"


class TypeRefused(AppError):
    code, kind = "upload_type_refused", "invalid"
    message = f"Only these types are taken: {', '.join(ENDINGS)}"


class UploadTooLarge(AppError):
    code, kind = "upload_too_large", "invalid"
    message = "A file may have up to {limit_bytes} bytes."


def check_name(name: str, mime: str) -> None:
    """NameRefused for a name that is no image's, or that could be taken for something else anywhere."""
    parts = name.lower().split(".")
    if any(category(sign).startswith("C") or category(sign) in ("Zl", "Zp") for sign in name) or FORBIDDEN.search(name):
        raise NameRefused(mime=mime, reason="it has signs that no file name needs")
    if len(parts) < 2 or parts[-1] not in ENDINGS[mime]:
        raise NameRefused(mime=mime, reason=f"it must end with .{ENDINGS[mime][0]}")
    if PROGRAMS & {part.strip() for part in parts[1:-1]}:
        raise NameRefused(mime=mime, reason="it has two endings")


def owner_of(who: Principal) -> Owner:
    """The seller that somebody acts for, else the person."""
    return Owner(seller_id=who.seller_id) if who.seller_id else Owner(owner_id=who.actor_id)


async def begin(
    work: UnitOfWork,
    files: FileStore,
    *,
    who: Principal,
    owner: Owner,
    command: BeginDocument,
    limit_bytes: int,
    quota_bytes: int,
) -> tuple[Upload, Grant]:
    """Leave for one file of `size` bytes (PUT) or up to `size` bytes (POST), which the quota holds room for."""
    name, mime, size = command.filename, command.mime_type, command.size
    widths = given(command.widths, USUAL_WIDTHS) if isinstance(command, BeginUpload) else ()
    if mime not in ENDINGS:
        raise TypeRefused()
    check_name(name, mime)
    if not 0 < size <= limit_bytes:
        raise UploadTooLarge(limit_bytes=limit_bytes)
    held = max(size, LEAST_HELD_BYTES)
    await work.execute(rows.OPEN_QUOTA, {"owner_id": owner.id, "limit_bytes": quota_bytes})
    try:
        await move_quota(work, owner, held)
    except QuotaExceeded:
        # What was begun and never finished is in nobody's way, however long ago the last sweep was.
        if not await expire_of(work, owner=owner):
            raise
        await move_quota(work, owner, held)
    row: dict[str, Any] = {"id": new_id("upl"), "seller_id": owner.seller_id, "owner_id": owner.owner_id, "name": name}
    row |= {"key": secrets.token_hex(16), "announced_mime": mime, "announced_bytes": size, "held_bytes": held}
    row |= {"widths": sorted(set(widths)), "expires_at": now() + timedelta(seconds=OPEN_SECONDS)}
    made = read((await work.execute(rows.INSERT, row)).first())
    await _record(work, who, "begin", made, after={"filename": name, "mime_type": mime, "size": size})
    if command.method == "POST":
        return made, files.grant_post(made.source, media_type=mime, least=1, most=size, seconds=GRANT_SECONDS)
    return made, files.grant_put(made.source, media_type=mime, size=size, seconds=GRANT_SECONDS)


async def _record(work: UnitOfWork, who: Principal, verb: str, upload: Upload, **changes: Any) -> None:
    noun = upload.owner.noun
    await audit_log.record(work, who=who, action=f"{noun}.{verb}", entity=noun, entity_id=upload.id, **changes)


async def move_quota(work: UnitOfWork, owner: Owner, change: int) -> None:
    """Hold `change` bytes more, or give back; QuotaExceeded when there is no room."""
    if (await work.execute(rows.MOVE_QUOTA, {"owner": owner.id, "change": change})).first() is None:
        raise QuotaExceeded(bytes=change)


async def get_owned_upload(work: UnitOfWork, *, owner: Owner, upload_id: str) -> Upload:
    """An upload of the owner; somebody else's is missing."""
    row = (await work.execute(rows.FIND, {"upload_id": upload_id, "owner": owner.id})).first()
    if row is None:
        raise missing(upload_id)
    return read(row)


async def keep_owned_upload(work: UnitOfWork, *, owner: Owner, upload_id: str) -> Upload:
    """As `find_owned`, and nobody deletes it before the transaction ends: it may be shown."""
    row = (await work.execute(rows.FIND_KEPT, {"upload_id": upload_id, "owner": owner.id})).first()
    if row is None:
        raise missing(upload_id)
    return read(row)


async def listing(work: UnitOfWork, *, owner: Owner, limit: int, offset: int) -> tuple[list[Upload], int]:
    """The owner's uploads, newest first, and how many there are."""
    found = await work.execute(rows.LIST, {"owner": owner.id, "most": limit, "skip": offset})
    count = (await work.execute(rows.COUNT, {"owner": owner.id})).scalar_one()
    return [read(row) for row in found], count


async def mark_ready(work: UnitOfWork, upload: Upload, variants: Sequence[Variant], *, who: Principal) -> Upload | None:
    """Say that the upload is ready, its files being stored; None when it is settled already, or gone."""
    row = (await work.execute(rows.FIND_LOCKED, {"upload_id": upload.id, "owner": upload.owner.id})).first()
    if row is None or read(row).status != PENDING:
        return None
    total = sum(variant.bytes for variant in variants)
    await move_quota(work, upload.owner, total - read(row).held_bytes)
    whole = variants[0]
    values = {"upload_id": upload.id, "held_bytes": total, "bytes": total, "width": whole.width, "height": whole.height}
    shown = [{"name": v.name, "key": v.key, "width": v.width, "height": v.height, "bytes": v.bytes} for v in variants]
    await _record(work, who, "confirm", upload, before={"status": upload.status}, after={"status": READY})
    return read((await work.execute(rows.MAKE_READY, {**values, "variants": shown})).first())


async def refuse(work: UnitOfWork, upload: Upload, reason: str) -> bool:
    """Say that the upload is refused, and give its room back; False when it is settled already, or gone."""
    before = (await work.execute(rows.FIND_LOCKED, {"upload_id": upload.id, "owner": upload.owner.id})).first()
    if before is None or read(before).status != PENDING:
        return False
    await work.execute(rows.REFUSE, {"upload_id": upload.id, "reason": reason[:300]})
    await move_quota(work, upload.owner, -read(before).held_bytes)
    return True


async def delete(work: UnitOfWork, *, who: Principal, owner: Owner, upload_id: str) -> Upload:
    """Delete the row and give its room back; the files are removed after the commit. UploadInUse while it is shown."""
    row = (await work.execute(rows.FIND_LOCKED, {"upload_id": upload_id, "owner": owner.id})).first()
    if row is None:
        raise missing(upload_id)
    found = read(row)
    shown_by = (await work.execute(rows.SHOWN_BY, {"owner": owner.id, "key": found.key})).first()
    if shown_by is not None:
        raise UploadInUse(product_id=shown_by.id)
    if (await work.execute(rows.LOGO_OF, {"owner": owner.id, "key": found.key})).first() is not None:
        raise UploadIsLogo(store_id=owner.id)
    await work.execute(rows.DELETE, {"upload_id": found.id})
    await move_quota(work, owner, -found.held_bytes)
    await _record(work, who, "delete", found, before={"filename": found.name, "status": found.status})
    return found


async def release_quota(work: UnitOfWork, upload: Upload) -> None:
    """Give the room of an upload back of which nothing has come; it is asked for again when it is confirmed."""
    row = {"upload_id": upload.id, "held": upload.held_bytes}
    if upload.held_bytes and (await work.execute(rows.RELEASE, row)).first() is not None:
        await move_quota(work, upload.owner, -upload.held_bytes)


async def expire_of(work: UnitOfWork, *, owner: Owner) -> int:
    """Refuse the owner's uploads that were never confirmed; how many."""
    found = [read(row) for row in await work.execute(rows.EXPIRED_OF, {"owner": owner.id, "before": now()})]
    for each in found:
        await refuse(work, each, NOT_IN_TIME)
    return len(found)


async def expire(work: UnitOfWork, *, most: int) -> int:
    """Refuse uploads that were never confirmed; how many."""
    found = [read(row) for row in await work.execute(rows.EXPIRED, {"before": now(), "most": most})]
    for each in found:
        await refuse(work, each, NOT_IN_TIME)
    return len(found)


async def list_kept(work: UnitOfWork, keys: Iterable[str]) -> dict[str, frozenset[str] | None]:
    """Of random keys, those with files that must stay: which ones; None while the upload is pending: all."""
    found = await work.execute(rows.KEPT, {"keys": list(keys)})
    return {row.key: None if row.variants is None else rows.files_of(row.variants) for row in found}
