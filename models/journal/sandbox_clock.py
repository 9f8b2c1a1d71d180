"""Statements of the clock of development: its one row is read, and written over."""

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert as upsert

from models.schema.journal import sandbox_clock
from utils.sql import Prepared

READ = Prepared(select(sandbox_clock.c.ahead))
_put = upsert(sandbox_clock).values(id=True, ahead=bindparam("ahead", type_=sandbox_clock.c.ahead.type))
PUT = Prepared(_put.on_conflict_do_update(index_elements=["id"], set_={"ahead": _put.excluded.ahead}))
