"""Regions: a currency, its countries (a country belongs to one region), and the payment providers offered there."""

from sqlalchemy import Boolean, Column, ForeignKey, Table, Text

from models.base import id_column, metadata, metadata_column, stamps

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
