"""What sellers write of their items, and of what variants take from them."""

from sqlalchemy import Integer, Text, and_, bindparam, cast, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.dialects.postgresql import insert as upsert

from models.schema.base import json_list, json_of
from models.schema.inventory import inventory_item, inventory_movement, variant_inventory_item
from models.schema.product import product_variant
from models.shared.ownership import is_own
from utils.errors import AppError
from utils.sql import Prepared

MOST_NEEDS = 50


class SkuTaken(AppError):
    code, kind = "sku_taken", "duplicate"
    message = "Another item of the store has the SKU {sku}."


class ItemInUse(AppError):
    code, kind = "inventory_item_in_use", "not_allowed"
    message = "Variants take from the item: {variant_ids}. Take it from them first."


class ItemReserved(AppError):
    code, kind = "inventory_item_reserved", "not_allowed"
    message = "{pieces} pieces of the item are sold, held or owed. It can be deleted when they are sent or given back."


class NeedNotFound(AppError):
    code, kind = "variant_inventory_item_not_found", "missing"
    message = "Variant {variant_id} takes nothing of the item {inventory_item_id}"


class NeedExists(AppError):
    code, kind = "variant_inventory_item_exists", "duplicate"
    message = "Variant {variant_id} takes from the item {inventory_item_id} already. Change the quantity."


class TooManyNeeds(AppError):
    code, kind = "variant_inventory_items_full", "not_allowed"
    message = "A variant takes from {limit} items at the most."


MEASURES = ("weight", "length", "height", "width")
ITEM_COLUMNS = (
    *("sku", "title", "description", "thumbnail"),
    *MEASURES,
    *("hs_code", "origin_country", "mid_code", "material", "metadata"),
)
INSERT_ITEM = Prepared(
    upsert(inventory_item).on_conflict_do_nothing(index_elements=["seller_id", "sku"]).returning(inventory_item.c.id),
    *("id", "seller_id", *ITEM_COLUMNS),
)
# Every row that another item has: of two requests at once, the unique index refuses the second one.
SKU_OF_ANOTHER = Prepared(
    select(inventory_item.c.id).where(
        inventory_item.c.sku == bindparam("sku"), inventory_item.c.id != bindparam("item_id"), is_own("inventory_item")
    )
)
STORE_ITEM = Prepared(
    update(inventory_item).where(inventory_item.c.id == bindparam("item_id")).values(updated_at=func.now()),
    *ITEM_COLUMNS,
)
DELETE_ITEM = Prepared(delete(inventory_item).where(inventory_item.c.id == bindparam("item_id")))
TAKERS = Prepared(
    select(variant_inventory_item.c.variant_id)
    .where(variant_inventory_item.c.item_id == bindparam("item_id"))
    .order_by(variant_inventory_item.c.variant_id)
    .limit(10)
)
WRITE_OFF = Prepared(insert(inventory_movement), "item_id", "location_id", "kind", "stocked", "reason")

_need = variant_inventory_item.c
_this = and_(_need.variant_id == bindparam("variant"), _need.item_id == bindparam("item"))
INSERT_NEED = Prepared(
    upsert(variant_inventory_item).on_conflict_do_nothing().returning(_need.item_id),
    *("variant_id", "item_id", "required_quantity"),
)
UPDATE_NEED = Prepared(
    update(variant_inventory_item)
    .where(_this)
    .values(required_quantity=bindparam("pieces", type_=Integer))
    .returning(_need.item_id)
)
DELETE_NEED = Prepared(delete(variant_inventory_item).where(_this).returning(_need.required_quantity))
_needs = (
    select(
        func.json_agg(
            aggregate_order_by(
                json_of(variant_inventory_item, sku=inventory_item.c.sku, title=inventory_item.c.title), _need.item_id
            )
        )
    )
    .select_from(variant_inventory_item.join(inventory_item))
    .where(_need.variant_id == product_variant.c.id)
    .correlate(product_variant)
    .scalar_subquery()
)
# A variant of the product with what it takes, as JSON text.
FIND_KIT = Prepared(
    select(
        product_variant.c.id,
        product_variant.c.product_id,
        product_variant.c.sku,
        product_variant.c.title,
        product_variant.c.manage_inventory,
        product_variant.c.allow_backorder,
        cast(json_list(_needs), Text).label("needs"),
    ).where(
        product_variant.c.id == bindparam("id"),
        product_variant.c.product_id == bindparam("product_id"),
        is_own("product_variant"),
    )
)
