"""Where chat is kept, and what every store of it must have.

What the MongoDB-compatible server of the tests lacks is not used: no TTL index (a sweep of our own), no partial index
(a value is there, or the document is of another collection), no transaction (one document is the unit).
"""

from dataclasses import dataclass
from typing import Protocol

from utils.errors import AppError


class ChatAway(AppError):
    code, kind = "chat_unavailable", "unavailable"
    message = "Chat cannot be reached. Try again in a moment."


@dataclass(frozen=True, slots=True)
class Index:
    collection: str
    name: str
    fields: tuple[str, ...]
    unique: bool = False


# Messages have `_id` "{conversation}:{seq}": unique, in order, and found without an index of ours.
INDEXES = (
    Index("message", "by_change", ("conversation_id", "ver")),
    Index("conversation", "by_topic", ("customer_id", "seller_id", "topic"), unique=True),
    Index("inbox", "by_change", ("user_id", "user_ver")),
)


class ChatStore(Protocol):
    """So far what every adapter needs before the first message: reachable, and prepared."""

    async def ping(self) -> None:
        """Come back when the store has answered; ChatAway otherwise."""
        ...

    async def prepare(self) -> None:
        """Make what is missing of its set-up; harmless when repeated, in several processes at once; or ChatAway."""
        ...

    async def close(self) -> None:
        """Give the connections back."""
        ...
