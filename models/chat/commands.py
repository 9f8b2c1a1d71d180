"""Commands on conversations and messages; the ids of what they are about stand beside them."""

from datetime import datetime
from typing import Literal

from msgspec import UNSET, UnsetType

from models.shared.commands import Command


class OpenConversation(Command, kw_only=True, frozen=True):
    """A customer names the seller, a seller's member the customer."""

    seller_id: str | UnsetType = UNSET
    customer_id: str | UnsetType = UNSET


class TextBody(Command, kw_only=True, frozen=True):
    """`reply_to` is the id of a message of the same conversation."""

    text: str
    reply_to: str | UnsetType = UNSET


class SendMessage(Command, kw_only=True, frozen=True):
    cid: str
    body: TextBody
    kind: str = "text"


class EditMessage(Command, kw_only=True, frozen=True):
    """`ver` is the version that is meant: another one is refused."""

    body: TextBody
    ver: int | UnsetType = UNSET


class ListConversations(Command, kw_only=True, frozen=True):
    """The latest before a `user_ver`, or the latest of all."""

    before: int | None = None
    limit: int = 50


class ReadHistory(Command, kw_only=True, frozen=True):
    """The last messages, or those before or after a `seq`."""

    before_seq: int | None = None
    after_seq: int | None = None
    limit: int = 50


class MoveReceipt(Command, kw_only=True, frozen=True):
    delivered_seq: int = 0
    read_seq: int = 0


class Mute(Command, kw_only=True, frozen=True):
    """Without `until` for good."""

    is_muted: bool
    until: datetime | UnsetType = UNSET


class Archive(Command, kw_only=True, frozen=True):
    is_archived: bool


class Block(Command, kw_only=True, frozen=True):
    is_blocked: bool


class Report(Command, kw_only=True, frozen=True):
    """Without a message the whole conversation."""

    reason: Literal["spam", "abuse", "fraud", "other"]
    message_id: str | UnsetType = UNSET
    note: str | UnsetType = UNSET


class ShowTyping(Command, kw_only=True, frozen=True):
    is_typing: bool


class Held(Command, kw_only=True, frozen=True):
    """A conversation as a client holds it."""

    conversation_id: str
    after_ver: int


class Sync(Command, kw_only=True, frozen=True):
    """What a client holds, after it was away. Without `inbox_after` its inbox is not asked for."""

    conversations: tuple[Held, ...] = ()
    inbox_after: int | UnsetType = UNSET
    limit: int = 50


class RenewConnection(Command, kw_only=True, frozen=True):
    token: str
