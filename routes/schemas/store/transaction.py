"""Orders on the wire: the buyer's order, its lines and methods, and each seller's part."""

from typing import Any

from routes.schemas.shared import common as c
from routes.schemas.shared import totals
from routes.schemas.shared.fulfillment import FULFILLMENT
from routes.schemas.store.cart import (
    ADDRESS,
    CART,
    LINE,
    METHOD,
    ONLY_ID,
    ORDER_ADJUSTMENT,
    ORDER_METHOD_ADJUSTMENT,
    PROMOTION,
    SELLER,
)
from routes.schemas.store.cart import FIELDS as CART_FIELDS
from routes.schemas.store.payment import PAYMENT_COLLECTION
from utils.fields import FieldSet

# Input
_token = {"type": "string", "minLength": 1, "maxLength": 200}
REQUEST = c.body(description={"type": ["string", "null"], "maxLength": 1000})
ACCEPT = c.body(required=("token",), token=_token, update_order_email=c.FLAG)
DECLINE = c.body(required=("token",), token=_token)

# The original's words for an order's status; only the first three occur here.
STATES = "pending completed canceled requires_action draft archived".split()
PAYMENT_STATES = "not_paid awaiting authorized partially_authorized captured canceled".split()
FULFILLMENT_STATES = (
    "not_fulfilled partially_fulfilled fulfilled partially_shipped shipped partially_delivered delivered canceled"
).split()
SUMMARY = c.entity(
    "OrderSummary",
    **totals.amounts(
        "paid_total refunded_total accounting_total credit_line_total transaction_total pending_difference "
        "current_order_total original_order_total"
    ),
)
_progress = "fulfilled delivered shipped return_requested return_received return_dismissed canceled written_off".split()
DETAIL = c.entity(
    "OrderLineDetail",
    id=c.STRING,
    version=c.INTEGER,
    metadata=c.FREE,
    order_id=c.STRING,
    item_id=c.STRING,
    unit_price=c.NULL,
    compare_at_unit_price=c.NULL,
    quantity=c.INTEGER,
    **{f"{step}_quantity": c.INTEGER for step in _progress},
    created_at=c.MOMENT,
    updated_at=c.MOMENT,
    deleted_at=c.NULL,
)
ORDER_LINE = c.entity(
    "OrderLineItem",
    "seller product variant",
    **{
        name: schema for name, schema in LINE["properties"].items() if name not in ("cart_id", "adjustments", "product")
    },
    adjustments=c.array(ORDER_ADJUSTMENT),
    product=c.nullable(c.DATA),
    seller_order_id=c.STRING,
    is_custom_price=c.BOOLEAN,
    deleted_at=c.NULL,
    line_item_metadata=c.FREE,
    detail=DETAIL,
    **totals.amounts(
        "item_total item_subtotal item_tax_total refundable_total refundable_total_per_unit fulfilled_total "
        "shipped_total return_requested_total "
        "return_received_total return_dismissed_total canceled_total write_off_total"
    ),
)
_method_out = {
    **{
        name: schema
        for name, schema in METHOD["properties"].items()
        if name not in ("cart_id", "seller_methods", "adjustments")
    },
    "adjustments": c.array(ORDER_METHOD_ADJUSTMENT),
    "order_id": c.STRING,
    "seller_order_id": c.nullable(c.STRING),
    "is_custom_amount": c.BOOLEAN,
    "deleted_at": c.NULL,
    "detail": c.entity(
        "OrderShippingDetail",
        id=c.STRING,
        version=c.INTEGER,
        order_id=c.STRING,
        shipping_method_id=c.STRING,
        created_at=c.MOMENT,
        updated_at=c.MOMENT,
        deleted_at=c.NULL,
    ),
}
ORDER_SELLER_METHOD = c.like("OrderShippingMethod", c.entity("OrderSellerShippingMethod", "seller", **_method_out))
ORDER_METHOD = c.entity(
    "OrderShippingMethod", "seller seller_methods", **_method_out, seller_methods=c.array(ORDER_SELLER_METHOD)
)
SELLER_ORDER = c.entity(
    "SellerOrder",
    id=c.STRING,
    order_id=c.STRING,
    seller_id=c.STRING,
    seller=c.nullable(SELLER),
    status=c.one_of("placed", "accepted", "packed", "shipped", "delivered", "canceled"),
    currency_code=c.STRING,
    item_ids=c.array(c.STRING),
    shipping_method_ids=c.array(c.STRING),
    created_at=c.MOMENT,
    updated_at=c.MOMENT,
    accepted_at=c.nullable(c.MOMENT),
    canceled_at=c.nullable(c.MOMENT),
    canceled_total=c.AMOUNT,
    **totals.amounts(totals.SELLER_ORDER),
)
ORDER = c.entity(
    "Order",
    "customer cart promotions fulfillments payment_collections shipping_address billing_address credit_lines "
    "seller_orders",
    id=c.STRING,
    status=c.one_of("pending", "completed", "canceled"),
    summary=SUMMARY,
    currency_code=c.STRING,
    display_id=c.INTEGER,
    custom_display_id=c.NULL,
    region_id=c.STRING,
    sales_channel_id=c.nullable(c.STRING),
    customer_id=c.nullable(c.STRING),
    email=c.nullable(c.STRING),
    locale=c.nullable(c.STRING),
    metadata=c.FREE,
    created_at=c.MOMENT,
    updated_at=c.MOMENT,
    version=c.INTEGER,
    credit_lines=c.array(c.DATA),
    items=c.array(ORDER_LINE),
    shipping_address=c.nullable(ADDRESS),
    billing_address=c.nullable(ADDRESS),
    shipping_methods=c.array(ORDER_METHOD),
    payment_collections=c.array(PAYMENT_COLLECTION),
    fulfillments=c.array(FULFILLMENT),
    promotions=c.array(PROMOTION),
    seller_orders=c.array(SELLER_ORDER),
    customer=c.nullable(c.entity("OrderCustomer", id=c.STRING, email=c.nullable(c.STRING))),
    cart=ONLY_ID,
    payment_status=c.one_of(*PAYMENT_STATES),
    fulfillment_status=c.one_of(*FULFILLMENT_STATES),
    **totals.amounts(totals.CART + " original_subtotal gift_card_total gift_card_tax_total"),
)
PLACED = c.union(
    "CompletedCart",
    "type",
    order=c.envelope("PlacedOrder", type=c.one_of("order"), order=ORDER),
    cart=c.envelope(
        "RefusedCart",
        type=c.one_of("cart"),
        cart=CART,
        # And the facts of the case, as in the body of any error.
        error={
            **c.entity("CompletionError", name=c.STRING, type=c.STRING, code=c.STRING, message=c.STRING),
            "additionalProperties": True,
        },
    ),
)
# The parts that stay the same whichever way an order is reached.
_relations = (
    "summary items(variant(product(type collection options variants images categories tags seller) options images) "
    "product(type collection options variants images categories tags seller) tax_lines adjustments detail seller) "
    "shipping_address billing_address shipping_methods(tax_lines adjustments detail seller "
    "seller_methods(tax_lines adjustments detail seller)) "
    "payment_collections(payments payment_sessions payment_providers) fulfillments(items labels) "
    "promotions(application_method) "
    "seller_orders(seller) customer cart credit_lines"
)
_head = (
    "id status currency_code display_id custom_display_id region_id customer_id sales_channel_id email locale metadata "
    f"version payment_status fulfillment_status {totals.ORDER} item_discount_total shipping_discount_total "
    "gift_card_total gift_card_tax_total created_at updated_at"
)
_completed = (
    f"{_head} *summary *credit_lines *seller_orders(*seller) "
    "*items(*tax_lines *adjustments *detail *variant(*product)) *shipping_address *billing_address "
    "*shipping_methods(*tax_lines *adjustments *detail) *payment_collections(*payment_providers) "
    "*fulfillments(*items *labels)"
)
_extra = (
    "customer_id sales_channel_id metadata locale item_discount_total shipping_discount_total *customer *cart "
    "*items *shipping_address *billing_address *shipping_methods *payment_collections *fulfillments(*items *labels) "
    "*promotions promotions(*application_method) items(*product *variant *seller *detail *tax_lines *adjustments "
    f"id title subtitle thumbnail metadata quantity unit_price {totals.PART} "
    "variant(*product *options product(*options)) "
    "product(*options *images *variants *type *collection *categories *tags)) "
    "shipping_methods(*seller *tax_lines *adjustments id name amount data metadata "
    "*seller_methods(*seller *tax_lines *adjustments *detail)) "
    "payment_collections(*payments *payment_sessions id currency_code amount status) "
    f"seller_orders(id seller_id status currency_code created_at {totals.SELLER_ORDER} *seller seller(id handle name))"
)
_always = (
    "id status version *payment_collections(*payment_providers) *fulfillments(*items *labels) payment_status "
    "fulfillment_status"
)
_listed = f"{_head} *summary *items(*tax_lines *adjustments *detail) *shipping_methods(*tax_lines *adjustments *detail)"
FILTERS: dict[str, Any] = {"id": c.many(), "status": c.many(c.one_of(*STATES))}
MORE = {"type": "array", "items": c.query(**FILTERS), "maxItems": 20}
AND_OR_MORE: dict[str, Any] = {"$and": MORE, "$or": MORE}
LIST = c.listing("created_at updated_at display_id id total", with_deleted=c.WITH_DELETED, **FILTERS, **AND_OR_MORE)
LIST_FIELDS = FieldSet(
    relations=_relations,
    defaults=_listed,
    extra=f"{_completed} {_extra}",
    always="id version payment_status fulfillment_status",
)
COMPLETED = FieldSet(
    relations=_relations,
    defaults=_completed,
    extra=_extra + " version payment_status fulfillment_status",
    instead=CART_FIELDS,
)
FIELDS = FieldSet(relations=_relations, defaults=_completed, extra=_extra, always=_always)
