"""Tables of regions: currencies, countries, payment providers offered there, taxes."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from models.schema.base import id_column, metadata, metadata_column, stamps

currency = Table(
    "currency",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("symbol", Text, nullable=False),
    Column("symbol_native", Text, nullable=False),
    Column("decimal_digits", Integer, nullable=False),
    Column("rounding", Integer, nullable=False, server_default="0"),
    *stamps(),
    CheckConstraint("code ~ '^[a-z]{3}$'", name="code"),
    CheckConstraint("decimal_digits BETWEEN 0 AND 3", name="decimal_digits"),
)

country = Table(
    "country",
    metadata,
    Column("iso_2", Text, primary_key=True),
    Column("iso_3", Text, nullable=False, unique=True),
    Column("num_code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("display_name", Text, nullable=False),
    metadata_column(),
    *stamps(),
    CheckConstraint("iso_2 ~ '^[a-z]{2}$'", name="iso_2"),
)

region = Table(
    "region",
    metadata,
    id_column(),
    Column("name", Text, nullable=False, unique=True),
    Column("currency_code", ForeignKey("currency.code"), nullable=False),
    Column("automatic_taxes", Boolean, nullable=False, server_default="true"),
    metadata_column(),
    *stamps(),
)

region_country = Table(
    "region_country",
    metadata,
    Column("iso_2", ForeignKey("country.iso_2"), primary_key=True),
    Column("region_id", ForeignKey("region.id", ondelete="CASCADE"), nullable=False, index=True),
)

region_payment_provider = Table(
    "region_payment_provider",
    metadata,
    Column("region_id", ForeignKey("region.id", ondelete="CASCADE"), primary_key=True),
    Column("provider_id", Text, primary_key=True),
)

# Codes in lower case; the province without its country (`ca`, not `us-ca`).
tax_region = Table(
    "tax_region",
    metadata,
    id_column(),
    Column("country_code", ForeignKey("country.iso_2"), nullable=False),
    Column("province_code", Text),
    Column("parent_id", ForeignKey("tax_region.id", ondelete="CASCADE"), index=True),
    metadata_column(),
    *stamps(),
    UniqueConstraint("country_code", "province_code", name="uq_tax_region_place", postgresql_nulls_not_distinct=True),
    CheckConstraint("province_code = lower(province_code)", name="province_code"),
    CheckConstraint("(province_code IS NULL) = (parent_id IS NULL)", name="parent"),
)

tax_rate = Table(
    "tax_rate",
    metadata,
    id_column(),
    Column("tax_region_id", ForeignKey("tax_region.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("rate", Numeric(7, 4), nullable=False),
    Column("code", Text),
    Column("name", Text, nullable=False),
    Column("is_default", Boolean, nullable=False, server_default="false"),
    Column("is_combinable", Boolean, nullable=False, server_default="false"),
    metadata_column(),
    *stamps(),
    CheckConstraint("rate BETWEEN 0 AND 100", name="rate"),
    UniqueConstraint("tax_region_id", "name"),
    Index("uq_tax_rate_default", "tax_region_id", unique=True, postgresql_where=text("is_default")),
)

tax_rate_rule = Table(
    "tax_rate_rule",
    metadata,
    id_column(),
    Column("tax_rate_id", ForeignKey("tax_rate.id", ondelete="CASCADE"), nullable=False),
    Column("reference", Text, nullable=False),
    Column("reference_id", Text, nullable=False),
    *stamps(),
    UniqueConstraint("tax_rate_id", "reference", "reference_id"),
    CheckConstraint("reference IN ('product', 'product_type', 'shipping_option')", name="reference"),
)
