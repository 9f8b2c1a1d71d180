"""Where a conversation stands in the inbox of a side, and what is unread there: the numbers that a client is told."""

from typing import Any

from msgspec import Struct
from sqlalchemy import BigInteger, Text, bindparam, cast, func, literal_column, select

from models.schema.chat import chat_inbox
from utils.sql import Prepared


class Place(Struct, frozen=True, kw_only=True):
    """Where a conversation stands now in a side's inbox, and how much of it the side has not read."""

    reader: str
    user_ver: int
    unread: int


def read(row: Any) -> Place:
    """A place from a row of PLACES or of TOUCH."""
    return Place(reader=row["reader_id"], user_ver=row["user_ver"], unread=row["unread"])


PLACES = Prepared(
    select(chat_inbox.c.reader_id, chat_inbox.c.user_ver, chat_inbox.c.unread)
    .where(chat_inbox.c.conversation_id == bindparam("conversation"))
    .order_by(chat_inbox.c.reader_id)
)
TOTAL_UNREAD = Prepared(
    select(cast(func.coalesce(func.sum(chat_inbox.c.unread), 0), BigInteger)).where(
        chat_inbox.c.reader_id == bindparam("by_reader"), chat_inbox.c.unread > literal_column("0")
    )
)

_touched = func.chat_place(
    bindparam("conversation", type_=Text), bindparam("by_reader", type_=Text), literal_column("0")
).table_valued("reader_id", "user_ver", "unread")
TOUCH = Prepared(select(_touched.c.reader_id, _touched.c.user_ver, _touched.c.unread))
