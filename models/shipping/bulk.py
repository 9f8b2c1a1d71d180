"""Shipping options as files state them: what their rows are found by, and how many a seller comes to."""

from sqlalchemy import ARRAY, Text, bindparam, func, select

from models.inventory.bulk import largest_count
from models.schema.inventory import stock_location
from models.schema.product import shipping_profile
from models.schema.seller import seller
from models.schema.shipping import fulfillment_set, service_zone, shipping_option, shipping_option_price
from models.shared.kinds import Kind

PROFILE = Kind(shipping_profile, "name", ("name",), "sp")
OPTION = Kind(shipping_option, "service_zone_id", ("service_zone_id", "name"), "so")
PRICE = Kind(
    shipping_option_price,
    "shipping_option_id",
    ("shipping_option_id", "currency_code", "region_id", "rules"),
    "soprice",
)
LARGEST_COUNT_OF_OPTIONS = largest_count(shipping_option, shipping_option.c.seller_id)
# The ways to the options of sellers, as names; one ends where nothing lies below.
PLACES = (
    select(
        seller.c.handle,
        stock_location.c.name.label("location"),
        fulfillment_set.c.name.label("set"),
        service_zone.c.name.label("zone"),
        shipping_option.c.name.label("option"),
    )
    .select_from(
        seller.join(stock_location)
        .outerjoin(fulfillment_set)
        .outerjoin(service_zone)
        .outerjoin(shipping_option, shipping_option.c.service_zone_id == service_zone.c.id)
    )
    .where(seller.c.handle == func.any(bindparam("handles", type_=ARRAY(Text))))
)
