"""Shipping options as files state them: what their rows are found by, and how many a seller comes to."""

from models.inventory.bulk import largest_count
from models.schema.shipping import shipping_option, shipping_option_price
from models.shared.kinds import Kind

OPTION = Kind(shipping_option, "service_zone_id", ("service_zone_id", "name"), "so")
PRICE = Kind(
    shipping_option_price,
    "shipping_option_id",
    ("shipping_option_id", "currency_code", "region_id", "rules"),
    "soprice",
)
LARGEST_COUNT_OF_OPTIONS = largest_count(shipping_option, shipping_option.c.seller_id)
