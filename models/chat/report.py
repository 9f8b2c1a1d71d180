"""Reports: what somebody wants looked at, as it was at that moment."""

from sqlalchemy import Text, bindparam, cast, func
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.dialects.postgresql import insert as upsert

from models.schema.chat import chat_report
from utils.sql import Prepared

PREFIX = "chrep"
# Once a side and message: who reports it again has done so already.
INSERT = Prepared(
    upsert(chat_report)
    .values(created_at=func.now(), content=cast(bindparam("snapshot", type_=Text), JSON))
    .on_conflict_do_nothing(),
    *("id", "conversation_id", "message_id", "reader_id", "author_id", "reason", "note"),
)
