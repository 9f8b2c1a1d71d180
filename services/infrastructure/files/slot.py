"""Files of the business (product images): a place for bytes under keys, and signed addresses that strangers fill."""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from utils.errors import AppError

KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*){0,5}")
LONGEST_KEY = 200
FOLDER = "/files/"  # where this server, and whatever stands before it, serves them
MEDIA = re.compile(r"[a-z]+/[a-z0-9.+-]+")
# Every file is fetched under this type or as a download: a browser never takes one for a page.
SHOWN = {
    "webp": "image/webp",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "avif": "image/avif",
}


class BadFileKey(AppError):
    code, kind = "bad_file_key", "invalid"
    message = "{key} cannot name a file."


class FileMissing(AppError):
    code, kind = "not_found", "missing"
    message = "File with id: {key} was not found"


class FileTooLarge(AppError):
    code, kind = "file_too_large", "too_large"
    message = "The file is larger than {limit_bytes} bytes."


class StorageAway(AppError):
    code, kind = "storage_unavailable", "unavailable"
    message = "The storage of files does not answer. Try again shortly."


class StorageRefused(StorageAway):
    """It answers, but with a refusal: clients are told the same, and others may go on asking."""


class BucketRefused(AppError):
    code, kind = "bucket_refused", "unavailable"
    message = "The storage of files does not let us use the bucket {bucket}, or make it ({reason})."


@dataclass(frozen=True, slots=True)
class Stored:
    """A file as its store knows it."""

    key: str
    size: int
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class Grant:
    """Leave to store one file without any other right: an address with a signature that ends at `expires_at`.

    PUT: the body is the file, sent with exactly these headers. POST: a multipart form of these fields, then `file`.
    """

    method: str
    url: str
    expires_at: datetime
    headers: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)


class FileStore(Protocol):
    """Keys are paths of letters, digits, `.`, `_`, `-`; what is put under a key is whole or not there at all.

    A grant is good for one key, one media type and one size (PUT) or range of sizes (POST); whoever holds it may use
    it again until it expires.
    """

    async def put(self, key: str, content: bytes, media_type: str = "application/octet-stream") -> str:
        """Store the bytes under the key, replacing what was there; the address to fetch them from."""
        ...

    async def get(self, key: str, limit_bytes: int | None = None) -> bytes:
        """The bytes; FileMissing when there are none, FileTooLarge when there are more than `limit_bytes`."""
        ...

    async def stat(self, key: str) -> Stored:
        """What is known without reading the bytes; FileMissing when there are none."""
        ...

    async def delete(self, key: str) -> None:
        """Remove them; silent when there are none."""
        ...

    def listing(self, folder: str) -> AsyncIterator[Stored]:
        """Every file whose key begins with `folder/`, in no order."""
        ...

    async def tidy(self, before: datetime) -> int:
        """Remove what uploads left half-written before a moment; how many."""
        ...

    def grant_put(self, key: str, *, media_type: str, size: int, seconds: int) -> Grant:
        """A signed address for a PUT of exactly `size` bytes."""
        ...

    def grant_post(self, key: str, *, media_type: str, least: int, most: int, seconds: int) -> Grant:
        """A signed form for a POST of `least` to `most` bytes."""
        ...

    def url(self, key: str) -> str:
        """The address under which clients fetch them."""
        ...


def checked(key: str) -> str:
    """The key; BadFileKey for anything that is none, or could lead out of a folder."""
    if len(key) > LONGEST_KEY or not KEY.fullmatch(key):
        raise BadFileKey(key=key[:LONGEST_KEY])
    return key


def stored_address(key: str) -> str:
    """How rows name a file: its address without the host, which is added when it is told (middleware/addresses.py)."""
    return f"{FOLDER}{checked(key)}"


def shown_as(key: str) -> str | None:
    """The media type under which a key is shown in a page; None for what is only offered as a download."""
    return SHOWN.get(key.rpartition(".")[2].lower())
