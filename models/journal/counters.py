"""Statements that read the change counters."""

from sqlalchemy import select

from models.schema.journal import change_counter
from utils.sql import Prepared

COUNTERS = select(change_counter.c.scope, change_counter.c.version)
READ_COUNTERS = Prepared(COUNTERS)
