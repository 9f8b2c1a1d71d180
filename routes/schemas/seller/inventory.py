"""A seller's stock on the wire: items, their levels, movements, and what variants take."""

from models.inventory.rules import LONGEST_SKU, MOST_PIECES
from models.shared.rules import LONGEST_NOTE
from routes.schemas.shared import common as c

COUNT: c.Schema = {"type": "integer", "minimum": 0, "maximum": MOST_PIECES}
ADJUSTMENT: c.Schema = {"type": "integer", "minimum": -MOST_PIECES, "maximum": MOST_PIECES, "not": {"const": 0}}
REASON: c.Schema = {"type": "string", "minLength": 1, "maxLength": 200}
SKU: c.Schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_SKU}
TEXT: c.Schema = {"type": ["string", "null"], "maxLength": LONGEST_NOTE}
SHORT: c.Schema = {"type": ["string", "null"], "maxLength": 100}
MEASURE: c.Schema = {"type": ["integer", "null"], "minimum": 0, "maximum": 1_000_000_000}

# Input
_level = {"location_id": c.ID, "stocked_quantity": COUNT, "incoming_quantity": COUNT}
LEVEL_IN = c.body(required=("location_id",), **_level)
EXPECTED: c.Schema = {**COUNT, "description": "Only when so many were known to lie there; else 409 stock_changed."}
SET_LEVEL = {
    **c.body(stocked_quantity=COUNT, incoming_quantity=COUNT, expected_quantity=EXPECTED, reason=REASON),
    "minProperties": 1,
}
ADJUST = c.body(
    required=("adjustment",),
    adjustment={**ADJUSTMENT, "description": "Pieces that came, or with a minus sign went."},
    reason=REASON,
)
BATCH = c.body(
    create={"type": "array", "items": LEVEL_IN, "maxItems": 100},
    update={
        "type": "array",
        "items": c.body(required=("location_id",), **_level, expected_quantity=EXPECTED),
        "maxItems": 100,
    },
    delete={"type": "array", "items": c.ID, "maxItems": 100, "description": "Ids of locations."},
    reason=REASON,
)
_said = {
    "sku": {**SKU, "type": ["string", "null"]},
    "title": TEXT,
    "description": {"type": ["string", "null"], "maxLength": 20_000},
    "thumbnail": {"type": ["string", "null"], "maxLength": 2000},
    **dict.fromkeys(("weight", "length", "height", "width"), MEASURE),
    **dict.fromkeys(("hs_code", "mid_code", "material"), SHORT),
    "origin_country": {"type": ["string", "null"], "pattern": "^[A-Za-z]{2}$"},
    "metadata": c.METADATA,
}
CREATE = c.body(**_said, location_levels={"type": "array", "items": LEVEL_IN, "maxItems": 100})
UPDATE = c.body(**_said)
SHEET = c.body(
    required=("items",),
    items={
        "type": "array",
        "minItems": 1,
        "maxItems": 500,
        "items": c.body(
            required=("sku", "stocked_quantity"),
            sku=SKU,
            location={**c.TEXT, "minLength": 1, "description": "Id or name; the location of lowest rank if left out."},
            stocked_quantity=COUNT,
        ),
    },
    reason=REASON,
)
PIECES: c.Schema = {"type": "integer", "minimum": 1, "maximum": 100_000}
NEED_IN = c.body(required=("inventory_item_id", "required_quantity"), inventory_item_id=c.ID, required_quantity=PIECES)
CHANGE_NEED = c.body(required=("required_quantity",), required_quantity=PIECES)

LIST = c.listing(
    "id sku title created_at updated_at",
    limit=20,
    q=c.SEARCH,
    id=c.many(),
    sku=c.many(SKU),
    location_id=c.many(),
    low_stock={**COUNT, "description": "Only items of which so many or fewer can still be sold, over all locations."},
)
LEVELS = c.query(location_id=c.many())
KINDS = ("receive", "adjust", "sell", "release", "ship", "return")
MOVED = c.query(
    limit={"type": "integer", "minimum": 0, "maximum": 100, "default": 20},
    offset={"type": "integer", "minimum": 0, "maximum": c.INT_MAX, "default": 0},
    location_id=c.many(),
    kind=c.many(c.one_of(*KINDS)),
)

# Reply
_quantities = dict.fromkeys(
    (
        *("stocked_quantity", "reserved_quantity", "held_quantity", "available_quantity"),
        *("backordered_quantity", "incoming_quantity"),
    ),
    c.INTEGER,
)
_stamps = {"created_at": c.MOMENT, "updated_at": c.MOMENT}
LEVEL = c.entity(
    "InventoryLevel",
    id=c.STRING,
    inventory_item_id=c.STRING,
    location_id=c.STRING,
    location_name=c.STRING,
    **_quantities,
    **_stamps,
)
NEED = c.entity("InventoryItemVariant", variant_id=c.STRING, product_id=c.STRING, required_quantity=c.INTEGER)
ITEM = c.entity(
    "InventoryItem",
    id=c.STRING,
    seller_id=c.STRING,
    **{name: c.nullable(c.STRING) for name in ("sku", "title", "description", "thumbnail")},
    **{name: c.nullable(c.INTEGER) for name in ("weight", "length", "height", "width")},
    **{name: c.nullable(c.STRING) for name in ("hs_code", "origin_country", "mid_code", "material")},
    metadata=c.FREE,
    **_quantities,
    location_levels=c.array(LEVEL),
    variants=c.array(NEED),
    **_stamps,
)
MOVEMENT = c.entity(
    "InventoryMovement",
    id=c.STRING,
    inventory_item_id=c.STRING,
    location_id=c.STRING,
    kind=c.one_of(*KINDS),
    stocked_change=c.INTEGER,
    reserved_change=c.INTEGER,
    backordered_change=c.INTEGER,
    reference=c.nullable(c.STRING),
    reason=c.nullable(c.STRING),
    created_at=c.MOMENT,
)
BATCHED: c.Schema = {
    "type": "object",
    "properties": {"created": c.array(LEVEL), "updated": c.array(LEVEL), "deleted": c.array(c.STRING)},
    "required": ["created", "updated", "deleted"],
    "additionalProperties": False,
}
SHEET_DONE = c.single(
    "inventory_sheet", c.entity("InventorySheet", id=c.STRING, row_count=c.INTEGER, changed_count=c.INTEGER)
)
KIT = c.entity(
    "VariantKit",
    id=c.STRING,
    product_id=c.STRING,
    sku=c.nullable(c.STRING),
    title=c.STRING,
    manage_inventory=c.BOOLEAN,
    allow_backorder=c.BOOLEAN,
    inventory_items=c.array(
        c.entity(
            "VariantKitItem",
            variant_id=c.STRING,
            inventory_item_id=c.STRING,
            required_quantity=c.INTEGER,
            sku=c.nullable(c.STRING),
            title=c.nullable(c.STRING),
        )
    ),
)
