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
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.sql.elements import ColumnElement

from models.ownership import is_own
from models.store_order import BRIEF, WHOLE, with_order
from models.transaction import LINE_WORDS, order, order_line, store_order
from utils.sql import Prepared

MOST_COUNTED = 1_000

_so = store_order.c
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


_numbered = (
    select(_so.id)
    .join(order, order.c.id == _so.order_id)
    .where(order.c.display_id == bindparam("number", type_=BigInteger))
)
# Found first, whatever the planner thinks of how common the words are.
_worded = (
    select(order_line.c.store_order_id)
    .where(LINE_WORDS.op("@@")(func.plainto_tsquery(literal_column("'simple'::regconfig"), bindparam("q", type_=Text))))
    .cte("worded")
    .prefix_with("MATERIALIZED")
)
_numbers_or_words = union_all(
    select(_so.id).where(_so.id == bindparam("q", type_=Text)), _numbered, select(_worded.c.store_order_id)
)
# The filters beside states, by the name that chooses the statement: none, moments, and those with a number or words.
FILTERS: Mapping[str, list[ColumnElement[bool]]] = {
    "": [],
    "moments": _between(),
    "number": [*_between(), _so.id.in_(_numbers_or_words)],
    "words": [*_between(), _so.id.in_(select(_worded.c.store_order_id))],
}


def _chosen(filters: str, states: bool, descending: bool, keyed: bool) -> Select[Any]:
    """Ids of the page with what they are sorted by."""
    by = [key.desc() if descending else key for key in (_so.created_at, _so.id)]
    conditions = [is_own("store_order"), *FILTERS[filters]] + ([_after(descending)] if keyed else [])
    rows = select(_so.id, _so.created_at).where(*conditions)
    if not states:
        return rows.order_by(*by).limit(_limit).offset(_offset)
    state = _states()
    of_state = rows.where(_so.status == state.c.status).order_by(*by).limit(_limit + _offset).lateral("of_state")
    keys = (of_state.c.created_at, of_state.c.id)
    return (
        select(of_state.c.id, of_state.c.created_at)
        .select_from(state.join(of_state, true()))
        .order_by(*(key.desc() if descending else key for key in keys))
        .limit(_limit)
        .offset(_offset)
    )


def _states() -> Any:
    wanted = func.unnest(bindparam("statuses", type_=ARRAY(Text)))
    return wanted.table_valued(column("status", Text)).render_derived("state")


def _page(filters: str, states: bool, descending: bool, keyed: bool, brief: bool) -> Prepared:
    chosen = _chosen(filters, states, descending, keyed).cte("chosen").prefix_with("MATERIALIZED")
    by = [key.desc() if descending else key for key in (chosen.c.created_at, chosen.c.id)]
    rows = with_order(chosen.join(store_order, _so.id == chosen.c.id))
    # Counted with the first of several pages only, once a statement.
    count = cast(null(), BigInteger) if keyed else _counted(filters, states).scalar_subquery()
    return Prepared(select(BRIEF if brief else WHOLE, count).select_from(rows).order_by(*by))


def _counted(filters: str, states: bool) -> Select[Any]:
    """How many there are, up to MOST_COUNTED and one: no more rows are looked at."""
    conditions = [is_own("store_order"), *FILTERS[filters]]
    if states:
        conditions.append(_so.status == func.any(bindparam("statuses", type_=ARRAY(Text))))
    some = select(literal(1).label("one")).where(*conditions).limit(MOST_COUNTED + 1).subquery()
    return select(func.count()).select_from(some)


PAGES = {
    (filters, states, descending, keyed, brief): _page(filters, states, descending, keyed, brief)
    for filters in FILTERS
    for states in (False, True)
    for descending in (False, True)
    for keyed in (False, True)
    for brief in (False, True)
}
# For pages without a row, which say nothing of how many are before them.
COUNTS = {(filters, states): Prepared(_counted(filters, states)) for filters in FILTERS for states in (False, True)}
