"""A product as it is read: one immutable object with its options, variants, images and prices, loaded in one statement.

PostgreSQL builds each product as a JSON array in the order of the struct's fields, which msgspec reads without names.
Moments are kept in their wire form (`utils.clock.to_iso`), since nothing here computes with them.
"""

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Select, Table, Text, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from models.pricing.price import Price
from models.schema.inventory import variant_inventory_item
from models.schema.pricing import price
from models.schema.product import (
    product,
    product_category_product,
    product_image,
    product_option,
    product_option_value,
    product_sales_channel,
    product_tag_product,
    product_variant,
    variant_image,
    variant_option_value,
)
from utils.sql import Prepared

S = TypeVar("S", bound=msgspec.Struct)
Metadata = dict[str, Any] | None
# Columns that a product and a variant have alike.
MEASURES = ("weight", "length", "height", "width", "hs_code", "origin_country", "mid_code", "material")


class Image(msgspec.Struct, frozen=True, array_like=True, gc=False):
    id: str
    url: str
    alt: str | None
    rank: int
    metadata: Metadata
    created_at: str
    updated_at: str


class OptionValue(msgspec.Struct, frozen=True, array_like=True, gc=False):
    id: str
    value: str
    rank: int
    metadata: Metadata
    created_at: str
    updated_at: str


class Option(msgspec.Struct, frozen=True, array_like=True, gc=False):
    id: str
    title: str
    metadata: Metadata
    created_at: str
    updated_at: str
    values: tuple[OptionValue, ...]


class StockNeed(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How many of an inventory item one piece of the variant takes."""

    item_id: str
    required_quantity: int


class Variant(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Weight in grams, sizes in millimetres. `prices` has every row: all currencies, regions, tiers and price lists."""

    id: str
    title: str
    sku: str | None
    barcode: str | None
    ean: str | None
    upc: str | None
    allow_backorder: bool
    order_limit: int | None
    manage_inventory: bool
    requires_shipping: bool
    variant_rank: int
    thumbnail: str | None
    weight: int | None
    length: int | None
    height: int | None
    width: int | None
    hs_code: str | None
    origin_country: str | None
    mid_code: str | None
    material: str | None
    metadata: Metadata
    created_at: str
    updated_at: str
    option_value_ids: tuple[str, ...]
    image_ids: tuple[str, ...]
    prices: tuple[Price, ...]
    items: tuple[StockNeed, ...]


class OrderLimit(msgspec.Struct, frozen=True):
    """How many pieces of a variant one order takes: what the variant says, else `each`, the marketplace's (0: none)."""

    each: int = 0

    def of(self, variant: Variant) -> int | None:
        """The most pieces in one order; None where there is no limit."""
        return variant.order_limit if variant.order_limit is not None else self.each or None


class Product(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a product is filed under stands here by id; the rows themselves are in the TAXONOMY and SELLERS
    snapshots.
    """

    id: str
    seller_id: str
    title: str
    subtitle: str | None
    description: str | None
    handle: str
    status: str
    is_giftcard: bool
    discountable: bool
    thumbnail: str | None
    collection_id: str | None
    type_id: str | None
    shipping_profile_id: str | None
    weight: int | None
    length: int | None
    height: int | None
    width: int | None
    hs_code: str | None
    origin_country: str | None
    mid_code: str | None
    material: str | None
    external_id: str | None
    version: int
    metadata: Metadata
    created_at: str
    updated_at: str
    deleted_at: str | None
    rejected_at: str | None
    rejection_reason: str | None
    sales_channel_ids: tuple[str, ...]
    category_ids: tuple[str, ...]
    tag_ids: tuple[str, ...]
    options: tuple[Option, ...]
    images: tuple[Image, ...]
    variants: tuple[Variant, ...]

    @property
    def is_published(self) -> bool:
        return self.status == "published" and self.deleted_at is None

    def is_sold_in(self, sales_channel_ids: Collection[str]) -> bool:
        """Published, and in one of these channels."""
        return self.is_published and any(c in sales_channel_ids for c in self.sales_channel_ids)

    def variant(self, variant_id: str) -> Variant:
        return next(v for v in self.variants if v.id == variant_id)


def wire_moment(column: ColumnElement[Any]) -> ColumnElement[str]:
    return func.to_char(func.timezone("UTC", column), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')


def as_array(
    struct: type[S], table: Table, parts: Mapping[str, ColumnElement[Any]] | None = None
) -> ColumnElement[Any]:
    """A row as a JSON array in the order of the struct's fields; `parts` gives those that are no column."""
    parts = parts or {}
    values = []
    for name in struct.__struct_fields__:
        part = parts.get(name)
        if part is None:
            part = wire_moment(table.c[name]) if name.endswith("_at") else table.c[name]
        values.append(part)
    return func.json_build_array(*values)


def many(
    element: ColumnElement[Any], *order: ColumnElement[Any], where: ColumnElement[bool], table: Any
) -> ColumnElement[Any]:
    """The rows of a child table as one JSON array, `[]` when there are none."""
    rows = select(func.json_agg(aggregate_order_by(element, *order))).select_from(table).where(where).scalar_subquery()
    return func.coalesce(rows, func.json_build_array())


def variants() -> ColumnElement[Any]:
    v = product_variant.c
    parts = {
        "option_value_ids": many(
            variant_option_value.c.option_value_id,
            variant_option_value.c.option_value_id,
            where=variant_option_value.c.variant_id == v.id,
            table=variant_option_value,
        ),
        "image_ids": many(
            variant_image.c.image_id,
            variant_image.c.image_id,
            where=variant_image.c.variant_id == v.id,
            table=variant_image,
        ),
        "prices": many(as_array(Price, price), price.c.id, where=price.c.variant_id == v.id, table=price),
        "items": many(
            as_array(StockNeed, variant_inventory_item),
            variant_inventory_item.c.item_id,
            where=variant_inventory_item.c.variant_id == v.id,
            table=variant_inventory_item,
        ),
    }
    return many(
        as_array(Variant, product_variant, parts),
        v.variant_rank,
        v.id,
        where=v.product_id == product.c.id,
        table=product_variant,
    )


def option() -> ColumnElement[Any]:
    ov = product_option_value
    values = many(as_array(OptionValue, ov), ov.c.rank, ov.c.id, where=ov.c.option_id == product_option.c.id, table=ov)
    return as_array(Option, product_option, {"values": values})


def options() -> ColumnElement[Any]:
    o = product_option
    return many(option(), o.c.rank, o.c.id, where=o.c.product_id == product.c.id, table=o)


def linked(table: Table, column: str) -> ColumnElement[Any]:
    """Ids of a link table of the product, as a JSON array."""
    return many(table.c[column], table.c[column], where=table.c.product_id == product.c.id, table=table)


def products() -> Select[tuple[str]]:
    images = many(
        as_array(Image, product_image),
        product_image.c.rank,
        product_image.c.id,
        where=product_image.c.product_id == product.c.id,
        table=product_image,
    )
    parts = {
        "sales_channel_ids": linked(product_sales_channel, "sales_channel_id"),
        "category_ids": linked(product_category_product, "category_id"),
        "tag_ids": linked(product_tag_product, "tag_id"),
        "options": options(),
        "images": images,
        "variants": variants(),
    }
    return select(cast(as_array(Product, product, parts), Text))  # as text: msgspec decodes it, not the driver


LOAD_PRODUCTS = Prepared(products().where(product.c.id == func.any(bindparam("ids", type_=ARRAY(Text)))))
LOAD_PRODUCTS_OF_VARIANTS = Prepared(
    products().where(
        product.c.id.in_(
            select(product_variant.c.product_id).where(
                product_variant.c.id == func.any(bindparam("ids", type_=ARRAY(Text)))
            )
        )
    )
)
LOAD_OPTIONS = Prepared(
    select(cast(option(), Text)).where(product_option.c.id == func.any(bindparam("ids", type_=ARRAY(Text))))
)
CHANGED_PRODUCTS = Prepared(select(product.c.id, product.c.version).where(product.c.version > bindparam("seen")))

DECODER = msgspec.json.Decoder(Product)
OPTION_DECODER = msgspec.json.Decoder(Option)


def decoded(document: str) -> Product:
    """One product from what LOAD_PRODUCTS gives."""
    return DECODER.decode(document)


def decoded_option(document: str) -> Option:
    return OPTION_DECODER.decode(document)
