"""What chat works with: the chat store, the database with what sides have decided, and the bus."""

from dataclasses import dataclass
from datetime import timedelta

from services.chat.inbox_pushes import InboxPushes
from services.chat.typing_signs import TypingSigns
from services.infrastructure.bus.slot import Bus
from services.infrastructure.chat.slot import ChatStore
from services.infrastructure.database.database import Database


@dataclass(frozen=True, slots=True)
class Messenger:
    """The chat store is not to be asked inside an open unit of work: it may take a second connection for itself."""

    chat: ChatStore
    database: Database
    bus: Bus
    inboxes: InboxPushes
    signs: TypingSigns
    window: timedelta  # in which a message can be changed and deleted

    async def close(self) -> None:
        await self.inboxes.close()
        await self.bus.close()


def build(chat: ChatStore, database: Database, bus: Bus, *, edit_minutes: int) -> Messenger:
    inboxes = InboxPushes(chat, bus)
    return Messenger(chat, database, bus, inboxes, TypingSigns(), timedelta(minutes=edit_minutes))
