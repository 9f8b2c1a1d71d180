"""The list query over what is held in memory: the same filters, order and pages that tables give."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from models.shared.list_query import COMPARISONS, Order
from utils import clock
from utils.folding import fold, sort_key

R = TypeVar("R")


def page(
    rows: Iterable[R],
    *,
    limit: int,
    offset: int,
    order: Order | None = None,
    searched: Sequence[str] = (),
    **filters: Any,
) -> tuple[list[R], int]:
    """A page of the rows that fit, and how many fit. `searched` are the properties that `q` looks at."""
    fitting = [row for row in rows if fits(row, filters, searched)]
    if order is not None:
        name, descending = order
        key = "id" if fitting and hasattr(fitting[0], "id") else name
        fitting.sort(key=lambda row: (sortable(getattr(row, name)), getattr(row, key)), reverse=descending)
    return fitting[offset : offset + limit], len(fitting)


def fits(row: Any, filters: Mapping[str, Any], searched: Sequence[str] = ()) -> bool:
    """Does the row fit all of the filters?"""
    return all(_fits(row, name, value, searched) for name, value in filters.items())


def _fits(row: Any, name: str, value: Any, searched: Sequence[str]) -> bool:
    if name == "$and":
        return all(fits(row, part, searched) for part in value)
    if name == "$or":
        return not value or any(fits(row, part, searched) for part in value)
    if name == "q":
        return mentions(row, value, searched)
    held = getattr(row, name)
    if isinstance(value, Mapping):
        return all(COMPARISONS[sign](held, clock.parse_iso(bound)) for sign, bound in value.items())
    return bool(held in value if isinstance(value, list) else held == value)


def mentions(row: Any, text: str, searched: Sequence[str]) -> bool:
    """Does every word of the text stand somewhere in the properties?"""
    content = fold(" ".join(str(getattr(row, name) or "") for name in searched))
    return all(word in content for word in fold(text).split())


def sortable(value: Any) -> tuple[bool, Any]:
    """Nulls last and text by its letters, as the database sorts them."""
    return (value is None, sort_key(value) if isinstance(value, str) else 0 if value is None else value)
