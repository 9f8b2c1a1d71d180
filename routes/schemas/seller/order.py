"""A seller's orders on the wire, as its staff sees them: what is needed to send them, and no more of the buyer."""

from models.order.seller_orders import MOST_ROWS
from routes.schemas.shared import common as c
from routes.schemas.shared import totals
from routes.schemas.shared.fulfillment import FULFILLMENT
from routes.schemas.store.cart import ADDRESS, ORDER_ADJUSTMENT, ORDER_METHOD_ADJUSTMENT
from routes.schemas.store.transaction import DETAIL, ORDER_LINE, ORDER_METHOD
from utils.fields import FieldSet

STATES = "placed accepted packed shipped delivered canceled".split()

# Input
_item = c.body(required=("id", "quantity"), id=c.ID, quantity=c.QUANTITY)
ITEMS = {"type": "array", "items": _item, "minItems": 1, "maxItems": 200}
PACK = c.body(
    items={**ITEMS, "description": "Pieces by item; left out, all that can still be packed."},
    location_id={**c.ID, "type": ["string", "null"]},
    metadata=c.METADATA,
)
_url = {"type": "string", "maxLength": 2000, "pattern": "^(https?://.+)?$"}
LABEL_IN = c.body(
    required=("tracking_number",),
    tracking_number={"type": "string", "minLength": 1, "maxLength": 200},
    tracking_url=_url,
    label_url=_url,
)
SHIP = c.body(
    labels={"type": "array", "items": LABEL_IN, "maxItems": 20},
    carrier={"type": ["string", "null"], "minLength": 1, "maxLength": 100},
)
CANCEL = c.body(
    required=("reason",),
    reason={"type": "string", "minLength": 1, "maxLength": 500},
    items={**ITEMS, "description": "Pieces by item; left out, all that are not packed."},
)
LIST = c.body(
    limit={"type": "integer", "minimum": 1, "maximum": MOST_ROWS - 1, "default": 20},
    offset={"type": "integer", "minimum": 0, "maximum": 10_000, "default": 0},
    cursor={"type": "string", "minLength": 1, "maxLength": 200, "description": "`next_cursor` of the page before."},
    order={**c.one_of("created_at", "-created_at"), "default": "-created_at"},
    status=c.many(c.one_of(*STATES), most=len(STATES)),
    q={**c.SEARCH, "description": "The order's number or id, a SKU, or words of a title."},
    **dict.fromkeys(("created_at", "updated_at"), c.body(**dict.fromkeys(("$gt", "$gte", "$lt", "$lte"), c.MOMENT_IN))),
)
CHANGES = c.query(
    limit={"type": "integer", "minimum": 0, "maximum": 100, "default": 100},
    offset={"type": "integer", "minimum": 0, "maximum": 10_000, "default": 0},
)

# Reply
# What a list shows of an order and of its lines, and so what every answer holds.
_listed = (
    "id display_id seller_id status fulfillment_status payment_status currency_code created_at updated_at total "
    "item_total shipping_total canceled_total current_total payout_total"
)
_listed_line = "id title thumbnail variant_sku variant_title quantity unit_price total"
_shown = frozenset((*_listed.split(), "shipping_address", "items"))
_hidden = ("seller", "product", "variant", "order_id")
_detail = c.entity("VendorOrderLineDetail", **{k: v for k, v in DETAIL["properties"].items() if k != "order_id"})
_address = c.entity("VendorOrderAddress", **{k: v for k, v in ADDRESS["properties"].items() if k != "customer_id"})
_line = {name: schema for name, schema in ORDER_LINE["properties"].items() if name not in _hidden}
_adjustment = c.entity(
    "VendorOrderAdjustment", **{k: v for k, v in ORDER_ADJUSTMENT["properties"].items() if k not in _hidden}
)
_method_adjustment = c.entity(
    "VendorOrderShippingAdjustment",
    **{k: v for k, v in ORDER_METHOD_ADJUSTMENT["properties"].items() if k not in _hidden},
)
_line |= {"detail": _detail, "adjustments": c.array(_adjustment)}
LINE = c.entity("VendorOrderLineItem", " ".join(name for name in _line if name not in _listed_line.split()), **_line)
_method = {k: v for k, v in ORDER_METHOD["properties"].items() if k not in (*_hidden, "detail", "seller_methods")}
_method |= {"adjustments": c.array(_method_adjustment)}
METHOD = c.entity("VendorOrderShippingMethod", **_method)
_order = c.entity(
    "VendorOrder",
    id=c.STRING,
    display_id=c.INTEGER,
    seller_id=c.STRING,
    status=c.one_of(*STATES),
    fulfillment_status=c.STRING,
    payment_status=c.STRING,
    currency_code=c.STRING,
    region_id=c.STRING,
    locale=c.nullable(c.STRING),
    metadata=c.FREE,
    created_at=c.MOMENT,
    updated_at=c.MOMENT,
    accepted_at=c.nullable(c.MOMENT),
    canceled_at=c.nullable(c.MOMENT),
    items=c.array(LINE),
    shipping_address=c.nullable(_address),
    shipping_methods=c.array(METHOD),
    fulfillments=c.array(FULFILLMENT),
    **totals.amounts(totals.SELLER_ORDER),
    commission_rate={"type": "number", "description": "Percent of the items' net after discounts."},
    **totals.amounts("canceled_total current_total commission_total canceled_commission_total payout_total"),
)
ORDER = {**_order, "required": [name for name in _order["properties"] if name in _shown]}
CHANGE = c.entity(
    "VendorOrderChange",
    id=c.STRING,
    seller_order_id=c.STRING,
    kind=c.STRING,
    status=c.one_of(*STATES),
    actor_type=c.STRING,
    actor_id=c.nullable(c.STRING),
    reason=c.nullable(c.STRING),
    data=c.FREE,
    created_at=c.MOMENT,
)
PAGE = {
    "type": "object",
    "properties": {
        "orders": c.array(ORDER),
        "limit": c.INTEGER,
        "offset": c.INTEGER,
        "next_cursor": c.nullable(c.STRING),
        "count": {
            "type": "integer",
            "description": "How many fit, up to 1,000; left out on pages that go on from a cursor.",
        },
        "count_is_exact": {"type": "boolean", "description": "False: there are more than `count`."},
    },
    "required": ["orders", "limit", "next_cursor"],
    "additionalProperties": False,
}
_head = (
    "id display_id seller_id status fulfillment_status payment_status currency_code region_id locale metadata "
    "created_at updated_at accepted_at canceled_at commission_rate canceled_total current_total commission_total "
    f"canceled_commission_total payout_total {totals.SELLER_ORDER}"
)
_relations = (
    "items(tax_lines adjustments detail) shipping_address shipping_methods(tax_lines adjustments detail) "
    "fulfillments(items labels)"
)
_whole = (
    f"{_head} *items(*tax_lines *adjustments *detail) *shipping_address "
    "*shipping_methods(*tax_lines *adjustments *detail) *fulfillments(*items *labels)"
)
_item_names = (
    "items(id title subtitle thumbnail product_title product_id variant_id variant_sku variant_title quantity "
    "unit_price total subtotal metadata *detail)"
)
FIELDS = FieldSet(relations=_relations, defaults=_whole, extra=_item_names)
LIST_FIELDS = FieldSet(
    relations=_relations,
    defaults=f"{_listed} *shipping_address items({_listed_line})",
    extra=f"{_whole} {_item_names}",
)
