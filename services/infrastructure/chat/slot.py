"""Where chat is kept: one contract, which PostgreSQL and MongoDB fulfil (tests/slots/test_chat_contract.py).

Exactly once: a message is known by its conversation, sender and `cid`, so that who got no answer sends it again. No
number is left out: `seq` and `ver` of a conversation go up by one. Receipts and inboxes belong to a side, a customer
or a seller. Who may do what, and for how long, is for the caller to say.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from models.chat.conversation import Conversation
from models.chat.message import Message, NewMessage, Sent
from models.chat.place import Place
from models.chat.receipt import InboxEntry, Receipt
from utils.errors import AppError


class ChatAway(AppError):
    code, kind = "chat_unavailable", "unavailable"
    message = "Chat cannot be reached. Try again in a moment."


class ChatStore(Protocol):
    """Lists give 100 at most, whatever the limit says; of an unknown conversation or reader they are empty."""

    async def ping(self) -> None:
        """Come back when the store has answered; ChatAway otherwise."""
        ...

    async def prepare(self) -> None:
        """Make what is missing of its set-up; harmless when repeated, in several processes at once; or ChatAway."""
        ...

    async def close(self) -> None:
        """Give the connections back."""
        ...

    async def open_conversation(self, *, customer_id: str, seller_id: str) -> Conversation:
        """The one of the two, made if there is none."""
        ...

    async def find_conversation(self, *, conversation_id: str) -> Conversation:
        """It with its heads; or ConversationNotFound."""
        ...

    async def send(self, *, conversation_id: str, new: NewMessage) -> Sent:
        """Write a message down: what is returned is kept. A repeated one is found; CidConflict where it is another.
        ConversationNotFound."""
        ...

    async def edit(
        self, *, conversation_id: str, message_id: str, body: Mapping[str, Any], ver: int | None = None
    ) -> Message:
        """Put another body in. MessageChanged unless it has the version that is given; MessageNotFound, also of a
        deleted one; ConversationNotFound."""
        ...

    async def delete(self, *, conversation_id: str, message_id: str, ver: int | None = None) -> Message:
        """Leave a tombstone; of a deleted one, that. MessageChanged, MessageNotFound, ConversationNotFound."""
        ...

    async def find_message(self, *, conversation_id: str, message_id: str) -> Message:
        """In its latest form; or MessageNotFound."""
        ...

    async def changes(self, *, conversation_id: str, after_ver: int, limit: int) -> list[Message]:
        """Each message that changed after a version, once, in its latest form, in the order of `ver`."""
        ...

    async def history(
        self, *, conversation_id: str, before_seq: int | None = None, after_seq: int = 0, limit: int
    ) -> list[Message]:
        """The last messages before a place, or else the first after one; in the order of `seq` both times."""
        ...

    async def advance(self, *, conversation_id: str, reader: str, delivered_seq: int = 0, read_seq: int = 0) -> Receipt:
        """Move a side's receipt on, never back and never beyond the last message. What is read was delivered.
        ConversationNotFound, also for a reader who is no side of it."""
        ...

    async def receipts(self, *, conversation_id: str) -> list[Receipt]:
        """Of both sides, in the order of their ids."""
        ...

    async def inbox(self, *, reader: str, after: int, limit: int) -> list[InboxEntry]:
        """Conversations that changed after a `user_ver`, in that order, each once and as it is now. Who goes on from
        the last one's misses none; fewer than the limit: there are no more."""
        ...

    async def latest(self, *, reader: str, before: int | None = None, limit: int) -> list[InboxEntry]:
        """The conversations that changed last before a `user_ver`, the newest first, each once and as it is now. Who
        goes on from the last one's may meet none twice, and misses what changed meanwhile, which `inbox` gives."""
        ...

    async def entry(self, *, conversation_id: str, reader: str) -> InboxEntry:
        """A conversation as one side has it; `user_ver` 0 when nothing was ever said. ConversationNotFound, also for a
        reader who is no side of it."""
        ...

    async def places(self, *, conversation_id: str) -> list[Place]:
        """Where it stands now in the inboxes of both sides, in the order of their ids."""
        ...

    async def touch(self, *, conversation_id: str, reader: str) -> Place:
        """Put it last in a side's inbox, because something about it changed that is kept elsewhere.
        ConversationNotFound, also for a reader who is no side of it."""
        ...

    async def total_unread(self, *, reader: str) -> int:
        """What a side has not read, in all its conversations."""
        ...

    async def recount(self, *, reader: str) -> None:
        """Make what is counted for a side right again from its messages."""
        ...
