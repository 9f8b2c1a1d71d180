"""Messages to people: a slot, and the adapter for development, which writes them into a folder."""

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import orjson

from services.infrastructure.files.private import write_whole

UNFIT = re.compile(r"[^a-z0-9-]")
NAME = re.compile(r"[a-z0-9-]+-[0-9a-f]{32}\.json")


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
    """A file a message, readable by its owner only. Its name tells the template, and nothing that opens something."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def send(self, message: Message) -> None:
        path = self.folder / file_name(message.template, message.key)
        await asyncio.to_thread(write_whole, path, orjson.dumps(asdict(message), option=orjson.OPT_INDENT_2))

    async def prepare(self) -> None:
        """Give messages of an older version, which were named by their keys, the names of today."""
        await asyncio.to_thread(self._rename_all)

    def _rename_all(self) -> None:
        for path in self.folder.glob("*.json"):
            if not NAME.fullmatch(path.name):
                with suppress(FileNotFoundError):  # another process was quicker
                    path.rename(path.with_name(new_name(path)))


def file_name(template: str, key: str) -> str:
    """The same for the same key, so that a message that is sent again takes its own place."""
    return f"{UNFIT.sub('-', template.lower())[:60]}-{sha256(key.encode()).hexdigest()[:32]}.json"


def new_name(path: Path) -> str:
    try:
        message = orjson.loads(path.read_bytes())
        return file_name(str(message["template"]), str(message["key"]))
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return file_name("unknown", path.stem)
