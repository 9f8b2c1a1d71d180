"""Filters of a list, as they come from a query, as one condition on the columns of a table."""

from collections.abc import Callable, Mapping, Sequence
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Table, and_, func, literal, or_, true

from models.shared import sorting
from utils import clock

# Of columns and of values: `column == bound` is a condition, `value == bound` an answer.
COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {"$eq": eq, "$ne": ne, "$gt": gt, "$gte": ge, "$lt": lt, "$lte": le}
Condition = ColumnElement[bool]
Special = Mapping[str, Callable[[Any], Condition]]  # filters that are no column's


def condition(
    table: Table, filters: Mapping[str, Any], *, searched: Sequence[str] = (), special: Special | None = None
) -> Condition:
    """All filters hold. A list means one of its values; operators compare; `q` looks into the searched columns."""
    parts = [one(table, name, value, searched, special or {}) for name, value in filters.items()]
    return and_(true(), *parts)


def one(table: Table, name: str, value: Any, searched: Sequence[str], special: Special) -> Condition:
    if name in ("$and", "$or"):
        parts = [condition(table, part, searched=searched, special=special) for part in value]
        return (and_ if name == "$and" else or_)(*parts) if parts else true()
    if name in special:
        return special[name](value)
    if name == "q":
        return mentions(table, value, searched)
    column: Any = table.c[name]
    if isinstance(value, Mapping):
        moments = {sign: literal(clock.read(bound), DateTime(timezone=True)) for sign, bound in value.items()}
        return and_(true(), *(COMPARISONS[sign](column, moment) for sign, moment in moments.items()))
    fits: Condition = column.in_(value) if isinstance(value, list) else column == value
    return fits


def mentions(table: Table, text: str, searched: Sequence[str]) -> Condition:
    """Every word of the text stands somewhere in the columns."""
    content = func.concat_ws(" ", *(table.c[name] for name in searched))
    return and_(true(), *sorting.mentions(content, text))


def is_null_or_in(column: ColumnElement[Any], values: Sequence[str]) -> Condition:
    """One of the values, of which the word `null` means none."""
    named = column.in_([value for value in values if value != "null"])
    return or_(named, column.is_(None)) if "null" in values else named
