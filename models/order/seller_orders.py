"""Pages of a seller's orders: which orders make the page is decided on an index alone, then those are put together.

Without a filter of states the index over (store, created_at, id) gives the page; with one, each state gives its first
rows from the index over (store, status, created_at, id), and the page is the first of those.
"""

from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Select,
    Text,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    null,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.sql.elements import ColumnElement

from models.order.seller_order import BRIEF, WHOLE, with_order
from models.schema.order import LINE_WORDS, order, order_line, seller_order
from models.shared.list_sql import LIMIT, OFFSET, SHAPES_HELD, Shape, after, condition, fields_of
from models.shared.ownership import is_own
from utils.sql import Prepared

MOST_COUNTED = 1_000

_so = seller_order.c
# Of a page, and one more. PostgreSQL takes a LIMIT or OFFSET that is a parameter for a tenth of all rows; a plan for so
# many seems dear, and it would plan the statement anew for each request. With this literal below it does so only for
# pages by offset.
MOST_ROWS = 101
_most: ColumnElement[Any] = literal_column(str(MOST_ROWS))


_q = bindparam("q", type_=Text)
_number = bindparam("number", type_=BigInteger)
_words = cast(bindparam("words", type_=Text), TSQUERY)
# By id, number, or words of its lines; found first, whatever the planner thinks of how common the words are.
_named = (
    union_all(
        select(_so.id).where(_so.id == _q),
        select(_so.id).join(order, order.c.id == _so.order_id).where(order.c.display_id == _number),
        select(order_line.c.seller_order_id).where(LINE_WORDS.op("@@")(_words)),
    )
    .cte("named")
    .prefix_with("MATERIALIZED")
)
FIELDS = fields_of((_so.created_at, _so.updated_at))


def _where(shape: Shape, named: bool) -> list[ColumnElement[bool]]:
    """The conditions beside states: the seller, the shape of moments, and the search for an order."""
    found = [_so.id.in_(select(_named.c.id))] if named else []
    return [is_own("seller_order"), condition(shape, FIELDS), *found]


def _chosen(shape: Shape, named: bool, states: bool, descending: bool, start: str) -> Select[Any]:
    """Ids of the page with what they are sorted by."""
    conditions = _where(shape, named)
    if start == "cursor":
        conditions.append(after(_so.created_at, _so.id, descending))
    rows = select(_so.id, _so.created_at).where(*conditions)
    if states:
        wanted = func.unnest(bindparam("statuses", type_=ARRAY(Text)))
        state = wanted.table_valued(column("status", Text)).render_derived("state")
        of_state = rows.where(_so.status == state.c.status).order_by(*_by(_so, descending))
        each = of_state.limit(LIMIT + OFFSET if start == "offset" else _most).lateral("of_state")
        rows = select(each.c.id, each.c.created_at).select_from(state.join(each, true()))
        rows = rows.order_by(*_by(each.c, descending))
    else:
        rows = rows.order_by(*_by(_so, descending))
    return rows.limit(LIMIT).offset(OFFSET) if start == "offset" else _few(rows, descending)


def _by(columns: Any, descending: bool) -> list[ColumnElement[Any]]:
    return [key.desc() if descending else key for key in (columns.created_at, columns.id)]


def _few(rows: Select[Any], descending: bool) -> Select[Any]:
    """The first `limit` of the rows, in a way that the planner knows to be few."""
    few = rows.limit(_most).subquery()
    return select(few).order_by(*_by(few.c, descending)).limit(LIMIT)


@lru_cache(SHAPES_HELD)
def page(shape: Shape, named: bool, states: bool, descending: bool, start: str, brief: bool) -> Prepared:
    """The statement of a page, which starts `first`, by `offset` or after a `cursor`.

    Takes `own_seller`, `limit`, the shape's values; `q`, `number` and `words` if `named`; `statuses` if `states`.
    """
    chosen = _chosen(shape, named, states, descending, start).cte("chosen").prefix_with("MATERIALIZED")
    rows = with_order(chosen.join(seller_order, _so.id == chosen.c.id))
    # Counted with the first of several pages only, once a statement.
    count = cast(null(), BigInteger) if start == "cursor" else _counted(shape, named, states).scalar_subquery()
    return Prepared(select(BRIEF if brief else WHOLE, count).select_from(rows).order_by(*_by(chosen.c, descending)))


def _counted(shape: Shape, named: bool, states: bool) -> Select[Any]:
    """How many there are, up to MOST_COUNTED and one: no more rows are looked at."""
    conditions = _where(shape, named)
    if states:
        conditions.append(_so.status == func.any(bindparam("statuses", type_=ARRAY(Text))))
    most: ColumnElement[Any] = literal_column(str(MOST_COUNTED + 1))
    some = select(literal_column("1").label("one")).where(*conditions).limit(most).subquery()
    return select(func.count()).select_from(some)


@lru_cache(SHAPES_HELD)
def count(shape: Shape, named: bool, states: bool) -> Prepared:
    """For pages without a row, which say nothing of how many are before them."""
    return Prepared(_counted(shape, named, states))
