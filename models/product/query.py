"""The lists of products, variants and options: what they are filtered, searched and sorted by, for whom."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    union_all,
)

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
from models.schema.seller import seller
from models.seller.seller import LISTED
from models.shared.list_query import Order
from models.shared.list_sql import TEXTS, Bound, Field, Filter, Nested, SqlList, flag, full_text, is_found, one_of
from models.shared.ownership import is_own
from utils.sql import Prepared


def in_either(one: Select[Any], other: Select[Any]) -> CompoundSelect[Any]:
    """Ids that one of two searches finds, each by its own index; an OR of both would look at every row."""
    return union_all(one.correlate(None), other.correlate(None))


def linked(table: Any, column: str) -> Filter:
    """Products that a link table joins with one of the values."""
    rows = select(table.c.product_id)
    return Filter(TEXTS, lambda value: product.c.id.in_(rows.where(table.c[column] == func.any(value))))


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


OPTION_FIELDS: dict[str, Field] = {
    "option_id": one_of(product_option_value.c.option_id),
    "value": one_of(product_option_value.c.value),
}

VARIANT_FIELDS: dict[str, Field] = {
    "options": Nested(OPTION_FIELDS, with_option),
    **{name: one_of(product_variant.c[name]) for name in ("id", "product_id", "title", "sku", "barcode", "ean", "upc")},
    "allow_backorder": flag(product_variant.c.allow_backorder),
    "manage_inventory": flag(product_variant.c.manage_inventory),
    "q": full_text(
        lambda value: product_variant.c.id.in_(
            in_either(
                select(product_variant.c.id)
                .join(product, product.c.id == product_variant.c.product_id)
                .where(is_found(product.c.search, value)),
                select(product_variant.c.id).where(is_found(VARIANT_WORDS, value)),
            )
        ),
    ),
    "created_at": one_of(product_variant.c.created_at),
    "updated_at": one_of(product_variant.c.updated_at),
}

PRODUCT_OPTION_FIELDS: dict[str, Field] = {
    **{name: one_of(product_option.c[name]) for name in ("id", "product_id", "title")},
    "q": full_text(lambda value: is_found(OPTION_WORDS, value)),
}

PRODUCT_FIELDS: dict[str, Field] = {
    "variants": Nested(VARIANT_FIELDS, having_variants),
    **{name: one_of(product.c[name]) for name in ("id", "handle", "title", "collection_id", "type_id", "external_id")},
    "seller_id": one_of(product.c.seller_id),
    "is_giftcard": flag(product.c.is_giftcard),
    "category_id": linked(product_category_product, "category_id"),
    "tag_id": linked(product_tag_product, "tag_id"),
    "sales_channel_id": linked(product_sales_channel, "sales_channel_id"),
    "option_value_id": Filter(
        TEXTS,
        lambda value: product.c.id.in_(
            select(product_option.c.product_id)
            .join(product_option_value, product_option_value.c.option_id == product_option.c.id)
            .where(product_option_value.c.id == func.any(value))
        ),
    ),
    "shared_option_value_id": Filter(TEXTS, having_shared),
    "q": full_text(lambda value: is_found(product.c.search, value)),
    "created_at": one_of(product.c.created_at),
    "updated_at": one_of(product.c.updated_at),
}


# What people see who run shops: products of every status, found by the codes of their variants as well.
CATALOGUE_FIELDS: dict[str, Field] = {
    **PRODUCT_FIELDS,
    "status": one_of(product.c.status),
    "sku": Filter(TEXTS, lambda value: having_variants(product_variant.c.sku == func.any(value))),
    "q": full_text(
        lambda value: product.c.id.in_(
            in_either(
                select(product.c.id).where(is_found(product.c.search, value)),
                select(product_variant.c.product_id).where(is_found(VARIANT_WORDS, value)),
            )
        ),
    ),
}


def visible() -> ColumnElement[bool]:
    """Products that a key of these channels may see: published, sold there, of a listed seller."""
    channels = bindparam("channels", type_=TEXTS)
    here = select(product_sales_channel.c.product_id).where(
        product_sales_channel.c.sales_channel_id == func.any(channels)
    )
    listed = select(seller.c.id).where(or_(*(seller.c.status == status for status in LISTED)))
    return and_(
        product.c.status == "published",
        product.c.deleted_at.is_(None),
        product.c.seller_id.in_(listed),
        product.c.id.in_(here),
    )


_variants = product_variant.join(product, product.c.id == product_variant.c.product_id)
_options = product_option.join(product, product.c.id == product_option.c.product_id)
_kept = product.c.deleted_at.is_(None)
BY_ID: Order = ("id", False)
# For buyers: the parameter is `channels`.
PRODUCTS = SqlList(
    rows=product, key=product.c.id, fields=PRODUCT_FIELDS, sorts=dict(product.c), scope=visible(), order=BY_ID
)
VARIANTS = SqlList(
    rows=_variants,
    key=product_variant.c.id,
    fields=VARIANT_FIELDS,
    sorts=dict(product_variant.c),
    scope=visible(),
    order=BY_ID,
)
OPTIONS = SqlList(
    rows=_options,
    key=product_option.c.id,
    fields=PRODUCT_OPTION_FIELDS,
    sorts=dict(product_option.c),
    scope=visible(),
    order=BY_ID,
)
# For those who run shops, of every status; OWN_PRODUCTS takes `own_seller`.
ALL_PRODUCTS = SqlList(rows=product, key=product.c.id, fields=CATALOGUE_FIELDS, sorts=dict(product.c), scope=_kept)
OWN_PRODUCTS = SqlList(
    rows=product,
    key=product.c.id,
    fields=CATALOGUE_FIELDS,
    sorts=dict(product.c),
    scope=and_(is_own("product"), _kept),
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
