"""Rows that a file states: of which table, whose they are, and what tells them apart."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Select, Table, Text, bindparam, func, select


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """Rows of a table found by the column `owner` and told apart by `key`; `only` leaves other rows out of sight."""

    table: Table
    owner: str
    key: tuple[str, ...]
    prefix: str = ""
    only: ColumnElement[bool] | None = None


@cache
def rows_of_owners(kind: Kind) -> Select[Any]:
    """The rows of the bound `owners`, with every column that is not worked out by the database."""
    columns = [c for c in kind.table.c if c.computed is None]
    statement = select(*columns).where(kind.table.c[kind.owner] == func.any(bindparam("owners", type_=ARRAY(Text))))
    return statement if kind.only is None else statement.where(kind.only)
