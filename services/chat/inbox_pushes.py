"""Telling a side what became of its inbox: after the acknowledgement, and together while the store is asked."""

from msgspec import Struct

from models.chat import told
from models.chat.place import Place
from services.infrastructure.bus.slot import Bus, Notice
from services.infrastructure.chat.slot import ChatStore
from services.infrastructure.processes.drain import Drain

NAMESPACE = "/chat"


class InboxChange(Struct, frozen=True, kw_only=True):
    """A conversation that has another place in a side's inbox; None: in those of both sides, which are asked for."""

    conversation_id: str
    seq: int
    ver: int
    place: Place | None


class InboxPushes:
    """What is unread in all is read once a side, however many of its conversations changed meanwhile."""

    def __init__(self, chat: ChatStore, bus: Bus) -> None:
        self._chat, self._bus = chat, bus
        self._changes: Drain[InboxChange] = Drain("inboxes", self._tell)

    def add(self, change: InboxChange) -> None:
        self._changes.add(change)

    async def _tell(self, changes: list[InboxChange]) -> None:
        for reader, latest in (await self._by_reader(changes)).items():
            total = await self._chat.total_unread(reader=reader)
            for change, place in latest.values():
                heads = {"conversation_id": change.conversation_id, "seq": change.seq, "ver": change.ver}
                payload = told.place(place, total, heads)
                self._bus.publish(Notice(namespace=NAMESPACE, name=reader, event="inbox", payload=payload))

    async def _by_reader(self, changes: list[InboxChange]) -> dict[str, dict[str, tuple[InboxChange, Place]]]:
        """The last place of each conversation in each inbox."""
        found: dict[str, dict[str, tuple[InboxChange, Place]]] = {}
        for change in changes:
            asked = change.place is None
            places = await self._chat.places(conversation_id=change.conversation_id) if asked else [change.place]
            for place in filter(None, places):
                held = found.setdefault(place.reader, {})
                before = held.get(change.conversation_id)
                if before is None or before[1].user_ver <= place.user_ver:
                    held[change.conversation_id] = change, place
        return found

    async def settle(self) -> None:
        """Come back when all that was added has been told."""
        await self._changes.settle()

    async def close(self) -> None:
        await self._changes.close()
