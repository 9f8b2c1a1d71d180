"""Writing into a conversation, by functions of the database (0025, 0026): one round trip, one transaction.

As one statement with parts that write (WITH ... UPDATE) it would be all of one snapshot; PostgreSQL then looks again at
rows that others changed meanwhile, and gives up where such a part is among what it would look at.
"""

from typing import Any

from sqlalchemy import BigInteger, LargeBinary, Text, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import JSON

from models.chat.place import Place
from models.schema.chat import SIDES, chat_inbox
from utils.sql import Prepared

FACTS = ("", "_ver", "_unread")  # of each side
TEXTS = ("conversation", "message", "sender_type", "sender", "author", "cid")
_body = cast(bindparam("body", type_=Text), JSON)
_sent = func.chat_send(
    *(bindparam(name, type_=Text) for name in TEXTS),
    bindparam("content_hash", type_=LargeBinary),
    bindparam("kind", type_=Text),
    _body,
    func.now(),
).table_valued("new_seq", "new_ver", *(f"{side}{fact}" for side in SIDES for fact in FACTS))
# A violation of `uq_chat_message_cid` says that it was sent before, and nothing is written.
SEND = Prepared(
    select(
        _sent.c.new_seq.label("seq"),
        _sent.c.new_ver.label("ver"),
        func.now().label("created_at"),
        *(_sent.c[f"{side}{fact}"] for side in SIDES for fact in FACTS),
    )
)


def read_places(row: Any) -> tuple[Place, ...]:
    """What a row of SEND says of both inboxes."""
    return tuple(Place(reader=row[side], user_ver=row[f"{side}_ver"], unread=row[f"{side}_unread"]) for side in SIDES)


# Who runs it holds the conversation, and has seen that the message is there.
CHANGE = Prepared(
    select(
        func.chat_change(
            bindparam("conversation", type_=Text), bindparam("message", type_=Text), _body, func.now(), type_=BigInteger
        )
    )
)

_moved = func.chat_advance(
    bindparam("conversation", type_=Text),
    bindparam("reader", type_=Text),
    bindparam("delivered", type_=BigInteger),
    bindparam("read", type_=BigInteger),
).table_valued(*chat_inbox.c.keys())
ADVANCE = Prepared(
    select(
        _moved.c.conversation_id,
        _moved.c.reader_id.label("reader"),
        _moved.c.delivered_seq,
        _moved.c.read_seq,
        _moved.c.unread,
    )
)
