"""Messages: what is said, how a repeated one is known, and how pages of them are read."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal

import msgspec
from msgspec import Struct
from sqlalchemy import BigInteger, Text, bindparam, cast, select

from models.chat.place import Place
from models.schema.chat import chat_message
from utils.errors import AppError
from utils.sql import Prepared

PREFIX = "msg"
MOST = 100  # messages, changes or entries that are handed out at once
SenderType = Literal["customer", "seller", "system"]
SYSTEM = "system"  # the sender's id where nobody is


class MessageNotFound(AppError):
    code, kind = "message_not_found", "missing"
    message = "The message {message_id} was not found."


class CidConflict(AppError):
    code, kind = "cid_conflict", "conflict"
    message = "Another message was sent with the cid {cid}."


class MessageChanged(AppError):
    code, kind = "message_changed", "conflict"
    message = "The message {message_id} was changed meanwhile. Look at it again."


class Message(Struct, frozen=True, kw_only=True):
    """A message in its latest form; a deleted one, a tombstone, has no body."""

    conversation_id: str
    seq: int
    ver: int
    id: str
    sender_type: SenderType
    sender_id: str
    author_id: str | None
    cid: str
    kind: str
    body: dict[str, Any] | None
    created_at: datetime
    edited_at: datetime | None = None
    deleted_at: datetime | None = None

    def require_ver(self, ver: int | None) -> None:
        """MessageChanged unless this is the version that is expected; None expects nothing."""
        if ver is not None and ver != self.ver:
            raise MessageChanged(message_id=self.id)

    def require_body(self) -> None:
        """MessageNotFound when it was deleted."""
        if self.deleted_at is not None:
            raise MessageNotFound(message_id=self.id)


class NewMessage(Struct, frozen=True, kw_only=True):
    """What a side says. `author_id` is the member of a seller's staff who wrote; `cid` is the sender's own id of it."""

    sender_type: SenderType
    sender_id: str
    cid: str
    kind: str
    body: dict[str, Any]
    author_id: str | None = None

    def content_hash(self) -> bytes:
        """Equal for equal content, in whatever order its keys come."""
        return sha256(msgspec.json.encode((self.kind, self.body), order="sorted")).digest()

    def placed(self, **facts: Any) -> Message:
        """It in its place: conversation, seq, ver, id and moment."""
        given = {name: getattr(self, name) for name in self.__struct_fields__}
        return Message(**given, **facts)


class Sent(Struct, frozen=True, kw_only=True):
    """`is_duplicate`: it had been sent before, and this is what has become of it since; no inbox has changed by that.
    Of a new one, `places` says where the conversation stands now in the inboxes of both sides."""

    message: Message
    is_duplicate: bool
    places: tuple[Place, ...] = ()


def sent_before(message: Message, kept_hash: bytes | None, new: NewMessage) -> Sent:
    """What a repeated send gets; CidConflict for other content. Of a deleted message nothing is left to compare."""
    if kept_hash is not None and kept_hash != new.content_hash():
        raise CidConflict(cid=new.cid)
    return Sent(message=message, is_duplicate=True)


def to_text(content: Mapping[str, Any]) -> str:
    """As it is kept: JSON text, in which the order of keys and every digit stay."""
    return msgspec.json.encode(content).decode()


def from_text(body: str | None) -> dict[str, Any] | None:
    return None if body is None else msgspec.json.decode(body, type=dict[str, Any])


def read(row: Any) -> Message:
    """A message from a row of COLUMNS."""
    values = {name: row[name] for name in Message.__struct_fields__}
    return Message(**{**values, "body": from_text(values["body"])})


COLUMNS = [
    cast(chat_message.c[name], Text).label(name) if name == "body" else chat_message.c[name]
    for name in Message.__struct_fields__
]
OF_CONVERSATION = select(*COLUMNS).where(chat_message.c.conversation_id == bindparam("conversation"))
LIMIT = bindparam("most", type_=BigInteger)
FIND = Prepared(OF_CONVERSATION.where(chat_message.c.id == bindparam("message")))
FIND_SENT = Prepared(
    OF_CONVERSATION.add_columns(chat_message.c.content_hash).where(
        chat_message.c.sender_id == bindparam("sender"), chat_message.c.cid == bindparam("sent_cid")
    )
)
CHANGES = Prepared(
    OF_CONVERSATION.where(chat_message.c.ver > bindparam("after")).order_by(chat_message.c.ver).limit(LIMIT)
)
BEFORE = Prepared(
    OF_CONVERSATION.where(chat_message.c.seq < bindparam("place")).order_by(chat_message.c.seq.desc()).limit(LIMIT)
)
AFTER = Prepared(
    OF_CONVERSATION.where(chat_message.c.seq > bindparam("place")).order_by(chat_message.c.seq).limit(LIMIT)
)
