"""Parcels on the wire, for buyers and for sellers."""

from routes.schemas.shared import common as c

ITEM = c.entity(
    "FulfillmentItem",
    id=c.STRING,
    fulfillment_id=c.STRING,
    line_item_id=c.STRING,
    title=c.STRING,
    sku=c.nullable(c.STRING),
    barcode=c.nullable(c.STRING),
    quantity=c.INTEGER,
    created_at=c.MOMENT,
    updated_at=c.MOMENT,
    deleted_at=c.NULL,
)
LABEL = c.entity(
    "FulfillmentLabel",
    "label_url",
    id=c.STRING,
    fulfillment_id=c.STRING,
    tracking_number=c.STRING,
    tracking_url=c.STRING,
    label_url=c.STRING,
    created_at=c.MOMENT,
    updated_at=c.MOMENT,
    deleted_at=c.NULL,
)
FULFILLMENT = c.entity(
    "Fulfillment",
    "created_by",
    id=c.STRING,
    status=c.one_of("packed", "shipped", "delivered", "canceled"),
    seller_order_id=c.STRING,
    location_id=c.nullable(c.STRING),
    provider_id=c.nullable(c.STRING),
    shipping_option_id=c.nullable(c.STRING),
    carrier=c.nullable(c.STRING),
    requires_shipping=c.BOOLEAN,
    data=c.FREE,
    metadata=c.FREE,
    created_by=c.nullable(c.STRING),
    items=c.array(ITEM),
    labels=c.array(LABEL),
    packed_at=c.MOMENT,
    **dict.fromkeys(("shipped_at", "delivered_at", "canceled_at"), c.nullable(c.MOMENT)),
    created_at=c.MOMENT,
    updated_at=c.MOMENT,
    deleted_at=c.NULL,
)
