"""Returns and return reasons on the wire."""

from routes.schemas.shared import common as c
from utils.fields import FieldSet

# Input
_note = {"type": ["string", "null"], "maxLength": 1000}
ITEM_IN = c.body(
    required=("id", "quantity"),
    id=c.ID,
    quantity=c.QUANTITY,
    reason_id={**c.ID, "type": ["string", "null"]},
    note=_note,
)
CREATE = c.body(
    required=("order_id", "items", "return_shipping"),
    order_id=c.ID,
    items={"type": "array", "items": ITEM_IN, "minItems": 1, "maxItems": 200},
    return_shipping=c.body(required=("option_id",), option_id=c.ID, price=c.NUMBER_IN),
    location_id={
        **c.ID,
        "type": ["string", "null"],
        "description": "The seller's location that the parcel goes to; the seller learns of it.",
    },
    note=_note,
    receive_now=c.FLAG,
)
LIST = c.listing(
    "created_at updated_at value label id",
    limit=20,
    id=c.many(),
    value=c.many(c.TEXT),
    q=c.SEARCH,
    with_deleted=c.WITH_DELETED,
)

# Reply
_plain = {
    "id": c.STRING,
    "value": c.STRING,
    "label": c.STRING,
    "description": c.nullable(c.STRING),
    "parent_return_reason_id": c.nullable(c.STRING),
    "created_at": c.MOMENT,
    "updated_at": c.MOMENT,
    "metadata": c.FREE,
    "deleted_at": c.NULL,
}
RELATED = c.entity("RelatedReturnReason", **_plain)
REASON = c.entity(
    "ReturnReason",
    **_plain,
    parent_return_reason=c.nullable(RELATED),
    return_reason_children=c.array(RELATED),
)
ITEM = c.entity(
    "ReturnItem",
    id=c.STRING,
    return_id=c.STRING,
    item_id=c.STRING,
    quantity=c.INTEGER,
    received_quantity=c.INTEGER,
    damaged_quantity=c.INTEGER,
    reason_id=c.nullable(c.STRING),
    note=c.nullable(c.STRING),
    metadata=c.FREE,
    created_at=c.MOMENT,
    updated_at=c.MOMENT,
)
RETURN = c.entity(
    "Return",
    id=c.STRING,
    display_id=c.INTEGER,
    order_id=c.STRING,
    seller_order_id=c.STRING,
    status=c.one_of("requested", "partially_received", "received", "canceled"),
    location_id=c.nullable(c.STRING),
    claim_id=c.NULL,
    exchange_id=c.NULL,
    refund_amount=c.nullable(c.AMOUNT),
    created_by=c.nullable(c.STRING),
    metadata=c.FREE,
    items=c.array(ITEM),
    created_at=c.MOMENT,
    updated_at=c.MOMENT,
    deleted_at=c.NULL,
    requested_at=c.MOMENT,
    received_at=c.nullable(c.MOMENT),
    canceled_at=c.nullable(c.MOMENT),
)
REASON_FIELDS = FieldSet(
    relations="parent_return_reason return_reason_children",
    defaults=(
        "id value label parent_return_reason_id description metadata created_at updated_at deleted_at "
        "*parent_return_reason *return_reason_children"
    ),
)
FIELDS = FieldSet(
    relations="items",
    defaults=(
        "id display_id order_id seller_order_id status location_id claim_id exchange_id refund_amount created_by "
        "metadata "
        "created_at updated_at deleted_at requested_at received_at canceled_at *items"
    ),
)
