"""A seller's places and shipping on the wire: locations, fulfillment sets, service zones, options, profiles."""

from models.inventory.rules import (
    LONGEST_PART,
    LONGEST_POSTAL,
    LONGEST_PROVINCE,
    MOST_GEO_ZONES,
)
from models.shared.rules import HIGHEST_RANK, LONGEST_NAME
from models.shipping.rules import LARGEST_AMOUNT, LONGEST_DESCRIPTION, MOST_PRICES, MOST_RULES, TYPE_CODE
from routes.schemas.shared import common as c

NAME: c.Schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME}
PART: c.Schema = {"type": ["string", "null"], "maxLength": LONGEST_PART}
COUNTRY: c.Schema = {"type": "string", "pattern": "^[A-Za-z]{2}$"}
RANK: c.Schema = {"type": "integer", "minimum": 0, "maximum": HIGHEST_RANK}

# Input
ADDRESS_IN: c.Schema = {
    **c.body(
        **dict.fromkeys(("address_1", "address_2", "city", "province", "postal_code", "phone"), PART),
        country_code={**COUNTRY, "type": ["string", "null"]},
    ),
    "type": ["object", "null"],
}
_location = {
    "rank": {**RANK, "description": "Stock is taken from the location of the lowest rank that has it."},
    "address": ADDRESS_IN,
    "metadata": c.METADATA,
}
CREATE_LOCATION = c.body(required=("name",), name=NAME, **_location)
UPDATE_LOCATION = c.body(name=NAME, **_location)
CREATE_SET = c.body(required=("name", "type"), name=NAME, type=c.one_of("shipping", "pickup"), metadata=c.METADATA)
GEO_ZONE_IN = c.body(
    required=("type", "country_code"),
    type=c.one_of("country", "province", "city", "zip"),
    country_code=COUNTRY,
    province_code={**PART, "maxLength": LONGEST_PROVINCE},
    city=PART,
    postal_expression={**PART, "maxLength": LONGEST_POSTAL, "description": "What postal codes begin with."},
    metadata=c.METADATA,
)
GEO_ZONES: c.Schema = {"type": "array", "items": GEO_ZONE_IN, "minItems": 1, "maxItems": MOST_GEO_ZONES}
CREATE_ZONE = c.body(required=("name", "geo_zones"), name=NAME, geo_zones=GEO_ZONES, metadata=c.METADATA)
UPDATE_ZONE = c.body(name=NAME, geo_zones=GEO_ZONES, metadata=c.METADATA)

AMOUNT_IN: c.Schema = {"type": "number", "minimum": 0, "maximum": LARGEST_AMOUNT}
RULE_IN = c.body(
    required=("attribute", "operator", "value"),
    attribute=c.one_of("item_total"),
    operator=c.one_of("gt", "gte", "lt", "lte", "eq"),
    value={**AMOUNT_IN, "description": "In major units of the price's currency."},
)
PRICE_IN = c.body(
    required=("amount",),
    id={**c.ID, "description": "Keep the id of a price that the option has."},
    amount=AMOUNT_IN,
    currency_code=c.CURRENCY,
    region_id={**c.ID, "description": "Only for buyers of this region; the currency is the region's."},
    rules={"type": "array", "items": RULE_IN, "maxItems": MOST_RULES},
)
PRICES: c.Schema = {"type": "array", "items": PRICE_IN, "minItems": 1, "maxItems": MOST_PRICES}
TYPE_IN = c.body(
    required=("code", "label"),
    code={
        "type": "string",
        "pattern": TYPE_CODE,
        "description": "Options of one code from several sellers are offered to a cart as one: standard, express.",
    },
    label=NAME,
    description={"type": ["string", "null"], "maxLength": LONGEST_DESCRIPTION},
)
_option = {
    "name": NAME,
    "shipping_profile_id": c.ID,
    "provider_id": c.ID,
    "price_type": c.one_of("flat", "calculated"),
    "type": TYPE_IN,
    "prices": PRICES,
    "data": {**c.DATA, "type": ["object", "null"]},
    "enabled_in_store": c.FLAG,
    "is_return": c.FLAG,
    "metadata": c.METADATA,
}
CREATE_OPTION = c.body(
    required=("name", "service_zone_id", "shipping_profile_id", "type", "prices"), service_zone_id=c.ID, **_option
)
UPDATE_OPTION = c.body(**_option)

_page: c.Schema = {"limit": 20, "q": c.SEARCH, "id": c.many()}
LIST_LOCATIONS = c.listing("id name rank created_at updated_at", **_page, name=c.many(NAME))
LIST_OPTIONS = c.listing(
    "id name created_at updated_at",
    **_page,
    service_zone_id=c.many(),
    shipping_profile_id=c.many(),
    stock_location_id=c.many(),
    is_return=c.FLAG,
    enabled_in_store=c.FLAG,
)
LIST_PROFILES = c.query(
    limit={"type": "integer", "minimum": 0, "maximum": 100, "default": 50},
    offset={"type": "integer", "minimum": 0, "maximum": c.INT_MAX, "default": 0},
    q=c.SEARCH,
    id=c.many(),
    type=c.many(NAME),
)

# Reply
_stamps = {"created_at": c.MOMENT, "updated_at": c.MOMENT}
GEO_ZONE = c.entity(
    "SellerGeoZone",
    id=c.STRING,
    type=c.one_of("country", "province", "city", "zip"),
    country_code=c.STRING,
    province_code=c.nullable(c.STRING),
    city=c.nullable(c.STRING),
    postal_expression=c.nullable(c.STRING),
    metadata=c.FREE,
    **_stamps,
)
ZONE = c.entity(
    "SellerServiceZone",
    id=c.STRING,
    name=c.STRING,
    fulfillment_set_id=c.STRING,
    geo_zones=c.array(GEO_ZONE),
    metadata=c.FREE,
    **_stamps,
)
SET = c.entity(
    "SellerFulfillmentSet",
    id=c.STRING,
    name=c.STRING,
    type=c.one_of("shipping", "pickup"),
    location_id=c.STRING,
    service_zones=c.array(ZONE),
    metadata=c.FREE,
    **_stamps,
)
ADDRESS = c.entity(
    "StockLocationAddress",
    id=c.STRING,
    **{
        name: c.nullable(c.STRING)
        for name in ("address_1", "address_2", "city", "province", "postal_code", "country_code", "phone")
    },
)
LOCATION = c.entity(
    "StockLocation",
    id=c.STRING,
    seller_id=c.STRING,
    name=c.STRING,
    rank=c.INTEGER,
    address_id=c.STRING,
    address=ADDRESS,
    fulfillment_sets=c.array(SET),
    metadata=c.FREE,
    **_stamps,
)
PROFILE = c.entity("ShippingProfile", id=c.STRING, name=c.STRING, type=c.STRING, metadata=c.FREE, **_stamps)
RULE = c.entity("SellerShippingPriceRule", attribute=c.STRING, operator=c.STRING, value=c.AMOUNT)
PRICE = c.entity(
    "SellerShippingPrice",
    id=c.STRING,
    currency_code=c.STRING,
    region_id=c.nullable(c.STRING),
    amount=c.AMOUNT,
    rules=c.array(RULE),
    **_stamps,
)
OPTION = c.entity(
    "SellerShippingOption",
    id=c.STRING,
    seller_id=c.STRING,
    name=c.STRING,
    price_type=c.one_of("flat", "calculated"),
    service_zone_id=c.STRING,
    service_zone=c.entity(
        "SellerOptionZone",
        id=c.STRING,
        name=c.STRING,
        fulfillment_set_id=c.STRING,
        fulfillment_set=c.entity(
            "SellerOptionSet",
            id=c.STRING,
            name=c.STRING,
            type=c.STRING,
            location=c.entity("SellerOptionLocation", id=c.STRING, name=c.STRING),
        ),
    ),
    shipping_profile_id=c.STRING,
    shipping_profile=PROFILE,
    provider_id=c.STRING,
    shipping_option_type_id=c.STRING,
    type=c.entity(
        "SellerShippingOptionType",
        id=c.STRING,
        code=c.STRING,
        label=c.STRING,
        description=c.nullable(c.STRING),
    ),
    prices=c.array(PRICE),
    data=c.FREE,
    enabled_in_store=c.BOOLEAN,
    is_return=c.BOOLEAN,
    metadata=c.FREE,
    **_stamps,
)
