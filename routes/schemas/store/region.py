"""Regions and currencies on the wire."""

from typing import Any

from routes.schemas.shared import common as c
from routes.schemas.store.product import STAMPS

COUNTRY = c.entity(
    "RegionCountry",
    id=c.STRING,
    iso_2=c.STRING,
    iso_3=c.STRING,
    num_code=c.STRING,
    name=c.STRING,
    display_name=c.STRING,
    region_id=c.STRING,
    metadata=c.FREE,
    **STAMPS,
)
REGION = c.entity(
    "Region",
    "payment_providers automatic_taxes",
    id=c.STRING,
    name=c.STRING,
    currency_code=c.STRING,
    automatic_taxes=c.BOOLEAN,
    metadata=c.FREE,
    countries=c.array(COUNTRY),
    payment_providers=c.array(
        c.like("PaymentProvider", c.entity("RegionPaymentProvider", id=c.STRING, is_enabled=c.BOOLEAN))
    ),
    **STAMPS,
)
CURRENCY = c.entity(
    "Currency",
    code=c.STRING,
    name=c.STRING,
    symbol=c.STRING,
    symbol_native=c.STRING,
    decimal_digits=c.INTEGER,
    rounding=c.INTEGER,
    **STAMPS,
)

REGION_FILTERS: dict[str, Any] = {
    "id": c.many(),
    "name": c.many(c.TEXT),
    "currency_code": c.many(c.CURRENCY),
    "q": c.SEARCH,
}
CURRENCY_FILTERS: dict[str, Any] = {"code": c.many(c.CURRENCY), "q": c.SEARCH}
MORE_REGIONS = {"type": "array", "items": c.query(**REGION_FILTERS), "maxItems": 20}
AND_OR_MORE_REGIONS: dict[str, Any] = {"$and": MORE_REGIONS, "$or": MORE_REGIONS}
MORE_CURRENCIES = {"type": "array", "items": c.query(**CURRENCY_FILTERS), "maxItems": 20}
AND_OR_MORE_CURRENCIES: dict[str, Any] = {"$and": MORE_CURRENCIES, "$or": MORE_CURRENCIES}
LIST_REGIONS = c.listing(
    "id name currency_code created_at updated_at",
    most=1000,
    created_at=c.MOMENTS,
    updated_at=c.MOMENTS,
    with_deleted=c.WITH_DELETED,
    **REGION_FILTERS,
    **AND_OR_MORE_REGIONS,
)
LIST_CURRENCIES = c.listing(
    "code name",
    most=1000,
    with_deleted=c.WITH_DELETED,
    **CURRENCY_FILTERS,
    **AND_OR_MORE_CURRENCIES,
)
RETRIEVE = c.query()
LOCALE = c.entity("Locale", code=c.STRING, name=c.STRING)
