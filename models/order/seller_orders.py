"""Pages of a store's orders: which orders make the page is decided on an index alone, then those are put together.

Without a filter of states the index over (store, created_at, id) gives the page; with one, each state gives its first
rows from the index over (store, status, created_at, id), and the page is the first of those.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    DateTime,
    Integer,
    Select,
    Text,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    null,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.sql.elements import ColumnElement

from models.order.seller_order import BRIEF, WHOLE, with_order
from models.schema.order import LINE_WORDS, order, order_line, store_order
from models.shared.ownership import is_own
from utils.sql import Prepared

MOST_COUNTED = 1_000

_so = store_order.c
# Of a page, and one more. PostgreSQL takes a LIMIT or OFFSET that is a parameter for a tenth of all rows; a plan for so
# many seems dear, and it would plan the statement anew for each request. With this literal below it does so only for
# pages by offset.
MOST_ROWS = 101
_most: ColumnElement[Any] = literal_column(str(MOST_ROWS))
_limit, _offset = bindparam("limit", type_=Integer), bindparam("offset", type_=Integer)


def _after(descending: bool) -> ColumnElement[bool]:
    """Rows that come after the last one of the page before."""
    keys = tuple_(_so.created_at, _so.id)
    last = tuple_(bindparam("last_at", type_=DateTime(timezone=True)), bindparam("last_id", type_=Text))
    return keys < last if descending else keys > last


def _between() -> list[ColumnElement[bool]]:
    """Bounds on the moments of the order, each of them for nothing when its parameter is null."""
    bounds: list[ColumnElement[bool]] = []
    for name in ("created_at", "updated_at"):
        for sign, compare in (("gte", "__ge__"), ("gt", "__gt__"), ("lte", "__le__"), ("lt", "__lt__")):
            value = bindparam(f"{name}_{sign}", type_=DateTime(timezone=True))
            bounds.append(or_(value.is_(None), getattr(_so[name], compare)(value)))
    return bounds


_q = bindparam("q", type_=Text)
_number = bindparam("number", type_=BigInteger)
_words = cast(bindparam("words", type_=Text), TSQUERY)
# By id, number, or words of its lines; found first, whatever the planner thinks of how common the words are.
_named = (
    union_all(
        select(_so.id).where(_so.id == _q),
        select(_so.id).join(order, order.c.id == _so.order_id).where(order.c.display_id == _number),
        select(order_line.c.store_order_id).where(LINE_WORDS.op("@@")(_words)),
    )
    .cte("named")
    .prefix_with("MATERIALIZED")
)
# The filters beside states, by the name that chooses the statement.
FILTERS: Mapping[str, list[ColumnElement[bool]]] = {
    "": [],
    "moments": _between(),
    "named": [*_between(), _so.id.in_(select(_named.c.id))],
}


def _chosen(filters: str, states: bool, descending: bool, start: str) -> Select[Any]:
    """Ids of the page with what they are sorted by."""
    conditions = [is_own("store_order"), *FILTERS[filters]] + ([_after(descending)] if start == "cursor" else [])
    rows = select(_so.id, _so.created_at).where(*conditions)
    if states:
        wanted = func.unnest(bindparam("statuses", type_=ARRAY(Text)))
        state = wanted.table_valued(column("status", Text)).render_derived("state")
        of_state = rows.where(_so.status == state.c.status).order_by(*_by(_so, descending))
        each = of_state.limit(_limit + _offset if start == "offset" else _most).lateral("of_state")
        rows = select(each.c.id, each.c.created_at).select_from(state.join(each, true()))
        rows = rows.order_by(*_by(each.c, descending))
    else:
        rows = rows.order_by(*_by(_so, descending))
    return rows.limit(_limit).offset(_offset) if start == "offset" else _few(rows, descending)


def _by(columns: Any, descending: bool) -> list[ColumnElement[Any]]:
    return [key.desc() if descending else key for key in (columns.created_at, columns.id)]


def _few(rows: Select[Any], descending: bool) -> Select[Any]:
    """The first `limit` of the rows, in a way that the planner knows to be few."""
    few = rows.limit(_most).subquery()
    return select(few).order_by(*_by(few.c, descending)).limit(_limit)


def _page(filters: str, states: bool, descending: bool, start: str, brief: bool) -> Prepared:
    chosen = _chosen(filters, states, descending, start).cte("chosen").prefix_with("MATERIALIZED")
    rows = with_order(chosen.join(store_order, _so.id == chosen.c.id))
    # Counted with the first of several pages only, once a statement.
    count = cast(null(), BigInteger) if start == "cursor" else _counted(filters, states).scalar_subquery()
    return Prepared(select(BRIEF if brief else WHOLE, count).select_from(rows).order_by(*_by(chosen.c, descending)))


def _counted(filters: str, states: bool) -> Select[Any]:
    """How many there are, up to MOST_COUNTED and one: no more rows are looked at."""
    conditions = [is_own("store_order"), *FILTERS[filters]]
    if states:
        conditions.append(_so.status == func.any(bindparam("statuses", type_=ARRAY(Text))))
    most: ColumnElement[Any] = literal_column(str(MOST_COUNTED + 1))
    some = select(literal_column("1").label("one")).where(*conditions).limit(most).subquery()
    return select(func.count()).select_from(some)


PAGES = {
    (filters, states, descending, start, brief): _page(filters, states, descending, start, brief)
    for filters in FILTERS
    for states in (False, True)
    for descending in (False, True)
    for start in ("first", "offset", "cursor")
    for brief in (False, True)
}
# For pages without a row, which say nothing of how many are before them.
COUNTS = {(filters, states): Prepared(_counted(filters, states)) for filters in FILTERS for states in (False, True)}
