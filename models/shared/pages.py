"""Pages of lists that are asked for seldom and filtered in many ways: each request has a statement of its own."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func

from models.shared.filters import COMPARISONS
from models.shared.sorting import mentions, sorted_by
from utils import clock
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
    """The statement of a page and the one that counts all that fits. `columns` leads from names of the wire to columns;
    the newest come first unless the order is said; `searched` are the columns that `q` looks at."""
    wanted = [condition(columns[name], value) for name, value in filters.items()]
    wanted += mentions(func.concat_ws(" ", *(columns[name] for name in searched)), q)
    fitting = statement.where(and_(*wanted)) if wanted else statement
    name, descending = ordering(order) or ("created_at", True)
    column = columns[name]
    page = fitting.order_by(*sorted_by(column, columns["id"], descending)).limit(limit).offset(offset)
    return page, fitting.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)


def condition(column: ColumnElement[Any], wanted: Any) -> ColumnElement[bool]:
    """A value, one of several, or comparisons of moments."""
    if isinstance(wanted, Mapping):
        return and_(True, *(COMPARISONS[sign](column, clock.read(bound)) for sign, bound in wanted.items()))
    return column.in_(wanted) if isinstance(wanted, list) else column == wanted
