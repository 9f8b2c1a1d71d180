"""Telling other processes what is worth nothing a moment later: NOTIFY on a channel of its own, no rows."""

from sqlalchemy import Text, bindparam, func, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY

from utils.sql import Prepared

CHANNEL = "pasar_bus"
LARGEST_BYTES = 7_900  # PostgreSQL takes payloads of less than 8,000

_part = func.unnest(bindparam("parts", type_=ARRAY(Text))).column_valued("part")
NOTIFY = Prepared(select(func.pg_notify(literal_column(f"'{CHANNEL}'"), _part)))
