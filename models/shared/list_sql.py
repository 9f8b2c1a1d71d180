"""The list query in SQL: each shape of filters and order becomes a statement once; the values are bound.

A filter tree is first reduced to its shape (names and comparisons, without values). Statements are made of the shape,
the order and the list, and kept.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    DateTime,
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    collate,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY
from sqlalchemy.types import ARRAY as SqlArray  # noqa: N811
from sqlalchemy.types import TypeEngine

from models.shared.list_query import BOTH, COMPARISONS, NEWEST_FIRST, ListQuery, Order
from utils import clock
from utils.folding import fold, query_of
from utils.sql import Prepared

Shape = tuple[Any, ...]
Condition = ColumnElement[bool]
Bound = ColumnElement[Any]

SHAPES_HELD = 512
TEXTS, WHEN = ARRAY(Text), DateTime(timezone=True)
# Columns that have what they are sorted by in a column of its own, with an index.
KEPT = {("product", "title"): "title_key"}
LIMIT, OFFSET = bindparam("limit", type_=Integer), bindparam("offset", type_=Integer)


def as_list(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def unchanged(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True, eq=False)
class Filter:
    """A condition on one bound value, which `read` makes of what the query names: None where that asks for nothing."""

    type: TypeEngine[Any]
    test: Callable[[Bound], Condition]
    read: Callable[[Any], Any] = unchanged
    column: ColumnElement[Any] | None = None  # what comparisons of moments are made with
    is_search: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Nested:
    """Filters on rows below: one row must fit all of them."""

    fields: "Fields"
    test: Callable[[Condition], Condition]


Field = Filter | Nested
Fields = Mapping[str, Field]


def one_of(column: ColumnElement[Any]) -> Filter:
    """The column is the value, or one of several; a moment is compared."""
    return Filter(ARRAY(column.type), lambda values: column == func.any(values), as_list, column)


def flag(column: ColumnElement[Any]) -> Filter:
    return Filter(column.type, lambda value: column == value)


def nullable(column: ColumnElement[Any], read: Callable[[list[str]], list[str]] = unchanged) -> Filter:
    """As `one_of`; the word `null` means that the column is null."""

    def test(values: Bound) -> Condition:
        return or_(column == func.any(values), and_(column.is_(None), literal("null") == func.any(values)))

    return Filter(TEXTS, test, lambda values: read(as_list(values)))


def words(*columns: ColumnElement[Any]) -> Filter:
    """Every word of the text stands somewhere in the columns, however it is accented, composed or cased."""
    content = func.fold(func.concat_ws(" ", *columns))
    return Filter(TEXTS, lambda patterns: content.like(func.all(patterns)), patterns_of)


def phrase(*columns: ColumnElement[Any]) -> Filter:
    """The text stands somewhere in the columns, however it is accented, composed or cased."""
    content = func.fold(func.concat_ws(" ", *columns))
    return Filter(Text(), lambda text: func.strpos(content, func.fold(text)) > 0)


def full_text(test: Callable[[Bound], Condition]) -> Filter:
    """A text search, which an index of words answers."""
    return Filter(Text(), test, lambda text: query_of(text) or None, is_search=True)


def is_found(vector: ColumnElement[Any], value: Bound) -> Condition:
    """The words (a `search_vector`) fit the text search, which is made by `query_of`."""
    return vector.op("@@")(cast(value, TSQUERY))


def patterns_of(text: str) -> list[str] | None:
    """A pattern of LIKE for each word of the text; None for none."""
    escaped = fold(text).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return [f"%{word}%" for word in escaped.split()] or None


def fields_of(columns: Iterable[ColumnElement[Any]]) -> dict[str, Field]:
    """A filter for each of the columns, by its name."""
    return {column.key or "": one_of(column) for column in columns if not isinstance(column.type, SqlArray)}


def shape_of(filters: Mapping[str, Any], fields: Fields, values: list[Any]) -> Shape:
    """The shape of a filter tree; the values go to `values` in the order of the shape's numbers."""
    parts: list[Any] = []
    for name, value in filters.items():
        if name in BOTH:
            parts.append((name, *(shape_of(one, fields, values) for one in value)))
            continue
        known = fields[name]
        if isinstance(known, Nested):
            parts.append((name, "all", shape_of(value, known.fields, values)))
        elif isinstance(value, Mapping):
            for sign, moment in value.items():
                parts.append((name, sign, len(values)))
                values.append(clock.parse_iso(moment))
        elif (bound := known.read(value)) is not None:
            parts.append((name, "", len(values)))
            values.append(bound)
    return ("$and", *parts)


def condition(shape: Shape, fields: Fields, values: Sequence[Any] | None = None) -> Condition:
    """The condition of a shape, with bound parameters `v0`, `v1`, ...; or with the values, where they are given."""
    name = shape[0]
    if name in BOTH:
        parts = [condition(part, fields, values) for part in shape[1:]]
        return (and_ if name == "$and" else or_)(*parts) if parts else true()
    _, sign, place = shape
    known = fields[name]
    if isinstance(known, Nested):
        return known.test(condition(place, known.fields, values))
    kind = WHEN if sign else known.type
    value = bindparam(f"v{place}", type_=kind) if values is None else literal(values[place], kind)
    return COMPARISONS[sign](known.column, value) if sign else known.test(value)


def bound(values: Iterable[Any]) -> dict[str, Any]:
    return {f"v{place}": value for place, value in enumerate(values)}


def is_searched(shape: Shape, fields: Fields) -> bool:
    """A text search is among the filters."""
    name = shape[0]
    if name in BOTH:
        return any(is_searched(part, fields) for part in shape[1:])
    known = fields[name]
    return is_searched(shape[2], known.fields) if isinstance(known, Nested) else known.is_search


def sort_keys(column: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    """What stands for the column in ORDER BY: text by its letters first, then as it is written; ids as they are."""
    name = getattr(column, "name", "")
    if not isinstance(column.type, Text) or name == "id":
        return [column]
    table = getattr(column, "table", None)
    kept = KEPT.get((getattr(table, "name", ""), name))
    folded = table.c[kept] if kept is not None and table is not None else collate(func.fold(column), "C")
    return [folded, collate(column, "C")]


def sorted_by(column: ColumnElement[Any], key: ColumnElement[Any], descending: bool) -> list[ColumnElement[Any]]:
    """The whole ORDER BY: rows of equal text stand in the order of their ids, so that pages never overlap."""
    keys = [*sort_keys(column), *(() if column is key else (key,))]
    return [one.desc() if descending else one for one in keys]


def after(created_at: ColumnElement[Any], key: ColumnElement[Any], descending: bool) -> Condition:
    """Rows that come after the last one of the page before: the parameters are `last_at` and `last_id`."""
    keys = tuple_(created_at, key)
    last = tuple_(bindparam("last_at", type_=WHEN), bindparam("last_id", type_=Text))
    return keys < last if descending else keys > last


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SqlList:
    """A list of rows: which there are (`rows` under `scope`), what they are filtered and sorted by, what is shown.

    `columns` are what is shown of a row, else all of them; `whole` is a document that is put together of several
    tables, which is done only for the rows of the page.
    """

    rows: FromClause
    key: ColumnElement[Any]
    fields: Fields
    sorts: Mapping[str, ColumnElement[Any]] = field(default_factory=dict)
    scope: Condition = field(default_factory=true)
    columns: tuple[ColumnElement[Any], ...] = ()
    whole: ColumnElement[Any] | None = None
    order: Order = NEWEST_FIRST

    def asked(self, query: ListQuery) -> tuple[Shape, Order, dict[str, Any]]:
        """The shape of a query, its order, and the parameters of the statements that are made of them."""
        values: list[Any] = []
        shape = shape_of(query.filters, self.fields, values)
        return shape, query.order or self.order, {"limit": query.limit, "offset": query.offset, **bound(values)}

    def where(self, shape: Shape) -> Condition:
        return and_(self.scope, condition(shape, self.fields))

    def by(self, order: Order) -> list[ColumnElement[Any]]:
        name, descending = order
        return sorted_by(self.sorts[name], self.key, descending)


@lru_cache(SHAPES_HELD)
def rows_of(listing: SqlList, shape: Shape, order: Order) -> Select[Any]:
    """The rows of a page; which rows make it is decided before they are put together."""
    by, where = listing.by(order), listing.where(shape)
    if listing.whole is None:
        shown = select(*listing.columns).select_from(listing.rows) if listing.columns else select(listing.rows)
        return shown.where(where).order_by(*by).limit(LIMIT).offset(OFFSET)
    page = select(listing.key).select_from(listing.rows).where(where).order_by(*by).limit(LIMIT).offset(OFFSET)
    return select(listing.whole).select_from(listing.rows).where(listing.key.in_(page)).order_by(*by)


@lru_cache(SHAPES_HELD)
def count_of(listing: SqlList, shape: Shape) -> Select[Any]:
    """How many rows fit, on all pages."""
    return select(func.count()).select_from(listing.rows).where(listing.where(shape))


@lru_cache(SHAPES_HELD)
def page(listing: SqlList, shape: Shape, order: Order) -> Prepared:
    return Prepared(rows_of(listing, shape, order))


@lru_cache(SHAPES_HELD)
def count(listing: SqlList, shape: Shape) -> Prepared:
    return Prepared(count_of(listing, shape))


@lru_cache(SHAPES_HELD)
def ids_of(listing: SqlList, shape: Shape, order: Order, counted: bool) -> Prepared:
    """One row: `ids` of the page in order and, if it is to be counted, the `total` of all that fit.

    What is searched is found first, by the index of words: the planner does not know how rare a word is, and would look
    for the page's rows in the order of the list, through all of it where there are few or none.
    """
    column, key, descending = listing.sorts[order[0]], listing.key, order[1]
    keys = [*sort_keys(column), *(() if column is key else (key,))]
    where = listing.where(shape)
    if is_searched(shape, listing.fields):
        fitting = select(key.label("key"), *(k.label(f"by_{place}") for place, k in enumerate(keys)))
        found = fitting.select_from(listing.rows).where(where).cte("found").prefix_with("MATERIALIZED")
        keys, ids, counting = [*found.c][1:], select(found.c.key), select(func.count()).select_from(found)
    else:
        ids, counting = select(key).select_from(listing.rows).where(where), count_of(listing, shape)
    page = ids.order_by(*(k.desc() if descending else k for k in keys)).limit(LIMIT).offset(OFFSET)
    array = func.array(page.scalar_subquery(), type_=TEXTS).label("ids")
    return Prepared(select(array, counting.scalar_subquery().label("total")) if counted else select(array))
