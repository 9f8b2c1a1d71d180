"""Messages to people: a slot, and the adapter for development, which writes them into a folder."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Protocol

import orjson

from services.infra.local_files import write_whole

UNFIT = re.compile(r"[^A-Za-z0-9._-]")


@dataclass(frozen=True, slots=True)
class Message:
    """One message; asked for again under its key it is the same one. `data` may hold secrets of the receiver."""

    key: str
    to: str
    template: str
    subject: str
    text: str
    data: Mapping[str, str] = field(default_factory=dict)


class Notifications(Protocol):
    async def send(self, message: Message) -> None:
        """Hand the message over; raises when that did not work, and is then asked again."""
        ...


class MailFolder:
    """A file a message, readable by its owner only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def send(self, message: Message) -> None:
        path = self.folder / f"{UNFIT.sub('_', message.key)[:120]}.json"
        await asyncio.to_thread(self._write, path, orjson.dumps(asdict(message), option=orjson.OPT_INDENT_2))

    def _write(self, path: Path, content: bytes) -> None:
        write_whole(path, content)
        path.chmod(0o600)
