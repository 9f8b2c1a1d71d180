"""Pages of a statement that is made for each request: lists that are asked for seldom, filtered in many ways."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func

from models.shared.list_query import NEWEST_FIRST
from models.shared.list_sql import Field, condition, one_of, shape_of, sorted_by, words
from utils.query import ordering


def page_of(
    statement: Select[Any],
    columns: Mapping[str, Any],
    *,
    limit: int,
    offset: int,
    order: str | None = None,
    q: str = "",
    searched: Sequence[str] = (),
    **filters: Any,
) -> tuple[Select[Any], Select[Any]]:
    """The statement of a page and the one that counts all that fit. `columns` leads from names of the wire to columns;
    the newest come first unless the order is said; `searched` are the columns that `q` looks at."""
    fields: dict[str, Field] = {name: one_of(columns[name]) for name in filters}
    if q:
        fields["q"], filters["q"] = words(*(columns[name] for name in searched)), q
    values: list[Any] = []
    wanted = condition(shape_of(filters, fields, values), fields, values)
    fitting = statement.where(wanted) if filters else statement
    name, descending = ordering(order) or NEWEST_FIRST
    page = fitting.order_by(*sorted_by(columns[name], columns["id"], descending)).limit(limit).offset(offset)
    return page, fitting.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)
