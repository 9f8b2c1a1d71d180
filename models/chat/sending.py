"""Writing into a conversation: each a single statement, so that a message is one round trip and one transaction.

Rows are taken in one order everywhere: the conversation, the customer's and the seller's row of `chat_reader`, the
inboxes. Who holds the conversation gives the next numbers; the two readers' rows give the places in their inboxes.
"""

from typing import Any

from sqlalchemy import (
    CTE,
    Integer,
    LargeBinary,
    Text,
    bindparam,
    cast,
    func,
    insert,
    null,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.sql.expression import ColumnElement

from models.chat import message
from models.schema.chat import chat_conversation, chat_inbox, chat_message, chat_reader
from utils.sql import Prepared


def given(name: str, kind: Any = Text) -> Any:
    """A parameter `new_...` for the column of the name, which it may not be called after itself."""
    return bindparam(f"new_{name}", type_=kind)


def as_json(name: str) -> ColumnElement[Any]:
    return cast(given(name), JSON)


def head(messages: int) -> CTE:
    """The conversation with the numbers of the change that is written, so many messages further on."""
    found = chat_conversation.c
    return (
        update(chat_conversation)
        .where(found.id == bindparam("conversation"))
        .values(seq=found.seq + messages, ver=found.ver + 1, changed_at=func.now())
        .returning(found.id, found.customer_id, found.seller_id, found.seq, found.ver, found.changed_at)
        .cte("head")
    )


def inboxes(head: CTE, unread: ColumnElement[Any]) -> CTE:
    """Both sides' inboxes with the change in its place."""
    one_more = {"user_ver": chat_reader.c.user_ver + 1}
    what = (chat_reader.c.id, chat_reader.c.user_ver)
    buyer = update(chat_reader).where(chat_reader.c.id == head.c.customer_id).values(one_more).returning(*what)
    first = buyer.cte("buyer")
    # It depends on the other, and so comes after it.
    house = (
        update(chat_reader)
        .where(chat_reader.c.id == head.c.seller_id, first.c.user_ver > 0)
        .values(one_more)
        .returning(*what)
        .cte("house")
    )
    readers = union_all(select(first), select(house)).cte("readers")
    return (
        update(chat_inbox)
        .where(chat_inbox.c.conversation_id == head.c.id, chat_inbox.c.reader_id == readers.c.id)
        .values(user_ver=readers.c.user_ver, unread=unread)
        .returning(chat_inbox.c.reader_id)
        .cte("inboxes")
    )


def sending() -> Prepared:
    """A new message. A violation of `uq_chat_message_cid` says that it was sent before, and nothing is written."""
    at = head(1)
    values = {
        "conversation_id": at.c.id,
        "seq": at.c.seq,
        "ver": at.c.ver,
        "created_at": at.c.changed_at,
        "content_hash": given("hash", LargeBinary),
        "body": as_json("body"),
        **{name: given(name) for name in ("id", "sender_type", "sender_id", "author_id", "cid", "kind")},
    }
    written = (
        insert(chat_message)
        .from_select(list(values), select(*values.values()), include_defaults=False)
        .returning(chat_message.c.seq, chat_message.c.ver, chat_message.c.created_at)
        .cte("written")
    )
    is_others = cast(chat_inbox.c.reader_id != given("sender_id"), Integer)
    told = inboxes(at, chat_inbox.c.unread + is_others)
    return Prepared(select(written).add_cte(told))


def changing(**values: Any) -> Prepared:
    """A message's next form; who runs it holds the conversation, and has seen that the message is there."""
    at = head(0)
    written = (
        update(chat_message)
        .where(chat_message.c.conversation_id == at.c.id, chat_message.c.id == bindparam("message"))
        .values(ver=at.c.ver, **values)
        .returning(*message.COLUMNS)
        .cte("written")
    )
    return Prepared(select(written).add_cte(inboxes(at, chat_inbox.c.unread)))


SEND = sending()
EDIT = changing(body=as_json("body"), edited_at=func.now())
DELETE = changing(body=null(), content_hash=null(), deleted_at=func.now())
