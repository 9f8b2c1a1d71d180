"""Lists of what is held in memory: the same filters, order and pages that other lists get from the database."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from models.shared.filters import COMPARISONS
from utils import clock
from utils.folding import fold, sort_key

R = TypeVar("R")


def page(
    rows: Iterable[R],
    *,
    limit: int,
    offset: int,
    order: tuple[str, bool] | None = None,
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


def fits(row: Any, filters: Mapping[str, Any], searched: Sequence[str]) -> bool:
    for name, wanted in filters.items():
        if name == "$and":
            fit = all(fits(row, part, searched) for part in wanted)
        elif name == "$or":
            fit = not wanted or any(fits(row, part, searched) for part in wanted)
        elif name == "q":
            fit = mentions(row, wanted, searched)
        elif isinstance(wanted, Mapping):
            value = getattr(row, name)
            fit = all(COMPARISONS[sign](value, clock.read(bound)) for sign, bound in wanted.items())
        elif isinstance(wanted, list):
            fit = getattr(row, name) in wanted
        else:
            fit = getattr(row, name) == wanted
        if not fit:
            return False
    return True


def mentions(row: Any, text: str, searched: Sequence[str]) -> bool:
    """Does every word of the text stand somewhere in the properties?"""
    content = fold(" ".join(str(getattr(row, name) or "") for name in searched))
    return all(word in content for word in fold(text).split())


def sortable(value: Any) -> tuple[bool, Any]:
    """Nulls last and text by its letters, as the database sorts them."""
    return (value is None, sort_key(value) if isinstance(value, str) else 0 if value is None else value)
