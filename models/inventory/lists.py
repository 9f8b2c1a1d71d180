"""What sellers read of their stock: items with their levels, places, and movements; a page is one statement."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Text, bindparam, case, cast, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.sql.elements import ColumnElement

from models.schema.base import json_list, json_of
from models.schema.inventory import (
    inventory_item,
    inventory_level,
    inventory_movement,
    stock_location,
    variant_inventory_item,
)
from models.schema.order import seller_order
from models.schema.product import product_variant
from models.shared.list_sql import TEXTS, Bound, Filter, SqlList, one_of, phrase
from models.shared.ownership import is_own
from utils.sql import Prepared

Metadata = dict[str, Any] | None


class Level(msgspec.Struct):
    """How much of an item there is at a place."""

    item_id: str
    location_id: str
    location_name: str
    stocked: int
    reserved: int
    held: int
    backordered: int
    incoming: int
    created_at: datetime
    updated_at: datetime

    @property
    def available(self) -> int:
        return self.stocked - self.reserved - self.held


class Need(msgspec.Struct):
    """A variant that takes `required_quantity` of the item for each piece sold."""

    variant_id: str
    product_id: str
    required_quantity: int


class Item(msgspec.Struct):
    """An item with all its levels, and the variants that take from it."""

    id: str
    seller_id: str
    levels: list[Level]
    needs: list[Need]
    created_at: datetime
    updated_at: datetime
    sku: str | None = None
    title: str | None = None
    description: str | None = None
    thumbnail: str | None = None
    weight: int | None = None
    length: int | None = None
    height: int | None = None
    width: int | None = None
    hs_code: str | None = None
    origin_country: str | None = None
    mid_code: str | None = None
    material: str | None = None
    metadata: Metadata = None

    def total(self, name: str) -> int:
        """The sum of a quantity over all places."""
        return sum(getattr(level, name) for level in self.levels)


_level = inventory_level.c
_levels = (
    select(
        func.json_agg(
            aggregate_order_by(
                json_of(inventory_level, location_name=stock_location.c.name),
                stock_location.c.rank,
                stock_location.c.id,
            )
        )
    )
    .select_from(inventory_level.join(stock_location, stock_location.c.id == _level.location_id))
    .where(_level.item_id == inventory_item.c.id)
    .correlate(inventory_item)
    .scalar_subquery()
)
_needs = (
    select(
        func.json_agg(
            aggregate_order_by(
                json_of(variant_inventory_item, product_id=product_variant.c.product_id),
                variant_inventory_item.c.variant_id,
            )
        )
    )
    .select_from(variant_inventory_item.join(product_variant))
    .where(variant_inventory_item.c.item_id == inventory_item.c.id)
    .correlate(inventory_item)
    .scalar_subquery()
)
WHOLE_ITEM = cast(json_of(inventory_item, levels=json_list(_levels), needs=json_list(_needs)), Text)
_available = (
    select(func.coalesce(func.sum(_level.stocked - _level.reserved - _level.held), 0))
    .where(_level.item_id == inventory_item.c.id)
    .correlate(inventory_item)
    .scalar_subquery()
)


def _is_at(location_ids: Bound) -> ColumnElement[bool]:
    """Items that are kept at one of the locations."""
    at = _level.location_id == func.any(location_ids)
    levels = select(_level.item_id).where(_level.item_id == inventory_item.c.id, at)
    return levels.correlate(inventory_item).exists()


ITEMS = SqlList(
    rows=inventory_item,
    key=inventory_item.c.id,
    fields={
        "id": one_of(inventory_item.c.id),
        "sku": one_of(inventory_item.c.sku),
        "q": phrase(inventory_item.c.sku, inventory_item.c.title),
        "location_id": Filter(TEXTS, _is_at),
        # Items of which so many or fewer can be sold.
        "low_stock": Filter(BigInteger(), lambda most: _available <= most),
    },
    sorts={name: inventory_item.c[name] for name in ("id", "sku", "title", "created_at", "updated_at")},
    scope=is_own("inventory_item"),
    whole=WHOLE_ITEM,
)
FIND_ITEM = Prepared(
    select(WHOLE_ITEM)
    .select_from(inventory_item)
    .where(inventory_item.c.id == bindparam("id"), is_own("inventory_item"))
)

_decode_item = msgspec.json.Decoder(Item)


def read_item(loaded: str) -> Item:
    """An Item from the text that FIND_ITEM gives."""
    return _decode_item.decode(loaded)


# The newest movements of an item first.
_movement = inventory_movement.c
# A sale's movements carry the id of the buyer's order, which is a guest's only right to it: sellers see their part's.
_part = (
    select(seller_order.c.id)
    .where(
        seller_order.c.order_id == _movement.reference, seller_order.c.seller_id == bindparam("own_seller", type_=Text)
    )
    .correlate(inventory_movement)
    .scalar_subquery()
)
_reference = case((_movement.reference.startswith("order_", autoescape=True), _part), else_=_movement.reference)
MOVEMENTS = SqlList(
    rows=inventory_movement,
    key=_movement.id,
    fields={"location_id": one_of(_movement.location_id), "kind": one_of(_movement.kind)},
    sorts={"id": _movement.id},
    scope=_movement.item_id == bindparam("item_id"),
    columns=(*(column for column in _movement if column.name != "reference"), _reference.label("reference")),
    order=("id", True),
)
