"""Files of the business (product images): a place to put bytes under a key, and the address to fetch them from."""

import asyncio
import os
import re
import tempfile
from pathlib import Path
from typing import Protocol

from utils.errors import AppError

KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*){0,5}")


class BadFileKey(AppError):
    code, kind = "bad_file_key", "invalid"
    message = "{key} cannot name a file."


class FileMissing(AppError):
    code, kind = "not_found", "missing"
    message = "File with id: {key} was not found"


class FileStore(Protocol):
    """Keys are paths of letters, digits, `.`, `_`, `-`; what is put under a key is whole or not there at all."""

    async def put(self, key: str, content: bytes) -> str:
        """Store the bytes under the key, replacing what was there; the address to fetch them from."""
        ...

    async def get(self, key: str) -> bytes:
        """The bytes; FileMissing when there are none."""
        ...

    async def delete(self, key: str) -> None:
        """Remove them; silent when there are none."""
        ...

    def url(self, key: str) -> str:
        """The address under which clients fetch them."""
        ...


class LocalFiles:
    """Files in a folder of this machine, fetched through this server."""

    def __init__(self, folder: Path, base_url: str) -> None:
        self.folder = folder
        self.base_url = base_url

    async def put(self, key: str, content: bytes) -> str:
        await asyncio.to_thread(write_whole, self.path(key), content)
        return self.url(key)

    async def get(self, key: str) -> bytes:
        try:
            return await asyncio.to_thread(self.path(key).read_bytes)
        except (FileNotFoundError, IsADirectoryError):
            raise FileMissing(key=key) from None

    async def delete(self, key: str) -> None:
        path = self.path(key)
        await asyncio.to_thread(path.unlink, missing_ok=True)

    def url(self, key: str) -> str:
        self.path(key)
        return f"{self.base_url}/files/{key}"

    def path(self, key: str) -> Path:
        """Where a key lies; BadFileKey for anything that could lead out of the folder."""
        if len(key) > 200 or not KEY.fullmatch(key):
            raise BadFileKey(key=key)
        return self.folder / key


def write_whole(path: Path, content: bytes) -> None:
    """Write beside the place and rename, so that a reader never meets half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
