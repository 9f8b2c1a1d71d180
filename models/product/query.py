"""Finding products and variants: filters as they come from a query, as conditions of one statement.

A filter tree is first reduced to its shape (names and operators, without values), so that statements are built once for
each shape and kept: `(shape, values)` is what a search is asked with.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    CompoundSelect,
    DateTime,
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    exists,
    func,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY
from sqlalchemy.types import TypeEngine

from models.schema.product import (
    OPTION_WORDS,
    VARIANT_WORDS,
    product,
    product_category_product,
    product_option,
    product_option_value,
    product_sales_channel,
    product_tag_product,
    product_variant,
    variant_option_value,
)
from models.schema.seller import store
from models.seller.seller import LISTED
from models.shared.filters import COMPARISONS
from models.shared.ownership import is_own
from models.shared.sorting import sort_keys
from utils import clock
from utils.folding import query_of
from utils.sql import Prepared

Shape = tuple[Any, ...]
Bound = ColumnElement[Any]
Leaf = tuple[TypeEngine[Any], Callable[[Bound], ColumnElement[bool]]]

SHAPES_HELD = 512
TEXTS, FLAG, WHEN = ARRAY(Text), Boolean(), DateTime(timezone=True)


def is_found(words: ColumnElement[Any], value: Bound) -> ColumnElement[bool]:
    """The words (a `search_vector`) fit the text search, which is made by `query_of`."""
    return words.op("@@")(cast(value, TSQUERY))


def in_either(one: Select[Any], other: Select[Any]) -> CompoundSelect[Any]:
    """Ids that one of two searches finds, each by its own index; an OR of both would look at every row."""
    return union_all(one.correlate(None), other.correlate(None))


def one_of(column: ColumnElement[Any]) -> Leaf:
    return TEXTS, lambda value: column == func.any(value)


def linked(table: Any, column: str) -> Leaf:
    """Products that a link table joins with one of the values."""
    rows = select(table.c.product_id)
    return TEXTS, lambda value: product.c.id.in_(rows.where(table.c[column] == func.any(value)))


def moments(table: Any, name: str) -> dict[str, Leaf]:
    def leaf(compare: Callable[[Any, Bound], ColumnElement[bool]]) -> Leaf:
        return WHEN, lambda value: compare(table.c[name], value)

    return {f"{name}.{operator}": leaf(compare) for operator, compare in COMPARISONS.items()}


def having_variants(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(product_variant.c.product_id == product.c.id, *conditions)


def with_option(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """A variant of which an option value fits."""
    values = (
        select(variant_option_value.c.variant_id)
        .join(product_option_value, product_option_value.c.id == variant_option_value.c.option_value_id)
        .where(condition)
    )
    return product_variant.c.id.in_(values)


SHARED_OPTION, SHARED_VALUE = "opt_shared_", "optval_shared_"
SHARED_KEY_LENGTH = 16


def shared_key(column: ColumnElement[Any]) -> ColumnElement[str]:
    """What titles and values of options are the same by: case and outer blanks aside."""
    return func.left(func.md5(func.lower(func.btrim(column))), SHARED_KEY_LENGTH)


def having_shared(value_ids: Bound) -> ColumnElement[bool]:
    """Products with a value of one of these ids, as in shared_option.py; the last condition is for its index."""
    title, value = shared_key(product_option.c.title), shared_key(product_option_value.c.value)
    keys = select(func.right(func.unnest(value_ids), SHARED_KEY_LENGTH))
    rows = select(product_option.c.product_id).join(
        product_option_value, product_option_value.c.option_id == product_option.c.id
    )
    return product.c.id.in_(rows.where(func.concat(SHARED_VALUE, title, value) == func.any(value_ids), value.in_(keys)))


OPTION_LEAVES: dict[str, Leaf] = {
    "option_id": one_of(product_option_value.c.option_id),
    "value": one_of(product_option_value.c.value),
}

VARIANT_LEAVES: dict[str, Leaf] = {
    **{name: one_of(product_variant.c[name]) for name in ("id", "product_id", "title", "sku", "barcode", "ean", "upc")},
    "allow_backorder": (FLAG, lambda value: product_variant.c.allow_backorder == value),
    "manage_inventory": (FLAG, lambda value: product_variant.c.manage_inventory == value),
    "q": (
        Text(),
        lambda value: product_variant.c.id.in_(
            in_either(
                select(product_variant.c.id)
                .join(product, product.c.id == product_variant.c.product_id)
                .where(is_found(product.c.search, value)),
                select(product_variant.c.id).where(is_found(VARIANT_WORDS, value)),
            )
        ),
    ),
    **moments(product_variant, "created_at"),
    **moments(product_variant, "updated_at"),
}

PRODUCT_OPTION_LEAVES: dict[str, Leaf] = {
    **{name: one_of(product_option.c[name]) for name in ("id", "product_id", "title")},
    "q": (
        Text(),
        lambda value: is_found(OPTION_WORDS, value),
    ),
}

PRODUCT_LEAVES: dict[str, Leaf] = {
    **{name: one_of(product.c[name]) for name in ("id", "handle", "title", "collection_id", "type_id", "external_id")},
    "seller_id": one_of(product.c.store_id),
    "is_giftcard": (FLAG, lambda value: product.c.is_giftcard == value),
    "category_id": linked(product_category_product, "category_id"),
    "tag_id": linked(product_tag_product, "tag_id"),
    "sales_channel_id": linked(product_sales_channel, "sales_channel_id"),
    "option_value_id": (
        TEXTS,
        lambda value: product.c.id.in_(
            select(product_option.c.product_id)
            .join(product_option_value, product_option_value.c.option_id == product_option.c.id)
            .where(product_option_value.c.id == func.any(value))
        ),
    ),
    "shared_option_value_id": (TEXTS, lambda value: having_shared(value)),
    "q": (Text(), lambda value: is_found(product.c.search, value)),
    **moments(product, "created_at"),
    **moments(product, "updated_at"),
}


# What people see who run shops: products of every status, found by the codes of their variants as well.
CATALOGUE_LEAVES: dict[str, Leaf] = {
    **PRODUCT_LEAVES,
    "status": one_of(product.c.status),
    "sku": (TEXTS, lambda value: having_variants(product_variant.c.sku == func.any(value))),
    "q": (
        Text(),
        lambda value: product.c.id.in_(
            in_either(
                select(product.c.id).where(is_found(product.c.search, value)),
                select(product_variant.c.product_id).where(is_found(VARIANT_WORDS, value)),
            )
        ),
    ),
}


RELATED = ("variants", "options")


def reduced(filters: Mapping[str, Any], values: list[Any], prefix: str = "") -> Shape:
    """The shape of a filter tree; the values go to `values` in the order of the shape's numbers."""
    parts: list[Any] = []
    for name, value in filters.items():
        if name in ("$and", "$or"):
            parts.append((name, *(reduced(one, values, prefix) for one in value)))
        elif isinstance(value, Mapping):
            parts.append((name, "all", reduced(value, values, "" if name in RELATED else f"{name}.")))
        elif name == "q":
            if text := query_of(value):
                parts.append((prefix + name, len(values)))
                values.append(text)
        else:
            parts.append((prefix + name, len(values)))
            values.append(clock.read(value) if name.startswith("$") else value)
    return ("$and", *parts)


def condition(shape: Shape, leaves: Mapping[str, Leaf]) -> ColumnElement[bool]:
    """The condition of a shape, with bound parameters `v0`, `v1`, ..."""
    name = shape[0]
    if name in ("$and", "$or"):
        parts = [condition(part, leaves) for part in shape[1:]]
        return (and_ if name == "$and" else or_)(*parts) if parts else true()
    if shape[1] == "all":
        if name == "variants":  # one variant must fit all of it
            return having_variants(condition(shape[2], VARIANT_LEAVES))
        if name == "options":  # one of the variant's option values must
            return with_option(condition(shape[2], OPTION_LEAVES))
        return condition(shape[2], leaves)
    kind, test = leaves[name]
    return test(bindparam(f"v{shape[1]}", type_=kind))


def bound(values: Iterable[Any]) -> dict[str, Any]:
    return {f"v{place}": value for place, value in enumerate(values)}


def visible() -> ColumnElement[bool]:
    """Products that a key of these channels may see: published, sold there, of a listed store."""
    channels = bindparam("channels", type_=TEXTS)
    here = select(product_sales_channel.c.product_id).where(
        product_sales_channel.c.sales_channel_id == func.any(channels)
    )
    listed = select(store.c.id).where(or_(*(store.c.status == status for status in LISTED)))
    return and_(
        product.c.status == "published",
        product.c.deleted_at.is_(None),
        product.c.store_id.in_(listed),
        product.c.id.in_(here),
    )


Order = tuple[str, bool]


def is_searched(shape: Shape) -> bool:
    """A text search is among the filters."""
    if shape[0] in ("$and", "$or"):
        return any(is_searched(part) for part in shape[1:])
    return is_searched(shape[2]) if shape[1] == "all" else bool(shape[0] == "q")


def page_of(
    rows: FromClause, key: Any, where: ColumnElement[bool], order: tuple[Any, bool], counted: bool, searched: bool
) -> Prepared:
    """One row: `ids` of the page in order and, if it is to be counted, the `total` of all that fit.

    What is searched is found first, by the index of words: the planner does not know how rare a word is, and would look
    for the page's rows in the order of the list, through all of it where there are few or none.
    """
    column, descending = order
    keys = [*sort_keys(column), *(() if column is key else (key,))]
    fitting: Any = select(key.label("key"), *(k.label(f"by_{place}") for place, k in enumerate(keys)))
    fitting = fitting.select_from(rows).where(where)
    if searched:
        found = fitting.cte("found").prefix_with("MATERIALIZED")
        keys, ids_of, counting = [*found.c][1:], select(found.c.key), select(func.count()).select_from(found)
    else:
        ids_of = select(key).select_from(rows).where(where)
        counting = select(func.count()).select_from(rows).where(where)
    page = (
        ids_of.order_by(*(k.desc() if descending else k for k in keys))
        .limit(bindparam("limit", type_=Integer))
        .offset(bindparam("offset", type_=Integer))
    )
    ids = func.array(page.scalar_subquery(), type_=TEXTS).label("ids")
    return Prepared(select(ids, counting.scalar_subquery().label("total")) if counted else select(ids))


@lru_cache(SHAPES_HELD)
def find_products(shape: Shape, order: Order, counted: bool) -> Prepared:
    """Takes `channels`, `limit`, `offset` and the shape's values; gives one row of `ids` and `total`."""
    where = and_(visible(), condition(shape, PRODUCT_LEAVES))
    return page_of(product, product.c.id, where, (product.c[order[0]], order[1]), counted, is_searched(shape))


@lru_cache(SHAPES_HELD)
def find_in_catalogue(shape: Shape, order: Order, own: bool) -> Prepared:
    """As `find_products`, for products of any status; with `own` it takes `own_store` instead of `channels`."""
    here = is_own("product") if own else true()
    where = and_(here, product.c.deleted_at.is_(None), condition(shape, CATALOGUE_LEAVES))
    return page_of(product, product.c.id, where, (product.c[order[0]], order[1]), True, is_searched(shape))


@lru_cache(SHAPES_HELD)
def find_variants(shape: Shape, order: Order, counted: bool) -> Prepared:
    """As `find_products`, for variants."""
    where = and_(visible(), condition(shape, VARIANT_LEAVES))
    rows = product_variant.join(product, product.c.id == product_variant.c.product_id)
    return page_of(
        rows, product_variant.c.id, where, (product_variant.c[order[0]], order[1]), counted, is_searched(shape)
    )


@lru_cache(SHAPES_HELD)
def find_options(shape: Shape, order: Order, counted: bool) -> Prepared:
    """As `find_products`, for options."""
    where = and_(visible(), condition(shape, PRODUCT_OPTION_LEAVES))
    rows = product_option.join(product, product.c.id == product_option.c.product_id)
    return page_of(
        rows, product_option.c.id, where, (product_option.c[order[0]], order[1]), counted, is_searched(shape)
    )


def _grouped(key: Any, rows: Any) -> Prepared:
    """`key` and `product_id` of up to `limit` visible products for each of `keys`, in the order of their ids."""
    place = func.row_number().over(partition_by=key, order_by=product.c.id).label("place")
    ranked = (
        select(key.label("key"), product.c.id.label("product_id"), place)
        .select_from(rows)
        .where(visible(), key == func.any(bindparam("keys", type_=TEXTS)))
        .subquery()
    )
    kept = ranked.c.place <= bindparam("limit", type_=Integer)
    return Prepared(select(ranked.c.key, ranked.c.product_id).where(kept).order_by(ranked.c.key, ranked.c.place))


def _through(table: Any) -> Any:
    return product.join(table, table.c.product_id == product.c.id)


PRODUCTS_OF = {
    "collection": _grouped(product.c.collection_id, product),
    "type": _grouped(product.c.type_id, product),
    "tag": _grouped(product_tag_product.c.tag_id, _through(product_tag_product)),
    "category": _grouped(product_category_product.c.category_id, _through(product_category_product)),
}
