"""Shipping options on the wire."""

from routes.schemas.shared import common as c
from routes.schemas.shared import totals
from routes.schemas.store.cart import SELLER
from utils.fields import FieldSet

LIST = c.query(
    required=("cart_id",),
    cart_id=c.ID,
    seller_id=c.ID,
    is_return=c.FLAG,
    limit={"type": "integer", "minimum": 0, "maximum": 100, "default": 100},
    offset={"type": "integer", "minimum": 0, "maximum": c.INT_MAX, "default": 0},
    order={"type": "string", "enum": ["id", "-id", "name", "-name"]},
)
CALCULATE = c.body(required=("cart_id",), cart_id=c.ID, data=c.DATA)

CHOSEN = c.entity(
    "ChosenPriceRow",
    id=c.nullable(c.STRING),
    price_list_id=c.NULL,
    price_list_type=c.NULL,
    min_quantity=c.NULL,
    max_quantity=c.NULL,
)
CALCULATED = c.entity(
    "ShippingCalculatedPrice",
    id=c.STRING,
    is_calculated_price_price_list=c.BOOLEAN,
    is_calculated_price_tax_inclusive=c.BOOLEAN,
    **totals.amounts("calculated_amount calculated_amount_with_tax calculated_amount_without_tax"),
    is_original_price_price_list=c.BOOLEAN,
    is_original_price_tax_inclusive=c.BOOLEAN,
    **totals.amounts("original_amount original_amount_with_tax original_amount_without_tax"),
    currency_code=c.STRING,
    calculated_price=CHOSEN,
    original_price=CHOSEN,
)
PRICE_RULE = c.entity(
    "ShippingPriceRule",
    id=c.STRING,
    attribute=c.STRING,
    operator=c.STRING,
    value=c.STRING,
    priority=c.INTEGER,
    price_id=c.STRING,
    created_at=c.MOMENT,
    updated_at=c.MOMENT,
    deleted_at=c.NULL,
)
PRICE = c.entity(
    "ShippingPrice",
    id=c.STRING,
    title=c.NULL,
    currency_code=c.STRING,
    rules_count=c.INTEGER,
    price_set_id=c.STRING,
    price_list_id=c.NULL,
    price_list=c.NULL,
    created_at=c.MOMENT,
    updated_at=c.MOMENT,
    deleted_at=c.NULL,
    price_rules=c.array(PRICE_RULE),
    amount=c.AMOUNT,
    min_quantity=c.NULL,
    max_quantity=c.NULL,
)
LOCATION = c.entity(
    "FulfillmentLocation",
    "name",
    id=c.STRING,
    name=c.STRING,
    address=c.entity(
        "LocationAddress",
        id=c.STRING,
        **dict.fromkeys(
            "company address_1 address_2 city country_code province postal_code phone".split(), c.nullable(c.STRING)
        ),
        metadata=c.FREE,
        created_at=c.MOMENT,
        updated_at=c.MOMENT,
        deleted_at=c.NULL,
    ),
)
FULFILLMENT_SET = c.entity("FulfillmentSet", "name", id=c.STRING, name=c.STRING, type=c.STRING, location=LOCATION)
ZONE = c.entity(
    "ServiceZone", "name", id=c.STRING, name=c.STRING, fulfillment_set_id=c.STRING, fulfillment_set=FULFILLMENT_SET
)
TYPE = c.entity("ShippingOptionType", id=c.STRING, label=c.STRING, description=c.nullable(c.STRING), code=c.STRING)
OPTION = c.entity(
    "ShippingOption",
    "seller",
    id=c.STRING,
    name=c.STRING,
    price_type=c.one_of("flat", "calculated"),
    service_zone_id=c.STRING,
    shipping_profile_id=c.STRING,
    provider_id=c.STRING,
    data=c.FREE,
    metadata=c.FREE,
    service_zone=ZONE,
    type=TYPE,
    provider=c.like("PaymentProvider", c.entity("FulfillmentProvider", id=c.STRING, is_enabled=c.BOOLEAN)),
    rules=c.array(c.entity("ShippingOptionRule", attribute=c.STRING, value=c.STRING, operator=c.STRING)),
    calculated_price=CALCULATED,
    prices=c.array(PRICE),
    amount=c.AMOUNT,
    is_tax_inclusive=c.BOOLEAN,
    insufficient_inventory=c.BOOLEAN,
    seller_id=c.nullable(c.STRING),
    seller=c.nullable(SELLER),
    seller_options=c.array(
        c.entity("SellerOption", seller_id=c.STRING, shipping_option_id=c.STRING, name=c.STRING, amount=c.AMOUNT)
    ),
)
_own = "id name price_type service_zone_id shipping_profile_id provider_id data metadata amount is_tax_inclusive"
FIELDS = FieldSet(
    relations=(
        "service_zone(fulfillment_set(location(address))) type provider rules calculated_price(calculated_price "
        "original_price) prices(price_rules) seller seller_options"
    ),
    defaults=(
        f"{_own} insufficient_inventory seller_id *seller_options "
        "service_zone(fulfillment_set_id id fulfillment_set(type id location(id *address))) "
        "type(id label description code) "
        "provider(id is_enabled) rules(attribute value operator) *calculated_price(*calculated_price *original_price) "
        "*prices(*price_rules)"
    ),
    extra=(
        "*seller seller_options(seller_id shipping_option_id name amount) service_zone(name) *type *provider "
        "*service_zone"
    ),
    depth=4,
)
