"""What becomes of the bytes of an upload: fetched, made anew in a process apart, stored, and then said to be ready.

The row decides. Files are stored before it says `ready` and removed after it says `refused` or is gone, each time in a
transaction of its own; so a crash at any point leaves files without a row, which the sweep removes, and never a row
without its files.
"""

import secrets
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta

from models.file.upload import FOLDERS, MADE_AS, Owner, QuotaExceeded, Upload, Variant, missing
from models.identity.principal import Principal
from models.schema.file import READY
from services.deps import Deps
from services.file import upload as uploads
from services.infrastructure.files.slot import FileMissing, FileTooLarge
from services.infrastructure.images.pool import ImageRefused, Made
from utils.clock import SYSTEM, now
from utils.errors import AppError

SWEPT_AT_ONCE = 500
HALF_WRITTEN_KEPT = timedelta(hours=24)


class NothingUploaded(AppError):
    code, kind = "upload_missing", "conflict"
    message = "Nothing was uploaded yet: send the file to the address first."


class UploadGone(AppError):
    code, kind = "upload_settled", "conflict"
    message = "The upload was settled by another request."


async def confirm(deps: Deps, *, who: Principal, owner: Owner, upload_id: str) -> Upload:
    """The upload with its images. Again: the same answer. ImageRefused when it is not an image that is taken."""
    async with deps.database.reading() as work:
        found = await uploads.get_owned_upload(work, owner=owner, upload_id=upload_id)
    if found.status == READY:
        return found
    found.require_open(now())
    try:
        content = await deps.files.get(found.source, found.announced_bytes)
        made = await deps.images.remake(content, widths=found.widths, media_type=found.announced_mime)
    except FileMissing:
        async with deps.database.unit_of_work() as work:
            await uploads.release_quota(work, found)
        raise NothingUploaded() from None
    except (FileTooLarge, ImageRefused) as error:
        await turn_down(deps, found, str(error.facts.get("reason", error.text)))
        raise
    variants = await store(deps, found, made)
    try:
        async with deps.database.unit_of_work() as work:
            ready = await uploads.mark_ready(work, found, variants, who=who)
    except QuotaExceeded as error:
        await turn_down(deps, found, error.text)
        raise
    if ready is None:
        return await settled(deps, found, variants)
    await deps.files.delete(found.source)
    return ready


async def store(deps: Deps, upload: Upload, made: Iterable[Made]) -> list[Variant]:
    """The images under their keys, as the row will name them."""
    variants, attempt = [], secrets.token_hex(8)
    for one in made:
        key = upload.key_of(one.name, attempt)
        await deps.files.put(key, one.content, MADE_AS)
        variants.append(Variant(one.name, key, one.width, one.height, len(one.content)))
    return variants


async def turn_down(deps: Deps, upload: Upload, reason: str) -> None:
    """Refuse the upload and remove its files, unless somebody else has settled it."""
    async with deps.database.unit_of_work() as work:
        refused = await uploads.refuse(work, upload, reason)
    if refused:
        await remove(deps, upload)


async def settled(deps: Deps, upload: Upload, variants: Iterable[Variant]) -> Upload:
    """What another request made of it while this one worked; what this one has stored is removed."""
    with suppress(AppError):
        await delete_all(deps, [variant.key for variant in variants])
    async with deps.database.reading() as work:
        try:
            found = await uploads.get_owned_upload(work, owner=upload.owner, upload_id=upload.id)
        except AppError:
            found = None
    if found is not None and found.status == READY:
        return found
    if found is None:
        raise missing(upload.id)
    raise UploadGone()


async def discard(deps: Deps, *, who: Principal, owner: Owner, upload_id: str) -> Upload:
    """Delete an upload and its files."""
    async with deps.database.unit_of_work() as work:
        found = await uploads.delete(work, who=who, owner=owner, upload_id=upload_id)
    await remove(deps, found)
    return found


async def remove(deps: Deps, upload: Upload) -> None:
    """Remove all that an upload may have stored. What fails is left to the sweep."""
    with suppress(AppError):
        await deps.files.delete(upload.source)
        await delete_all(deps, [stored.key async for stored in deps.files.listing(upload.folder)])


async def delete_all(deps: Deps, keys: Iterable[str]) -> None:
    for key in keys:
        await deps.files.delete(key)


async def sweep(deps: Deps) -> int:
    """Settle uploads that nobody confirmed, and remove files that no row wants; how many files."""
    await settle_expired(deps)
    removed = await deps.files.tidy(SYSTEM.now() - HALF_WRITTEN_KEPT)
    for folder in FOLDERS:
        batch: dict[str, list[str]] = defaultdict(list)
        async for stored in deps.files.listing(folder):
            batch[stored.key.split("/")[1]].append(stored.key)
            if len(batch) >= SWEPT_AT_ONCE:
                removed += await sweep_batch(deps, batch)
                batch = defaultdict(list)
        removed += await sweep_batch(deps, batch)
    return removed


async def settle_expired(deps: Deps) -> None:
    """Refuse the uploads that nobody confirmed in time, so that their room is free again."""
    while True:
        async with deps.database.unit_of_work() as work:
            if not await uploads.expire(work, most=SWEPT_AT_ONCE):
                return


async def sweep_batch(deps: Deps, batch: dict[str, list[str]]) -> int:
    """Keys in a folder by their random part. A row is there before its first file is: one without a row is over."""
    if not batch:
        return 0
    async with deps.database.reading() as work:
        kept = await uploads.list_kept(work, batch)
    nothing: frozenset[str] = frozenset()
    gone = []
    for name, keys in batch.items():
        named = kept.get(name, nothing)
        gone += [key for key in keys if named is not None and key not in named]
    await delete_all(deps, gone)
    return len(gone)
