"""Tables of shipping: fulfillment sets, zones, options and their prices."""

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from models.schema.base import id_column, metadata, metadata_column, minor, stamps

fulfillment_set = Table(
    "fulfillment_set",
    metadata,
    id_column(),
    Column("name", Text, nullable=False),
    Column("type", Text, nullable=False, server_default="shipping"),
    Column("location_id", ForeignKey("stock_location.id"), nullable=False),
    metadata_column(),
    *stamps(),
    Index("uq_fulfillment_set_location_id_name", "location_id", "name", unique=True),
    CheckConstraint("type IN ('shipping', 'pickup')", name="type"),
)

service_zone = Table(
    "service_zone",
    metadata,
    id_column(),
    Column("name", Text, nullable=False),
    Column("fulfillment_set_id", ForeignKey("fulfillment_set.id", ondelete="CASCADE"), nullable=False),
    metadata_column(),
    *stamps(),
    Index("uq_service_zone_set_name", "fulfillment_set_id", "name", unique=True),
)

# `postal_expression` is a prefix of postal codes, for example `SW1`.
geo_zone = Table(
    "geo_zone",
    metadata,
    id_column(),
    Column("service_zone_id", ForeignKey("service_zone.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("type", Text, nullable=False, server_default="country"),
    Column("country_code", Text, nullable=False),
    Column("province_code", Text),
    Column("city", Text),
    Column("postal_expression", Text),
    metadata_column(),
    *stamps(),
    CheckConstraint("type IN ('country', 'province', 'city', 'zip')", name="type"),
)

# `type_code` is what options of several sellers are combined by: standard, express, ...
shipping_option = Table(
    "shipping_option",
    metadata,
    id_column(),
    Column("seller_id", ForeignKey("seller.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("price_type", Text, nullable=False, server_default="flat"),
    Column("service_zone_id", ForeignKey("service_zone.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("shipping_profile_id", ForeignKey("shipping_profile.id"), nullable=False),
    Column("provider_id", Text, nullable=False, server_default="manual_manual"),
    Column("type_code", Text, nullable=False),
    Column("type_label", Text, nullable=False),
    Column("type_description", Text),
    Column("data", JSONB),
    Column("enabled_in_store", Boolean, nullable=False, server_default="true"),
    Column("is_return", Boolean, nullable=False, server_default="false"),
    metadata_column(),
    *stamps(),
    Index("uq_shipping_option_seller_name_zone", "seller_id", "service_zone_id", "name", unique=True),
    CheckConstraint("price_type IN ('flat', 'calculated')", name="price_type"),
)

# `rules` is a list of {attribute: "item_total", operator: "gt|gte|lt|lte|eq", value: minor units}; all must hold, and
# of the prices whose rules hold the one with the most rules (then a region) wins.
shipping_option_price = Table(
    "shipping_option_price",
    metadata,
    id_column(),
    Column("shipping_option_id", ForeignKey("shipping_option.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("currency_code", ForeignKey("currency.code"), nullable=False),
    Column("region_id", ForeignKey("region.id", ondelete="CASCADE")),
    minor("amount"),
    Column("rules", JSONB, nullable=False, server_default="[]"),
    *stamps(),
    CheckConstraint("amount >= 0", name="amount"),
)
