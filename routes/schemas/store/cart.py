"""Carts on the wire: what may be sent, what comes back, and what may be asked for."""

from routes.schemas.shared import common as c
from routes.schemas.shared import totals
from routes.schemas.store.payment import PAYMENT_COLLECTION
from routes.schemas.store.region import REGION
from utils.fields import FieldSet

# Input
PART = {"type": ["string", "null"], "maxLength": 255}
ADDRESS_IN = c.body(
    first_name=PART,
    last_name=PART,
    company=PART,
    address_1=PART,
    address_2=PART,
    city=PART,
    postal_code={"type": ["string", "null"], "maxLength": 32},
    country_code={"type": ["string", "null"], "maxLength": 2},
    province=PART,
    phone={"type": ["string", "null"], "maxLength": 64},
    metadata=c.METADATA,
    # What a client may send back of an address that it read; nothing is done with it.
    **dict.fromkeys(("id", "customer_id", "created_at", "updated_at", "deleted_at"), PART),
)
MAYBE_ADDRESS = {**ADDRESS_IN, "type": ["object", "null"]}
CODES = {"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 100}, "maxItems": 50}
ITEM = c.body(
    required=("variant_id", "quantity"),
    variant_id=c.ID,
    quantity=c.QUANTITY,
    metadata=c.METADATA,
    additional_data=c.DATA,
)
_said = {
    "email": {**c.EMAIL, "type": ["string", "null"]},
    "shipping_address": MAYBE_ADDRESS,
    "billing_address": MAYBE_ADDRESS,
    "sales_channel_id": c.ID,
    "promo_codes": CODES,
    "metadata": c.METADATA,
    "locale": {**c.LOCALE, "type": ["string", "null"]},
    "additional_data": c.DATA,
}
CREATE = c.body(
    region_id=c.ID, currency_code=c.CURRENCY, items={"type": "array", "items": ITEM, "maxItems": 100}, **_said
)
UPDATE = c.body(region_id=c.ID, currency_code=c.CURRENCY, **_said)
CLAIM = c.body(additional_data=c.DATA)
CHANGE_ITEM = c.body(
    required=("quantity",),
    quantity={**c.QUANTITY, "minimum": 0},
    metadata=c.METADATA,
    additional_data=c.DATA,
)
PROMO_CODES = c.body(required=("promo_codes",), promo_codes=CODES)
_method = c.body(required=("option_id",), option_id=c.ID, data=c.DATA, additional_data=c.DATA)
# One choice, or a list of them.
METHOD_IN = {**_method, "type": ["object", "array"], "items": _method, "minItems": 1, "maxItems": 50}

# Reply
ADDRESS = c.entity(
    "Address",
    id=c.STRING,
    customer_id=c.nullable(c.STRING),
    **dict.fromkeys(
        "first_name last_name company address_1 address_2 city postal_code country_code province phone".split(),
        c.nullable(c.STRING),
    ),
    metadata=c.FREE,
    created_at=c.MOMENT,
    updated_at=c.MOMENT,
    deleted_at=c.NULL,
)
_tax = {
    "id": c.STRING,
    "description": c.nullable(c.STRING),
    "code": c.STRING,
    "rate": c.NUMBER,
    "provider_id": c.STRING,
    "tax_rate_id": c.nullable(c.STRING),
    "data": c.FREE,
    "metadata": c.FREE,
    "created_at": c.MOMENT,
    "updated_at": c.MOMENT,
    "deleted_at": c.NULL,
    "total": c.AMOUNT,
    "subtotal": c.AMOUNT,
}
_adjustment = {
    "id": c.STRING,
    "code": c.nullable(c.STRING),
    "promotion_id": c.nullable(c.STRING),
    "amount": c.AMOUNT,
    "is_tax_inclusive": c.BOOLEAN,
    "description": c.nullable(c.STRING),
    "provider_id": c.nullable(c.STRING),
    "created_at": c.MOMENT,
    "updated_at": c.MOMENT,
    "deleted_at": c.NULL,
    "total": c.AMOUNT,
    "subtotal": c.AMOUNT,
}
TAX_LINE = c.entity("TaxLine", item_id=c.STRING, **_tax)
METHOD_TAX_LINE = c.entity("ShippingTaxLine", shipping_method_id=c.STRING, **_tax)
ADJUSTMENT = c.entity("CartAdjustment", item_id=c.STRING, cart_id=c.STRING, **_adjustment)
METHOD_ADJUSTMENT = c.entity("CartShippingAdjustment", shipping_method_id=c.STRING, cart_id=c.STRING, **_adjustment)
_adjustment |= {"order_id": c.STRING, "version": c.INTEGER}
ORDER_ADJUSTMENT = c.entity("OrderAdjustment", item_id=c.STRING, **_adjustment)
ORDER_METHOD_ADJUSTMENT = c.entity("OrderShippingAdjustment", shipping_method_id=c.STRING, **_adjustment)
SELLER = c.entity("SellerName", id=c.STRING, handle=c.STRING, name=c.STRING, logo=c.nullable(c.STRING))
ONLY_ID = c.entity("OnlyId", id=c.STRING)
# What a line says of its product when nobody asks for more; asked for, it is the catalogue's whole one.
LINE_PRODUCT = {
    **c.entity(
        "LineProduct",
        id=c.STRING,
        collection_id=c.nullable(c.STRING),
        type_id=c.nullable(c.STRING),
        categories=c.array(ONLY_ID),
        tags=c.array(ONLY_ID),
    ),
    "additionalProperties": True,
}
LINE = c.entity(
    "LineItem",
    "seller variant",
    id=c.STRING,
    cart_id=c.STRING,
    title=c.STRING,
    seller_id=c.STRING,
    seller=SELLER,
    variant_id=c.STRING,
    product_id=c.STRING,
    product_title=c.STRING,
    variant_title=c.STRING,
    product_handle=c.STRING,
    **dict.fromkeys(
        (
            "subtitle thumbnail product_type_id product_description product_subtitle product_type product_collection "
            "variant_sku variant_barcode"
        ).split(),
        c.nullable(c.STRING),
    ),
    variant_option_values=c.FREE,
    requires_shipping=c.BOOLEAN,
    is_giftcard=c.BOOLEAN,
    is_discountable=c.BOOLEAN,
    is_tax_inclusive=c.BOOLEAN,
    metadata=c.FREE,
    created_at=c.MOMENT,
    updated_at=c.MOMENT,
    quantity=c.INTEGER,
    unit_price=c.AMOUNT,
    compare_at_unit_price=c.nullable(c.AMOUNT),
    tax_lines=c.array(TAX_LINE),
    adjustments=c.array(ADJUSTMENT),
    product=c.nullable(LINE_PRODUCT),
    variant=c.nullable(c.DATA),
    **totals.amounts(totals.PART),
)
_method_out = dict(
    id=c.STRING,
    cart_id=c.STRING,
    name=c.STRING,
    description=c.nullable(c.STRING),
    amount=c.AMOUNT,
    is_tax_inclusive=c.BOOLEAN,
    shipping_option_id=c.STRING,
    seller_id=c.nullable(c.STRING),
    seller=c.nullable(SELLER),
    data=c.FREE,
    metadata=c.FREE,
    created_at=c.MOMENT,
    updated_at=c.MOMENT,
    tax_lines=c.array(METHOD_TAX_LINE),
    adjustments=c.array(METHOD_ADJUSTMENT),
    **totals.amounts(totals.PART),
)
SELLER_METHOD = c.like("CartShippingMethod", c.entity("CartSellerShippingMethod", "seller", **_method_out))
METHOD = c.entity("CartShippingMethod", "seller seller_methods", **_method_out, seller_methods=c.array(SELLER_METHOD))
APPLICATION_METHOD = c.entity(
    "ApplicationMethod",
    id=c.STRING,
    value=c.NUMBER,
    type=c.one_of("fixed", "percentage"),
    currency_code=c.nullable(c.STRING),
)
PROMOTION = c.entity(
    "CartPromotion",
    id=c.STRING,
    code=c.STRING,
    is_automatic=c.BOOLEAN,
    is_tax_inclusive=c.BOOLEAN,
    application_method=APPLICATION_METHOD,
)
CUSTOMER = c.entity("CartCustomer", id=c.STRING, email=c.STRING, groups=c.array(ONLY_ID))
UNAPPLIED = c.entity("UnappliedPromotion", code=c.STRING, reason=c.STRING)
CART = c.entity(
    "Cart",
    "shipping_address_id billing_address_id customer payment_collection",
    id=c.STRING,
    currency_code=c.STRING,
    email=c.nullable(c.STRING),
    locale=c.nullable(c.STRING),
    region_id=c.STRING,
    created_at=c.MOMENT,
    updated_at=c.MOMENT,
    completed_at=c.nullable(c.MOMENT),
    metadata=c.FREE,
    sales_channel_id=c.nullable(c.STRING),
    customer_id=c.nullable(c.STRING),
    shipping_address_id=c.STRING,
    billing_address_id=c.STRING,
    shipping_address=c.nullable(ADDRESS),
    billing_address=c.nullable(ADDRESS),
    items=c.array(LINE),
    shipping_methods=c.array(METHOD),
    promotions=c.array(PROMOTION),
    unapplied_promotions=c.array(UNAPPLIED),
    customer=CUSTOMER,
    region=REGION,
    payment_collection=PAYMENT_COLLECTION,
    credit_lines=c.array(c.DATA),
    **totals.amounts(totals.CART),
    **totals.amounts("original_subtotal gift_card_total gift_card_tax_total"),
)
CHANGE = c.envelope(
    "CartChange",
    "line_id variant_id title quantity wanted_quantity reason from_cart_id before after",
    change=c.one_of("email", "price", "added", "raised", "capped", "left_out"),
    line_id=c.STRING,
    variant_id=c.STRING,
    title=c.STRING,
    quantity=c.INTEGER,
    wanted_quantity=c.INTEGER,
    reason=c.STRING,
    from_cart_id=c.STRING,
    before={"type": ["string", "number"]},
    after={"type": ["string", "number"]},
)
CLAIMED = {
    "type": "object",
    "properties": {"cart": CART, "changes": c.array(CHANGE)},
    "required": ["cart", "changes"],
    "additionalProperties": False,
}
_address = (
    "id customer_id first_name last_name company address_1 address_2 city postal_code country_code province phone "
    "metadata created_at updated_at deleted_at"
)
_tax_line = (
    "id description code rate provider_id tax_rate_id data metadata created_at updated_at deleted_at total subtotal"
)
_adjusted = (
    "id cart_id code promotion_id amount is_tax_inclusive description provider_id created_at updated_at deleted_at "
    "total subtotal"
)
FIELDS = FieldSet(
    relations=(
        "items(product(categories tags collection type images options variants seller) variant(options product images) "
        "tax_lines adjustments seller) shipping_methods(tax_lines adjustments seller "
        "seller_methods(tax_lines adjustments seller)) "
        "promotions(application_method) customer(groups) shipping_address billing_address region(countries) "
        "payment_collection(payment_sessions payment_providers) credit_lines unapplied_promotions"
    ),
    defaults=(
        "id currency_code email locale region_id created_at updated_at completed_at metadata sales_channel_id "
        f"customer_id {totals.CART} original_subtotal gift_card_total gift_card_tax_total shipping_address_id "
        "billing_address_id "
        "promotions(id code is_automatic is_tax_inclusive application_method(id value type currency_code)) "
        "*unapplied_promotions items(id cart_id title subtitle thumbnail seller_id variant_id product_id "
        "is_giftcard product_type_id "
        "product_title product_description product_subtitle product_type product_collection product_handle "
        "variant_sku variant_barcode variant_title variant_option_values requires_shipping is_discountable "
        "metadata created_at updated_at quantity "
        "unit_price compare_at_unit_price is_tax_inclusive product(id collection_id type_id categories(id) tags(id)) "
        f"{totals.PART} tax_lines(item_id {_tax_line}) adjustments(item_id {_adjusted})) customer(id email groups(id)) "
        "shipping_methods(id cart_id name description seller_id amount is_tax_inclusive shipping_option_id data "
        "metadata "
        f"created_at updated_at {totals.PART} tax_lines(shipping_method_id {_tax_line}) "
        f"adjustments(shipping_method_id {_adjusted})) "
        f"shipping_address({_address}) billing_address({_address}) "
        "*region(*countries) *payment_collection(*payment_sessions *payment_providers) *credit_lines"
    ),
    extra=(
        f"*items *region *promotions *customer *shipping_methods *shipping_address *billing_address "
        f"items({totals.PART} cart_id subtitle is_discountable *product *variant *seller *tax_lines *adjustments "
        "variant_option_values seller(id handle name logo) tax_lines(item_id total subtotal tax_rate_id) "
        "adjustments(item_id total subtotal)) "
        f"shipping_methods({totals.PART} name cart_id description data metadata *seller *tax_lines *adjustments "
        "created_at updated_at adjustments(promotion_id total subtotal) "
        "*seller_methods(*seller *tax_lines *adjustments)) "
        "shipping_address(created_at updated_at) billing_address(created_at updated_at) "
        "payment_collection(id currency_code amount status "
        "payment_sessions(id amount currency_code provider_id status data))"
    ),
)
