"""How far each side has come in a conversation, and the inbox: a side's conversations in the order they changed."""

from typing import Any

from msgspec import Struct
from sqlalchemy import BigInteger, Text, bindparam, cast, func, literal_column, select, update

from models.chat import conversation, message
from models.chat.conversation import Conversation
from models.chat.message import Message
from models.schema.chat import chat_conversation, chat_inbox, chat_message, chat_reader
from utils.sql import Prepared


class Receipt(Struct, frozen=True, kw_only=True):
    """All up to `delivered_seq` has arrived, all up to `read_seq` was read; `unread` counts what others said since."""

    conversation_id: str
    reader: str
    delivered_seq: int
    read_seq: int
    unread: int


class InboxEntry(Struct, frozen=True, kw_only=True):
    """A conversation in a side's inbox; `user_ver` is its place in the order of changes."""

    conversation: Conversation
    receipt: Receipt
    last_message: Message | None
    user_ver: int


def read(row: Any) -> Receipt:
    """A receipt from a row of COLUMNS."""
    return Receipt(**{name: row[name] for name in Receipt.__struct_fields__})


def read_entry(row: Any) -> InboxEntry:
    """An entry of an inbox from a row of INBOX."""
    said = {name.removeprefix("said_"): row[name] for name in row.keys() if name.startswith("said_")}  # noqa: SIM118
    return InboxEntry(
        conversation=conversation.read(row),
        receipt=read(row),
        last_message=None if said["seq"] is None else message.read(said),
        user_ver=row["user_ver"],
    )


COLUMNS = [
    chat_inbox.c.conversation_id,
    chat_inbox.c.reader_id.label("reader"),
    *(chat_inbox.c[name] for name in ("delivered_seq", "read_seq", "unread")),
]
OF_CONVERSATION = select(*COLUMNS).where(chat_inbox.c.conversation_id == bindparam("conversation"))
RECEIPTS = Prepared(OF_CONVERSATION.order_by(chat_inbox.c.reader_id))

_last = chat_message.alias("last_message")
_inbox = (
    select(
        *conversation.COLUMNS,
        *COLUMNS,
        chat_inbox.c.user_ver,
        *(
            (cast(_last.c[name], Text) if name == "body" else _last.c[name]).label(f"said_{name}")
            for name in Message.__struct_fields__
        ),
    )
    .join_from(chat_inbox, chat_conversation, chat_conversation.c.id == chat_inbox.c.conversation_id)
    .outerjoin(_last, (_last.c.conversation_id == chat_conversation.c.id) & (_last.c.seq == chat_conversation.c.seq))
    .where(chat_inbox.c.reader_id == bindparam("by_reader"))
)
ENTRY = Prepared(_inbox.where(chat_inbox.c.conversation_id == bindparam("conversation")))
INBOX = Prepared(
    _inbox.where(chat_inbox.c.user_ver > bindparam("after")).order_by(chat_inbox.c.user_ver).limit(message.LIMIT)
)
# `user_ver` 0: nothing was ever said.
LATEST = Prepared(
    _inbox.where(chat_inbox.c.user_ver > literal_column("0"), chat_inbox.c.user_ver < bindparam("before"))
    .order_by(chat_inbox.c.user_ver.desc())
    .limit(message.LIMIT)
)

# Who holds the reader's row sees every message that counts: a send takes it before it commits.
LOCK_READER = Prepared(select(chat_reader.c.id).where(chat_reader.c.id == bindparam("by_reader")).with_for_update())
_counted = (
    select(func.count())
    .where(
        chat_message.c.conversation_id == chat_inbox.c.conversation_id,
        chat_message.c.seq > chat_inbox.c.read_seq,
        chat_message.c.sender_id != chat_inbox.c.reader_id,
    )
    .correlate(chat_inbox)
    .scalar_subquery()
)
MISCOUNTED = Prepared(
    select(chat_inbox.c.conversation_id, _counted.label("unread")).where(
        chat_inbox.c.reader_id == bindparam("by_reader"), chat_inbox.c.unread != _counted
    )
)
_next = (
    update(chat_reader)
    .where(chat_reader.c.id == bindparam("by_reader"))
    .values(user_ver=chat_reader.c.user_ver + 1)
    .returning(chat_reader.c.id, chat_reader.c.user_ver)
    .cte("reader")
)
CORRECT = Prepared(
    update(chat_inbox)
    .where(chat_inbox.c.conversation_id == bindparam("conversation"), chat_inbox.c.reader_id == _next.c.id)
    .values(unread=bindparam("counted", type_=BigInteger), user_ver=_next.c.user_ver)
)
