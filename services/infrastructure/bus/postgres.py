"""A bus for several processes over one database: NOTIFY, in batches, on the connection on which changes are heard.

A frame is `publisher number part parts text`. Numbers count up, so that who hears a publisher knows what was lost.
"""

import secrets
from dataclasses import dataclass, field

import msgspec

from models.journal.bus import CHANNEL, LARGEST_BYTES, NOTIFY
from services.infrastructure.bus.slot import Hear, Miss, Notice
from services.infrastructure.database.change_notices import Changes
from services.infrastructure.database.database import Database
from services.infrastructure.processes.drain import Drain
from utils.masking import log_masked

log = log_masked("pasar.bus")
HEADER_BYTES = 64
PART_SIGNS = (LARGEST_BYTES - HEADER_BYTES) // 4  # of four bytes at the most
MOST_PUBLISHERS = 1_000
DECODER = msgspec.json.Decoder(Notice)


@dataclass(slots=True)
class Publisher:
    """Another process: the last number heard of it, and the parts of a notice that has not come whole."""

    number: int
    parts: list[str] = field(default_factory=list)


class PostgresBus:
    def __init__(self, database: Database, changes: Changes) -> None:
        self.listeners: list[Hear] = []
        self.gaps: list[Miss] = []
        self._id = secrets.token_hex(6)
        self._number = 0
        self._database = database
        self._publishers: dict[str, Publisher] = {}
        self._leaving: Drain[list[str]] = Drain("bus", self._notify)
        self._has_listened = False
        changes.channels[CHANNEL] = self.hear
        changes.resumed.append(self._resume)

    def publish(self, notice: Notice) -> None:
        self._tell(notice)
        self._number += 1
        # One that finds no room leaves a gap in the numbers, which the others see.
        self._leaving.add(frames(self._id, self._number, notice))

    async def _notify(self, batch: list[list[str]]) -> None:
        async with self._database.reading() as work:
            await work.execute(NOTIFY, {"parts": [part for parts in batch for part in parts]})

    def hear(self, frame: str) -> None:
        """A frame of any process; one's own were heard when they were published."""
        publisher_id, number, part, parts, text = frame.split(" ", 4)
        if publisher_id == self._id:
            return
        publisher = self._publishers.get(publisher_id)
        if publisher is None:
            while len(self._publishers) >= MOST_PUBLISHERS:
                del self._publishers[next(iter(self._publishers))]
            publisher = self._publishers[publisher_id] = Publisher(int(number) - 1)
        if part == "0":
            if int(number) != publisher.number + 1 or publisher.parts:
                self._miss()
            publisher.number, publisher.parts = int(number), []
        publisher.parts.append(text)
        if len(publisher.parts) == int(parts):
            whole, publisher.parts = "".join(publisher.parts), []
            self._tell(DECODER.decode(whole))

    def _tell(self, notice: Notice) -> None:
        for listener in self.listeners:
            listener(notice)

    def _miss(self) -> None:
        for listener in self.gaps:
            listener()

    def _resume(self) -> None:
        """The connection on which others are heard is there again: what they said meanwhile is lost."""
        if self._has_listened:
            log.warning("notices of other processes may have been lost while the database was away")
            self._publishers.clear()
            self._miss()
        self._has_listened = True

    async def close(self) -> None:
        await self._leaving.close()


def frames(publisher_id: str, number: int, notice: Notice) -> list[str]:
    """A notice as payloads that PostgreSQL takes."""
    text = msgspec.json.encode(notice).decode()
    size = len(text) if len(text.encode()) <= LARGEST_BYTES - HEADER_BYTES else PART_SIGNS
    parts = [text[at : at + size] for at in range(0, len(text), size)]
    return [f"{publisher_id} {number} {at} {len(parts)} {part}" for at, part in enumerate(parts)]
