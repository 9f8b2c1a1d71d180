"""Filters of a list as one condition with its values, for statements that are made for each request."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table, or_

from models.shared import list_sql
from models.shared.list_sql import Condition, fields_of, shape_of


def condition(table: Table, filters: Mapping[str, Any]) -> Condition:
    """All filters hold."""
    fields, values = fields_of(table.c), list[Any]()
    return list_sql.condition(shape_of(filters, fields, values), fields, values)


def is_null_or_in(column: ColumnElement[Any], values: Sequence[str]) -> Condition:
    """One of the values, of which the word `null` means none."""
    named = column.in_([value for value in values if value != "null"])
    return or_(named, column.is_(None)) if "null" in values else named
