"""Files in a folder of this machine, fetched and uploaded through this server, under addresses signed like S3's."""

import asyncio
import base64
import hmac
import json
import os
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from services.infrastructure.files.private import (
    HALF_WRITTEN,
    make_folder,
    open_half_written,
    shared_secret,
    write_whole,
)
from services.infrastructure.files.slot import FileMissing, FileStore, FileTooLarge, Grant, Stored, checked
from utils.clock import now, timestamp
from utils.errors import AppError

SECRET_FILE = "files.key"


class GrantInvalid(AppError):
    """A signature that is missing, wrong, too old, or of another file; which of these is nobody's business."""

    code, kind = "upload_not_granted", "forbidden"
    message = "This address does not allow the upload: ask for a new one."


class SizeRefused(AppError):
    code, kind = "upload_size", "invalid"
    message = "The file does not have the size that was announced."


class LocalFiles:
    """A folder. What signs the addresses lies beside it, made on first use, so that all processes share it."""

    def __init__(self, folder: Path, base_url: str, fetched_from: str = "") -> None:
        self.folder = folder
        self.base_url = base_url
        self.fetched_from = fetched_from or base_url

    async def prepare(self) -> None:
        """Make the folder, and the key that signs addresses, before anybody needs them."""
        await asyncio.to_thread(make_folder, self.folder)
        await asyncio.to_thread(lambda: self.secret)

    async def put(self, key: str, content: bytes, media_type: str = "application/octet-stream") -> str:
        await asyncio.to_thread(write_whole, self.path(key), content)
        return self.url(key)

    async def get(self, key: str, limit_bytes: int | None = None) -> bytes:
        path = self.path(key)

        def read() -> bytes:
            with path.open("rb") as file:
                content = file.read(-1 if limit_bytes is None else limit_bytes + 1)
            if limit_bytes is not None and len(content) > limit_bytes:
                raise FileTooLarge(limit_bytes=limit_bytes)
            return content

        try:
            return await asyncio.to_thread(read)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise FileMissing(key=key) from None

    async def stat(self, key: str) -> Stored:
        path = self.path(key)
        if not await asyncio.to_thread(path.is_file):
            raise FileMissing(key=key)
        return described(key, await asyncio.to_thread(path.stat))

    async def delete(self, key: str) -> None:
        path = self.path(key)

        def remove() -> None:
            path.unlink(missing_ok=True)
            # A file's own folder goes with its last file; others are left to stand.
            if len(path.relative_to(self.folder).parts) > 2:
                try:
                    path.parent.rmdir()
                except OSError:
                    return

        await asyncio.to_thread(remove)

    async def listing(self, folder: str) -> AsyncIterator[Stored]:
        for path in await asyncio.to_thread(files_below, self.path(folder)):
            try:
                found = await asyncio.to_thread(path.stat)
            except FileNotFoundError:
                continue
            if not path.name.startswith(HALF_WRITTEN):
                yield described(str(path.relative_to(self.folder)), found)

    async def tidy(self, before: datetime) -> int:
        def remove() -> int:
            old = [
                path
                for path in files_below(self.folder)
                if path.name.startswith(HALF_WRITTEN) and path.stat().st_mtime < before.timestamp()
            ]
            for path in old:
                path.unlink(missing_ok=True)
            return len(old)

        return await asyncio.to_thread(remove)

    def url(self, key: str) -> str:
        return f"{self.fetched_from}/files/{checked(key)}"

    def path(self, key: str) -> Path:
        """Where a key lies; BadFileKey for anything that could lead out of the folder."""
        return self.folder / checked(key)

    # Grants

    def grant_put(self, key: str, *, media_type: str, size: int, seconds: int) -> Grant:
        expires = int(timestamp()) + seconds
        signature = self.sign("PUT", checked(key), media_type, str(size), str(expires))
        url = f"{self.base_url}/files/{key}?expires={expires}&signature={signature}"
        headers = {"Content-Type": media_type, "Content-Length": str(size)}
        return Grant("PUT", url, datetime.fromtimestamp(expires, UTC), headers=headers)

    def grant_post(self, key: str, *, media_type: str, least: int, most: int, seconds: int) -> Grant:
        until = now() + timedelta(seconds=seconds)
        wanted = {"key": checked(key), "type": media_type, "least": least, "most": most, "until": until.timestamp()}
        policy = base64.b64encode(json.dumps(wanted).encode()).decode()
        fields = {"key": key, "Content-Type": media_type, "policy": policy, "signature": self.sign("POST", policy)}
        return Grant("POST", f"{self.base_url}/files", until, fields=fields)

    def allowed_put(
        self, key: str, *, media_type: str, size: int | None, expires: str, signature: str
    ) -> tuple[int, int]:
        """The sizes that a PUT may have; GrantInvalid unless its address was signed for just this request."""
        if size is None:
            raise SizeRefused()
        self.verify(signature, "PUT", key, media_type, str(size), expires)
        # Signed by us, hence a number.
        if int(expires) < timestamp():
            raise GrantInvalid()
        return size, size

    def allowed_post(self, fields: Mapping[str, str]) -> tuple[str, int, int]:
        """The key and the sizes that a form's policy allows; GrantInvalid unless we signed it for these fields."""
        policy = fields.get("policy", "")
        self.verify(fields.get("signature", ""), "POST", policy)
        wanted = json.loads(base64.b64decode(policy))
        if wanted["until"] < timestamp():
            raise GrantInvalid()
        if fields.get("key") != wanted["key"] or fields.get("content-type") != wanted["type"]:
            raise GrantInvalid()
        return checked(wanted["key"]), wanted["least"], wanted["most"]

    async def receive(self, key: str, chunks: AsyncIterable[bytes], *, least: int, most: int) -> None:
        """Store what comes in, whole or not at all; SizeRefused at the first byte too many."""
        path = self.path(key)
        handle, name = await asyncio.to_thread(open_half_written, path.parent)
        size = 0
        try:
            with os.fdopen(handle, "wb") as file:
                async for chunk in chunks:
                    size += len(chunk)
                    if size > most:
                        raise SizeRefused()
                    await asyncio.to_thread(file.write, chunk)
            if size < least:
                raise SizeRefused()
            os.replace(name, path)
        except BaseException:
            await asyncio.to_thread(Path(name).unlink, missing_ok=True)
            raise

    def sign(self, *parts: str) -> str:
        return hmac.new(self.secret, "\n".join(parts).encode("utf-8", "backslashreplace"), sha256).hexdigest()

    def verify(self, given: str, *parts: str) -> None:
        if not given.isascii() or not hmac.compare_digest(given, self.sign(*parts)):
            raise GrantInvalid()

    @cached_property
    def secret(self) -> bytes:
        """Random bytes of this installation."""
        return shared_secret(self.folder.parent / SECRET_FILE)


def receiving(files: FileStore) -> LocalFiles:
    """The store if it takes uploads through this server; FileMissing if clients send them elsewhere."""
    if not isinstance(files, LocalFiles):
        raise FileMissing(key="")
    return files


def described(key: str, found: os.stat_result) -> Stored:
    return Stored(key, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))


def files_below(folder: Path) -> list[Path]:
    return [Path(place, name) for place, _, names in os.walk(folder) for name in names]
