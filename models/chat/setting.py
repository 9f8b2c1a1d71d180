"""What a side has decided about a conversation: muted, archived, blocked."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Text, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert

from models.schema.chat import chat_block, chat_setting
from utils.sql import Prepared


class Setting(Struct, frozen=True, kw_only=True):
    """`archived_seq`: put away until a message comes after it."""

    is_muted: bool = False
    muted_until: datetime | None = None
    archived_seq: int | None = None

    def mutes(self, at: datetime) -> bool:
        """Is nobody to be disturbed at this moment?"""
        return self.is_muted and (self.muted_until is None or at < self.muted_until)

    def archives(self, seq: int) -> bool:
        """Is a conversation of so many messages put away?"""
        return self.archived_seq is not None and seq <= self.archived_seq


def read(row: Any) -> Setting:
    """A setting from a row of FIND."""
    return Setting(is_muted=row["is_muted"], muted_until=row["muted_until"], archived_seq=row["archived_seq"])


FIND = Prepared(
    select(chat_setting).where(
        chat_setting.c.reader_id == bindparam("by_reader"),
        chat_setting.c.conversation_id == bindparam("conversations", type_=ARRAY(Text)).any_(),
    )
)


def _put(*columns: str) -> Prepared:
    """Some columns of a setting, which need not be there yet."""
    new = upsert(chat_setting)
    changed = {name: new.excluded[name] for name in columns}
    key = ("conversation_id", "reader_id")
    return Prepared(new.on_conflict_do_update(index_elements=key, set_=changed), *key, *columns)


MUTE = _put("is_muted", "muted_until")
ARCHIVE = _put("archived_seq")

BLOCK = Prepared(
    upsert(chat_block).values(created_at=func.now()).on_conflict_do_nothing(),
    *("customer_id", "seller_id", "blocked_by", "author_id"),
)
UNBLOCK = Prepared(
    delete(chat_block).where(
        chat_block.c.customer_id == bindparam("customer"),
        chat_block.c.seller_id == bindparam("seller"),
        chat_block.c.blocked_by == bindparam("side"),
    )
)
BLOCKS = Prepared(
    select(chat_block.c.customer_id, chat_block.c.seller_id, chat_block.c.blocked_by)
    .where(
        chat_block.c.customer_id == bindparam("customers", type_=ARRAY(Text)).any_(),
        chat_block.c.seller_id == bindparam("sellers", type_=ARRAY(Text)).any_(),
    )
    .order_by(chat_block.c.blocked_by)
)
