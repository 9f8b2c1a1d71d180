"""Tables of chat: conversations, messages, and how far each side has come; empty where MongoDB keeps chat.

What a side decides about a conversation is always here.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSON

from models.schema.base import id_column, metadata, moment

SIDES = ("customer", "seller")
SENDERS = (*SIDES, "system")


def count(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default="0")


# One a customer and seller. `seq` counts messages, `ver` changes of messages: no number is left out.
chat_conversation = Table(
    "chat_conversation",
    metadata,
    id_column(),
    Column("customer_id", ForeignKey("customer.id"), nullable=False),
    Column("seller_id", ForeignKey("seller.id"), nullable=False, index=True),
    count("seq"),
    count("ver"),
    moment("created_at", nullable=False),
    moment("changed_at", nullable=False),
    UniqueConstraint("customer_id", "seller_id"),
    CheckConstraint("seq >= 0 AND ver >= seq", name="heads"),
)

# A message in its latest form, `ver` being the change that gave it. Deleted, it keeps its place and no content.
chat_message = Table(
    "chat_message",
    metadata,
    Column("conversation_id", ForeignKey("chat_conversation.id"), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("ver", BigInteger, nullable=False),
    Column("id", Text, nullable=False, unique=True),
    Column("sender_type", Text, nullable=False),
    Column("sender_id", Text, nullable=False),
    Column("author_id", Text),  # the member of the staff who wrote
    Column("cid", Text, nullable=False),  # the sender's own id of it: sent again, it is the same message
    Column("content_hash", LargeBinary),  # of what was sent at first
    Column("kind", Text, nullable=False),
    Column("body", JSON),  # as text: the order of keys and every digit stay
    moment("created_at", nullable=False),
    moment("edited_at"),
    moment("deleted_at"),
    UniqueConstraint("conversation_id", "ver"),
    UniqueConstraint("conversation_id", "sender_id", "cid", name="uq_chat_message_cid"),
    CheckConstraint("seq > 0 AND ver >= seq", name="place"),
    CheckConstraint(f"sender_type IN {SENDERS}", name="sender_type"),
    CheckConstraint("(deleted_at IS NULL) = (body IS NOT NULL)", name="body"),
    CheckConstraint("(deleted_at IS NULL) = (content_hash IS NOT NULL)", name="content_hash"),
)

# A side of chat: a customer, or a seller with its whole staff. `user_ver` goes up with every change of its inbox;
# whoever changes one holds this row to the commit, so that no lower number is seen after a higher one.
chat_reader = Table("chat_reader", metadata, id_column(), count("user_ver"))

# A conversation as one side has it. `user_ver` 0: nothing was ever said.
chat_inbox = Table(
    "chat_inbox",
    metadata,
    Column("conversation_id", ForeignKey("chat_conversation.id"), primary_key=True),
    Column("reader_id", ForeignKey("chat_reader.id"), primary_key=True),
    count("delivered_seq"),
    count("read_seq"),
    count("unread"),  # messages after `read_seq` that are not its own
    count("user_ver"),
    CheckConstraint("read_seq >= 0 AND delivered_seq >= read_seq", name="watermarks"),
    Index("ix_chat_inbox_reader_id_user_ver", "reader_id", "user_ver"),
    Index("ix_chat_inbox_unread", "reader_id", postgresql_include=["unread"], postgresql_where=text("unread > 0")),
)

# What a side has said of a conversation. `archived_seq`: put away until a message comes after it.
chat_setting = Table(
    "chat_setting",
    metadata,
    Column("conversation_id", Text, primary_key=True),
    Column("reader_id", Text, primary_key=True),
    Column("is_muted", Boolean, nullable=False, server_default="false"),
    moment("muted_until"),  # null: for good
    Column("archived_seq", BigInteger),
    CheckConstraint("archived_seq >= 0", name="archived_seq"),
)

# Who wants to hear no more of whom: while there is a row, neither of the two can write.
chat_block = Table(
    "chat_block",
    metadata,
    Column("customer_id", ForeignKey("customer.id"), primary_key=True),
    Column("seller_id", ForeignKey("seller.id"), primary_key=True, index=True),
    Column("blocked_by", Text, primary_key=True),
    Column("author_id", Text),  # the member of the staff
    moment("created_at", nullable=False),
    CheckConstraint(f"blocked_by IN {SIDES}", name="blocked_by"),
)

REASONS = ("spam", "abuse", "fraud", "other")

# What somebody reported, as it was then: what is edited or deleted later is still there to be looked at.
chat_report = Table(
    "chat_report",
    metadata,
    id_column(),
    Column("conversation_id", Text, nullable=False),
    Column("message_id", Text),  # null: the conversation
    Column("reader_id", Text, nullable=False),
    Column("author_id", Text),
    Column("reason", Text, nullable=False),
    Column("note", Text),
    Column("content", JSON),  # the message
    moment("created_at", nullable=False),
    CheckConstraint(f"reason IN {REASONS}", name="reason"),
    UniqueConstraint(
        "conversation_id", "message_id", "reader_id", name="uq_chat_report_once", postgresql_nulls_not_distinct=True
    ),
)
