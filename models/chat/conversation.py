"""Conversations: one a customer and seller, whatever it is about; messages say that."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import bindparam, func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from models.schema.chat import chat_conversation, chat_inbox, chat_reader
from utils.errors import AppError
from utils.sql import Prepared

PREFIX = "conv"


class ConversationNotFound(AppError):
    code, kind = "conversation_not_found", "missing"
    message = "The conversation {conversation_id} was not found."


class Conversation(Struct, frozen=True, kw_only=True):
    """`seq` is the number of messages, `ver` that of all changes: messages that came, were edited, were deleted."""

    id: str
    customer_id: str
    seller_id: str
    seq: int
    ver: int
    created_at: datetime
    changed_at: datetime

    def require_side(self, reader: str) -> None:
        """ConversationNotFound unless the reader is the customer or the seller of it."""
        if reader not in (self.customer_id, self.seller_id):
            raise ConversationNotFound(conversation_id=self.id)


def read(row: Any) -> Conversation:
    """A conversation from a row that begins with COLUMNS."""
    return Conversation(**{name: row[name] for name in Conversation.__struct_fields__})


COLUMNS = [chat_conversation.c[name] for name in Conversation.__struct_fields__]
FIND = Prepared(select(*COLUMNS).where(chat_conversation.c.id == bindparam("conversation")))
FIND_OF = Prepared(
    select(*COLUMNS).where(
        chat_conversation.c.customer_id == bindparam("customer"), chat_conversation.c.seller_id == bindparam("seller")
    )
)
# Who holds this row is alone in changing the conversation.
LOCK = Prepared(
    select(chat_conversation.c.id)
    .where(chat_conversation.c.id == bindparam("conversation"))
    .with_for_update(key_share=True)
)
INSERT = Prepared(
    upsert(chat_conversation)
    .values(created_at=func.now(), changed_at=func.now())
    .on_conflict_do_nothing(index_elements=["customer_id", "seller_id"])
    .returning(chat_conversation.c.id),
    *("id", "customer_id", "seller_id"),
)
# Customers before sellers, as everywhere: two that take both rows in turn would wait for each other.
INSERT_READER = Prepared(upsert(chat_reader).on_conflict_do_nothing(), "id")
INSERT_INBOX = Prepared(insert(chat_inbox), "conversation_id", "reader_id")
