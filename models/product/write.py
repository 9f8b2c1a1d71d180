"""Statements that write the catalogue for sellers and administrators. Each takes as many rows as there are."""

from functools import cache

from sqlalchemy import (
    Insert,
    Table,
    Text,
    bindparam,
    case,
    cast,
    column,
    delete,
    func,
    literal_column,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.sql.selectable import TableValuedAlias

from models.schema.file import upload
from models.schema.identity import sales_channel
from models.schema.inventory import inventory_item, inventory_level, stock_location, variant_inventory_item
from models.schema.journal import change_counter
from models.schema.pricing import price
from models.schema.product import (
    product,
    product_category,
    product_category_product,
    product_collection,
    product_image,
    product_option,
    product_option_value,
    product_sales_channel,
    product_tag,
    product_tag_product,
    product_type,
    product_variant,
    shipping_profile,
    variant_image,
    variant_option_value,
)
from models.schema.region import currency, region
from models.shared.ownership import is_own
from utils.bulk import recordset
from utils.sql import Prepared

IDS = bindparam("ids", type_=ARRAY(Text))

# What refers to others comes after them.
TABLES: tuple[Table, ...] = (
    product,
    product_option,
    product_option_value,
    product_image,
    product_variant,
    variant_option_value,
    variant_image,
    product_category_product,
    product_tag_product,
    product_sales_channel,
    price,
    variant_inventory_item,
)

LOCK_OWN = Prepared(
    select(product.c.id)
    .where(product.c.id == IDS.any_(), is_own("product"), product.c.deleted_at.is_(None))
    .order_by(product.c.id)
    .with_for_update(key_share=True)
)
LOCK_ANY = Prepared(
    select(product.c.id)
    .where(product.c.id == IDS.any_(), product.c.deleted_at.is_(None))
    .order_by(product.c.id)
    .with_for_update(key_share=True)
)
# Every transaction that changes the catalogue takes the counter: who holds it sees all handles and SKUs that are taken.
LOCK_CATALOGUE = Prepared(
    select(change_counter.c.version).where(change_counter.c.scope == "catalogue").with_for_update()
)
IDS_OF_HANDLES = Prepared(
    select(product.c.id, product.c.handle).where(product.c.handle == IDS.any_(), product.c.deleted_at.is_(None))
)
TAKEN_HANDLES = Prepared(select(product.c.handle).where(product.c.handle == IDS.any_()))
TAKEN_SKUS = Prepared(
    select(product_variant.c.id, product_variant.c.sku).where(
        is_own("product_variant"), product_variant.c.sku == IDS.any_()
    )
)
TAKEN_EXTERNAL_IDS = Prepared(
    select(product.c.id, product.c.external_id).where(is_own("product"), product.c.external_id == IDS.any_())
)


def shared(table: Table, *conditions: object) -> Prepared:
    """Rows of the platform that a product may name; kept from going until the transaction ends."""
    found = select(table.c.id).where(table.c.id == IDS.any_(), *conditions)  # type: ignore[arg-type]
    return Prepared(found.with_for_update(read=True, key_share=True))


SHARED = {
    "category_ids": ("Product category", shared(product_category, product_category.c.is_internal.is_(False))),
    "tag_ids": ("Product tag", shared(product_tag)),
    "sales_channel_ids": ("Sales channel", shared(sales_channel)),
    "collection_id": ("Product collection", shared(product_collection)),
    "type_id": ("Product type", shared(product_type)),
    "shipping_profile_id": ("Shipping profile", shared(shipping_profile)),
}
REGION_CURRENCIES = Prepared(
    select(region.c.id, region.c.currency_code)
    .where(region.c.id == IDS.any_())
    .with_for_update(read=True, key_share=True)
)
KNOWN_CURRENCIES = Prepared(
    select(currency.c.code).where(currency.c.code == IDS.any_()).with_for_update(read=True, key_share=True)
)
# What a new product gets that names none.
DEFAULTS = Prepared(
    select(
        select(shipping_profile.c.id)
        .where(shipping_profile.c.type == "default")
        .order_by(shipping_profile.c.created_at, shipping_profile.c.id)
        .limit(1)
        .scalar_subquery()
        .label("profile"),
        func.array(
            select(sales_channel.c.id)
            .where(sales_channel.c.is_disabled.is_(False))
            .order_by(sales_channel.c.id)
            .scalar_subquery(),
            type_=ARRAY(Text),
        ).label("channels"),
    )
)
CHANNELS = Prepared(
    select(*(sales_channel.c[name] for name in ("id", "name", "description", "is_disabled"))).where(
        sales_channel.c.id == IDS.any_()
    )
)
PROFILES = Prepared(
    select(*(shipping_profile.c[name] for name in ("id", "name", "type"))).where(shipping_profile.c.id == IDS.any_())
)
# Uploads by their ids or by the random part of their addresses; they cannot be deleted meanwhile.
OWN_UPLOADS = Prepared(
    select(upload.c.id, upload.c.key, upload.c.status, cast(upload.c.variants, Text).label("variants"))
    .where(
        upload.c.seller_id == bindparam("own_seller"),
        or_(upload.c.id == IDS.any_(), upload.c.key == bindparam("keys", type_=ARRAY(Text)).any_()),
    )
    .with_for_update(read=True, key_share=True)
)


def parked(table: Table, name: str, *, empty: bool = False) -> Prepared:
    """Give up a unique value for the moment."""
    value = literal_column("NULL") if empty else table.c.id
    return Prepared(update(table).where(table.c.id == IDS.any_()).values({name: value}))


PARK = {
    product_option: parked(product_option, "title"),
    product_option_value: parked(product_option_value, "value"),
    product_variant: parked(product_variant, "sku", empty=True),
}

ITEM_COLUMNS = ("id", "seller_id", "sku", "title")
NEED_COLUMNS = ("variant_id", "item_id")


@cache
def make_items() -> Insert:
    """Items of `rows`; one whose SKU the seller has already is left out."""
    rows = recordset(inventory_item, ITEM_COLUMNS)
    return upsert(inventory_item).from_select(list(ITEM_COLUMNS), select(*rows.c)).on_conflict_do_nothing()


# Items and places that are taken here do not go before the transaction ends.
ITEMS_OF_SKUS = Prepared(
    select(inventory_item.c.id, inventory_item.c.sku)
    .where(is_own("inventory_item"), inventory_item.c.sku == IDS.any_())
    .order_by(inventory_item.c.id)
    .with_for_update(read=True, key_share=True)
)
_first = (
    select(stock_location.c.id)
    .where(is_own("stock_location"))
    .order_by(stock_location.c.rank, stock_location.c.id)
    .limit(1)
    .with_for_update(read=True, key_share=True)
    .subquery()
)
_items = func.unnest(IDS).table_valued("item_id").render_derived()
MAKE_LEVELS = Prepared(
    upsert(inventory_level)
    .from_select(["item_id", "location_id"], select(_items.c.item_id, _first.c.id).join(_first, true()))
    .on_conflict_do_nothing()
)


def _renamed(*names: str) -> TableValuedAlias:
    """The bound `rows` of what is renamed from `was` to `sku`."""
    made = func.jsonb_to_recordset(bindparam("rows", type_=JSONB))
    return made.table_valued(*(column(name, Text) for name in names)).render_derived(with_types=True)


def park_items() -> Prepared:
    """Items that bear their variant's SKU give it up, as the variants do: two of them may change places."""
    said = _renamed("variant_id", "was", "sku")
    return Prepared(
        update(inventory_item)
        .where(
            is_own("inventory_item"),
            inventory_item.c.sku == said.c.was,
            variant_inventory_item.c.item_id == inventory_item.c.id,
            variant_inventory_item.c.variant_id == said.c.variant_id,
        )
        .values(sku=literal_column("NULL"))
        .returning(inventory_item.c.id, said.c.was, said.c.sku)
    )


def rename_items() -> Prepared:
    """They follow their variants to another SKU; where an item bears that already, each keeps its own if it can."""
    said, also = _renamed("id", "was", "sku"), _renamed("id", "was", "sku").alias("also")
    other = inventory_item.alias("other")
    held = select(other.c.id).where(other.c.seller_id == inventory_item.c.seller_id)
    wanted = select(also.c.id).where(also.c.sku == said.c.was).exists()
    stays = ~held.where(other.c.sku == said.c.was).exists() & ~wanted
    sku = case((~held.where(other.c.sku == said.c.sku).exists(), said.c.sku), (stays, said.c.was))
    named = inventory_item.c.id == said.c.id
    return Prepared(
        update(inventory_item).where(is_own("inventory_item"), named).values(sku=sku, updated_at=func.now())
    )


PARK_ITEMS, RENAME_ITEMS = park_items(), rename_items()

# A deleted product keeps its row, since orders were made of it; its handle, SKUs and external id are free again.
DELETE_PRODUCTS = Prepared(
    update(product)
    .where(product.c.id == IDS.any_())
    .values(
        deleted_at=func.now(),
        updated_at=func.now(),
        external_id=None,
        handle=func.concat(product.c.handle, "-", func.lower(func.split_part(product.c.id, "_", 2))),
    )
)
FREE_SKUS = Prepared(
    update(product_variant).where(product_variant.c.product_id == IDS.any_()).values(sku=None, updated_at=func.now())
)
# Nobody buys it any more: what it took of the stock is free for others, or to be deleted.
FREE_ITEMS = Prepared(
    delete(variant_inventory_item).where(
        variant_inventory_item.c.variant_id.in_(
            select(product_variant.c.id).where(product_variant.c.product_id == IDS.any_())
        )
    )
)
# The platform's word.
REJECT = Prepared(
    update(product)
    .where(product.c.id == bindparam("product_id"))
    .values(status="rejected", rejected_at=func.now(), updated_at=func.now()),
    "rejection_reason",
)
PUBLISH = Prepared(
    update(product)
    .where(product.c.id == bindparam("product_id"))
    .values(status="published", rejected_at=None, rejection_reason=None, updated_at=func.now())
)
