"""A seller's stock: items, what lies where, what moved, and what variants take."""

from controllers.seller import inventory, variant_inventory
from models.inventory.adjustment import (
    LevelExists,
    LevelInUse,
    LevelNamedTwice,
    LevelNotFound,
    StockChanged,
    StockReserved,
)
from models.inventory.item import ItemInUse, ItemReserved, NeedExists, NeedNotFound, SkuTaken, TooManyNeeds
from routes.schemas.seller import inventory as s
from routes.schemas.shared import common as c
from routes.table import SELLER, delete, get, post
from services.inventory.bulk_adjustment import SheetRefused

ITEM = c.single("inventory_item", s.ITEM)
KIT = c.single("variant", s.KIT)
ITEMS = "/vendor/inventory-items"
LEVELS = f"{ITEMS}/{{id}}/location-levels"
NEEDS = "/vendor/products/{product_id}/variants/{variant_id}/inventory-items"
_reads = {"who": SELLER, "grant": "inventory:read", "tag": "Seller inventory"}
_writes = {"who": SELLER, "grant": "inventory:write", "tag": "Seller inventory"}
_counts = (LevelNotFound, StockReserved, StockChanged)

ROUTES = [
    get(
        ITEMS,
        inventory.list_items,
        summary="List what the store keeps in stock",
        **_reads,
        query=s.LIST,
        reply=c.page("inventory_items", s.ITEM),
    ),
    post(
        ITEMS,
        inventory.create,
        summary="Keep something in stock",
        **_writes,
        body=s.CREATE,
        reply=ITEM,
        errors=(SkuTaken, LevelExists),
    ),
    get(ITEMS + "/{id}", inventory.retrieve, summary="Get an inventory item", **_reads, reply=ITEM),
    post(
        ITEMS + "/{id}",
        inventory.update,
        summary="Change what is said of an inventory item",
        **_writes,
        body=s.UPDATE,
        reply=ITEM,
        errors=(SkuTaken,),
    ),
    delete(
        ITEMS + "/{id}",
        inventory.remove,
        summary="Delete an inventory item that no variant takes from",
        **_writes,
        reply=c.deleted("inventory_item"),
        errors=(ItemInUse, ItemReserved),
    ),
    get(
        LEVELS,
        inventory.list_levels,
        summary="List where an item lies",
        **_reads,
        query=s.LEVELS,
        reply=c.page("inventory_levels", s.LEVEL),
    ),
    post(
        LEVELS,
        inventory.open_level,
        summary="Put an item at a location",
        **_writes,
        body=s.LEVEL_IN,
        reply=ITEM,
        errors=(LevelExists,),
    ),
    post(
        LEVELS + "/batch",
        inventory.batch_levels,
        summary="Create, count and delete levels of an item, all or none",
        **_writes,
        body=s.BATCH,
        reply=s.BATCHED,
        errors=(*_counts, LevelExists, LevelInUse, LevelNamedTwice),
    ),
    post(
        LEVELS + "/{location_id}",
        inventory.set_level,
        summary="State how many pieces lie at a location; never fewer than are sold or held",
        **_writes,
        body=s.SET_LEVEL,
        reply=ITEM,
        errors=_counts,
    ),
    delete(
        LEVELS + "/{location_id}",
        inventory.close_level,
        summary="Give up a location that has nothing of the item",
        **_writes,
        reply=c.deleted("inventory-level", s.ITEM),
        errors=(LevelNotFound, LevelInUse),
    ),
    post(
        LEVELS + "/{location_id}/adjustments",
        inventory.adjust_level,
        summary="Say that pieces came or went; backorders of the location are covered first",
        **_writes,
        body=s.ADJUST,
        reply=ITEM,
        errors=_counts,
    ),
    get(
        ITEMS + "/{id}/movements",
        inventory.list_movements,
        summary="List what moved of an item, the newest first",
        **_reads,
        query=s.MOVED,
        reply=c.page("inventory_movements", s.MOVEMENT),
    ),
    post(
        "/vendor/inventory/batch",
        inventory.apply_sheet,
        summary="Apply a sheet of counts by SKU and location, all rows or none",
        **_writes,
        body=s.SHEET,
        reply=s.SHEET_DONE,
        errors=(SheetRefused,),
    ),
    get(NEEDS, variant_inventory.retrieve, summary="Get what a variant takes of items", **_reads, reply=KIT),
    post(
        NEEDS,
        variant_inventory.add,
        summary="Let a variant take pieces of an item; several items make a bundle",
        **_writes,
        body=s.NEED_IN,
        reply=KIT,
        errors=(NeedExists, TooManyNeeds),
    ),
    post(
        NEEDS + "/{inventory_item_id}",
        variant_inventory.change,
        summary="Change how many pieces a variant takes of an item",
        **_writes,
        body=s.CHANGE_NEED,
        reply=KIT,
        errors=(NeedNotFound,),
    ),
    delete(
        NEEDS + "/{inventory_item_id}",
        variant_inventory.remove,
        summary="Let a variant take nothing more of an item",
        **_writes,
        reply=c.deleted("variant-inventory-item-link", s.KIT),
        errors=(NeedNotFound,),
    ),
]
