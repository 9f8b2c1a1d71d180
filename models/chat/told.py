"""What the sides of a conversation are told of it, in the form of the wire: the same in answers and in events.

A message's cid, and the member who wrote it, are told to its own side only.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from models.chat.message import Message
from models.chat.place import Place
from models.chat.receipt import InboxEntry, Receipt
from models.chat.setting import Setting
from utils.clock import to_iso

Told = dict[str, Any]


class Facts(Struct, frozen=True, kw_only=True):
    """What is known of a conversation beside the chat store: the other side's name, what the side has set, who has
    blocked whom."""

    name: str | None = None
    setting: Setting = Setting()
    blocked_by: tuple[str, ...] = ()


def message(found: Message, reader: str) -> Told:
    is_own = found.sender_id == reader
    return {
        "id": found.id,
        "conversation_id": found.conversation_id,
        "seq": found.seq,
        "ver": found.ver,
        "sender_type": found.sender_type,
        "sender_id": found.sender_id,
        "author_id": found.author_id if is_own else None,
        "cid": found.cid if is_own else None,
        "kind": found.kind,
        "body": found.body,
        "created_at": to_iso(found.created_at),
        "edited_at": to_iso(found.edited_at),
        "deleted_at": to_iso(found.deleted_at),
    }


def conversation(entry: InboxEntry, facts: Facts, at: datetime) -> Told:
    """A conversation as one side has it at a moment."""
    found, receipt, setting = entry.conversation, entry.receipt, facts.setting
    is_muted = setting.mutes(at)
    return {
        "id": found.id,
        "customer_id": found.customer_id,
        "seller_id": found.seller_id,
        "name": facts.name or None,
        "seq": found.seq,
        "ver": found.ver,
        "user_ver": entry.user_ver,
        "unread": receipt.unread,
        "delivered_seq": receipt.delivered_seq,
        "read_seq": receipt.read_seq,
        "is_muted": is_muted,
        "muted_until": to_iso(setting.muted_until) if is_muted else None,
        "is_archived": setting.archives(found.seq),
        "blocked_by": [*facts.blocked_by],
        "created_at": to_iso(found.created_at),
        "changed_at": to_iso(found.changed_at),
        "last_message": None if entry.last_message is None else message(entry.last_message, receipt.reader),
    }


def receipt(found: Receipt) -> Told:
    """How far a side has come; what it has not read is its own affair."""
    return {"reader_id": found.reader, "delivered_seq": found.delivered_seq, "read_seq": found.read_seq}


def receipts(found: Iterable[Receipt]) -> list[Told]:
    return [receipt(each) for each in found]


def place(found: Place, total_unread: int, heads: Mapping[str, Any]) -> Told:
    """Where a conversation stands in an inbox; `heads` are its id, `seq` and `ver`."""
    return {**heads, "user_ver": found.user_ver, "unread": found.unread, "total_unread": total_unread}
