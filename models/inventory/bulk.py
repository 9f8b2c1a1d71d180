"""Places and counts as files state them: what their rows are found by, and how many places a seller comes to."""

from sqlalchemy import ARRAY, ColumnElement, FromClause, Text, and_, bindparam, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from models.schema.inventory import inventory_item, inventory_level, inventory_movement, stock_location
from models.schema.shipping import fulfillment_set, geo_zone, service_zone
from models.shared.kinds import Kind
from utils.sql import Prepared

ITEM = Kind(inventory_item, "sku", ("seller_id", "sku"), "iitem")
LOCATION = Kind(stock_location, "seller_id", ("seller_id", "name"), "sloc")
SET = Kind(fulfillment_set, "location_id", ("location_id", "name"), "fuset")
ZONE = Kind(service_zone, "fulfillment_set_id", ("fulfillment_set_id", "name"), "serzo")
GEO_ZONE = Kind(
    geo_zone,
    "service_zone_id",
    ("service_zone_id", "country_code", "province_code", "city", "postal_expression"),
    "fgz",
)


def largest_count(rows: FromClause, seller_id: ColumnElement[str]) -> Prepared:
    """How many of the rows that seller has who has most of them, of the sellers whose ids are bound as `seller_ids`."""
    asked = seller_id == func.any(bindparam("seller_ids", type_=ARRAY(Text)))
    counts = select(func.count().label("rows")).select_from(rows).where(asked).group_by(seller_id).subquery()
    return Prepared(select(func.coalesce(func.max(counts.c.rows), 0)))


LARGEST_COUNT_OF_LOCATIONS = largest_count(stock_location, stock_location.c.seller_id)
LARGEST_COUNT_OF_ZONES = largest_count(
    service_zone.join(fulfillment_set).join(stock_location), stock_location.c.seller_id
)

STATED_BY = "stated:"
ITEM_IDS = bindparam("items", type_=ARRAY(Text))
LEVELS = (
    select(inventory_level)
    .where(inventory_level.c.item_id == func.any(ITEM_IDS))
    .order_by(inventory_level.c.item_id, inventory_level.c.location_id)
    .with_for_update()
)
# The reference of the newest statement per item and place: `stated:25`.
STATED = (
    select(inventory_movement.c.item_id, inventory_movement.c.location_id, inventory_movement.c.reference)
    .where(
        and_(
            inventory_movement.c.item_id == func.any(ITEM_IDS),
            inventory_movement.c.reference.startswith(STATED_BY, autoescape=True),
        )
    )
    .ext(distinct_on(inventory_movement.c.item_id, inventory_movement.c.location_id))
    .order_by(inventory_movement.c.item_id, inventory_movement.c.location_id, inventory_movement.c.id.desc())
)
LOCATIONS_BY_RANK = (
    select(stock_location.c.seller_id, stock_location.c.name, stock_location.c.id)
    .where(stock_location.c.seller_id == func.any(bindparam("sellers", type_=ARRAY(Text))))
    .order_by(stock_location.c.rank, stock_location.c.id)
)
