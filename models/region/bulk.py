"""Regions and taxes as files state them: what their rows are found by, and where countries are."""

from sqlalchemy import ARRAY, Text, bindparam, func, select

from models.schema.pricing import price_preference
from models.schema.region import (
    currency,
    region,
    region_country,
    region_payment_provider,
    tax_rate,
    tax_rate_rule,
    tax_region,
)
from models.shared.kinds import Kind

CURRENCY = Kind(currency, "code", ("code",))
REGION = Kind(region, "name", ("name",), "reg")
COUNTRY = Kind(region_country, "region_id", ("region_id", "iso_2"))
PROVIDER = Kind(region_payment_provider, "region_id", ("region_id", "provider_id"))
PREFERENCE = Kind(price_preference, "value", ("attribute", "value"), "prpref")
TAX_REGION = Kind(tax_region, "country_code", ("country_code", "province_code"), "txreg")
RATE = Kind(tax_rate, "tax_region_id", ("tax_region_id", "name"), "txr")
RATE_RULE = Kind(tax_rate_rule, "tax_rate_id", ("tax_rate_id", "reference", "reference_id"), "txrule")
HOMES = select(region_country.c.iso_2, region_country.c.region_id).where(
    region_country.c.iso_2 == func.any(bindparam("codes", type_=ARRAY(Text)))
)
HELD_REGIONS = select(region.c.id, region.c.name, region.c.currency_code).where(
    region.c.name == func.any(bindparam("names", type_=ARRAY(Text)))
)
