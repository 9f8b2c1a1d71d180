"""Returns on the wire, as the seller sees them: without the ids of the whole order and of the customer."""

from routes.schemas.shared import common as c
from routes.schemas.store.returns import ITEM as BUYERS_ITEM
from routes.schemas.store.returns import RETURN as BUYERS_RETURN
from utils.fields import FieldSet

STATES = ("requested", "partially_received", "received", "canceled")

# Input
LIST = c.query(
    limit={"type": "integer", "minimum": 0, "maximum": 100, "default": 20},
    offset={"type": "integer", "minimum": 0, "maximum": 10_000, "default": 0},
    status=c.many(c.one_of(*STATES), most=len(STATES)),
    order_id={**c.ID, "description": "The store's order."},
)
_count = {"type": "integer", "minimum": 0, "maximum": 1_000_000}
_item = c.body(
    required=("id", "quantity"),
    id={**c.ID, "description": "The order's item."},
    quantity={**_count, "description": "Pieces that came in good state."},
    damaged_quantity={**_count, "description": "Pieces that came damaged: they never go on stock."},
    location_id={
        **c.ID,
        "type": ["string", "null"],
        "description": "Where the good pieces go on stock again; left out, they do not.",
    },
)
RECEIVE = c.body(required=("items",), items={"type": "array", "items": _item, "minItems": 1, "maxItems": 200})
CANCEL = c.body(reason={"type": ["string", "null"], "minLength": 1, "maxLength": 500})

# Reply
ITEM = c.entity("VendorReturnItem", **BUYERS_ITEM["properties"], restocked_quantity=c.INTEGER)
_hidden = ("order_id", "created_by", "claim_id", "exchange_id", "refund_amount")
RETURN = c.entity(
    "VendorReturn",
    **{
        name: schema
        for name, schema in BUYERS_RETURN["properties"].items()
        if name not in (*_hidden, "items", "status")
    },
    status=c.one_of(*STATES),
    note=c.nullable(c.STRING),
    canceled_reason=c.nullable(c.STRING),
    shipping_option_id=c.STRING,
    currency_code=c.STRING,
    shipping_amount=c.AMOUNT,
    items=c.array(ITEM),
)
FIELDS = FieldSet(
    relations="items",
    defaults=(
        "id display_id seller_order_id status note canceled_reason shipping_option_id currency_code shipping_amount "
        "location_id metadata created_at updated_at deleted_at requested_at received_at canceled_at *items"
    ),
    extra="items(id item_id quantity received_quantity damaged_quantity restocked_quantity reason_id note)",
)
