"""The list query: filters, order, search, and a page by offset or by cursor. Its back ends are `list_sql`, for tables,
and `list_memory`, for what is held in the process.

Filters come from a query string as a tree: `{name: value}`, with `$and` and `$or` of such trees. A value is one value,
a list (any of them fits) or comparisons of moments; `q` is searched for.
"""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from utils.errors import AppError

Order = tuple[str, bool]  # the name of a field, and whether it descends
# Of columns and of values: `column == bound` is a condition, `value == bound` an answer.
COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {"$eq": eq, "$ne": ne, "$gt": gt, "$gte": ge, "$lt": lt, "$lte": le}
BOTH = ("$and", "$or")
NEWEST_FIRST: Order = ("created_at", True)
OLDEST_FIRST: Order = ("created_at", False)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class CursorInvalid(AppError):
    code, kind = "cursor_invalid", "invalid"
    message = "The cursor is not one that a page has given."


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What is asked of a list. No `order` means the list's own."""

    limit: int
    offset: int = 0
    order: Order | None = None
    filters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page of rows in the order of (created_at, id) ended: the next one goes on after it."""

    created_at: datetime
    id: str

    def __str__(self) -> str:
        micros = (self.created_at - EPOCH) // timedelta(microseconds=1)
        return base64.urlsafe_b64encode(f"{micros}.{self.id}".encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """The cursor that a page has given; CursorInvalid for any other text."""
        try:
            micros, _, last_id = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition(".")
            moment = EPOCH + timedelta(microseconds=int(micros))
        except (binascii.Error, ValueError, OverflowError):
            raise CursorInvalid() from None
        if not last_id or "\0" in last_id:
            raise CursorInvalid()
        return cls(moment, last_id)
