"""Places as files state them: what their rows are found by, and how many a seller comes to."""

from sqlalchemy import ARRAY, ColumnElement, FromClause, Text, bindparam, func, select

from models.schema.inventory import stock_location
from models.schema.shipping import fulfillment_set, geo_zone, service_zone
from models.shared.kinds import Kind
from utils.sql import Prepared

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
