"""A seller's products on the wire: whole in, whole out."""

from typing import Any

from models.product.rules import (
    BY_SELLERS,
    MAX_ADDRESS,
    MAX_ALT,
    MAX_AMOUNT,
    MAX_BATCH,
    MAX_DESCRIPTION,
    MAX_FILED,
    MAX_IMAGES,
    MAX_MEASURE,
    MAX_NEEDED,
    MAX_NEEDS,
    MAX_OPTIONS,
    MAX_ORDER_LIMIT,
    MAX_PIECES,
    MAX_PRICES,
    MAX_TITLE,
    MAX_VALUES,
    MAX_VARIANTS,
    MAX_WORD,
    STATUSES,
)
from models.shared.rules import LONGEST_HANDLE, NOT_BLANK
from routes.schemas.shared import common as c
from routes.schemas.store import product as shown
from utils.text import HANDLE as HANDLE_PATTERN

# Input
NAME: c.Schema = {"type": "string", "minLength": 1, "maxLength": MAX_TITLE, "pattern": NOT_BLANK}
WORD: c.Schema = {"type": "string", "minLength": 1, "maxLength": MAX_WORD, "pattern": NOT_BLANK}
CODE: c.Schema = {"type": ["string", "null"], "maxLength": MAX_WORD}
ADDRESS: c.Schema = {"type": ["string", "null"], "maxLength": MAX_ADDRESS}
ID_OR_NULL = c.nullable(c.ID)
HANDLE: c.Schema = {
    "type": ["string", "null"],
    "pattern": HANDLE_PATTERN,
    "format": "handle",
    "maxLength": LONGEST_HANDLE,
}
SIZE: c.Schema = {"type": ["integer", "null"], "minimum": 0, "maximum": MAX_MEASURE}
PIECES: c.Schema = {"type": ["integer", "null"], "minimum": 1, "maximum": MAX_PIECES}
RANK: c.Schema = {"type": "integer", "minimum": 0, "maximum": 1_000_000}
MEASURES_IN: dict[str, Any] = {
    **dict.fromkeys(("weight", "length", "height", "width"), SIZE),
    **dict.fromkeys(("hs_code", "mid_code", "material"), CODE),
    "origin_country": {"type": ["string", "null"], "pattern": "^[A-Za-z]{2}$", "maxLength": 2},
}


def up_to(items: c.Schema, most: int) -> c.Schema:
    return {"type": "array", "items": items, "maxItems": most}


def with_id(schema: c.Schema, *, required: bool) -> c.Schema:
    """An entry that names its row."""
    properties = {"id": c.ID, **schema["properties"]}
    return c.body(required=["id"] if required else (), **properties)


_price: dict[str, Any] = {
    "amount": {"type": "number", "minimum": 0, "maximum": MAX_AMOUNT, "description": "In major units."},
    "currency_code": c.CURRENCY,
    "region_id": {**ID_OR_NULL, "description": "For this region alone; null: wherever its currency is charged."},
    "rules": {**c.body(region_id=c.ID), "type": ["object", "null"], "description": "The region, said as a rule."},
    "min_quantity": PIECES,
    "max_quantity": PIECES,
}
PRICE_CREATE = c.body(required=["amount", "currency_code"], **_price)
PRICE_WHOLE = c.body(required=["amount", "currency_code"], id=c.ID, **_price)
PRICE_UPDATE = c.body(required=["id"], id=c.ID, **_price)
PRICES = c.body(
    create=up_to(PRICE_CREATE, MAX_PRICES), update=up_to(PRICE_UPDATE, MAX_PRICES), delete=up_to(c.ID, MAX_PRICES)
)

CHOICES: c.Schema = {
    "type": "object",
    "patternProperties": {r"^[\s\S]{1,200}$": WORD},
    "additionalProperties": False,
    "maxProperties": MAX_OPTIONS,
    "description": "The variant's value of each option: {Size: S}.",
}
NEED = c.body(
    required=["inventory_item_id"],
    inventory_item_id=c.ID,
    required_quantity={"type": "integer", "minimum": 1, "maximum": MAX_NEEDED},
)
_variant: dict[str, Any] = {
    "title": {**NAME, "description": "The values joined by ' / ' when left out on creation."},
    "sku": {**CODE, "description": "Unique in the store."},
    **dict.fromkeys(("barcode", "ean", "upc"), CODE),
    **dict.fromkeys(("allow_backorder", "manage_inventory", "requires_shipping"), c.FLAG),
    "order_limit": {
        "type": ["integer", "null"],
        "minimum": 1,
        "maximum": MAX_ORDER_LIMIT,
        "description": "Pieces of it in one order, at the most; null for no limit.",
    },
    "variant_rank": RANK,
    "thumbnail": ADDRESS,
    "options": CHOICES,
    "prices": {**up_to(PRICE_WHOLE, MAX_PRICES), "description": "Its prices outside of price lists, whole."},
    "inventory_items": {
        **up_to(NEED, MAX_NEEDS),
        "description": "Items it takes instead of one of its own: a bundle, or shared stock. Whole.",
    },
    "metadata": c.METADATA,
    **MEASURES_IN,
}
VARIANT_CREATE = c.body(**_variant)
VARIANT_UPDATE = c.body(**_variant)
VARIANTS = c.body(
    create=up_to(VARIANT_CREATE, MAX_BATCH),
    update=up_to(with_id(VARIANT_UPDATE, required=True), MAX_BATCH),
    delete=up_to(c.ID, MAX_BATCH),
)

VALUE_IN: c.Schema = {"anyOf": [WORD, c.body(required=["value"], id=c.ID, value=WORD)]}
VALUES: c.Schema = {
    **up_to(VALUE_IN, MAX_VALUES),
    "minItems": 1,
    "description": "Its values in order, whole. An object with an id gives that value another name.",
}
OPTION_CREATE = c.body(required=["title", "values"], title=WORD, values=VALUES, metadata=c.METADATA)
OPTION_UPDATE = c.body(title=WORD, values=VALUES, metadata=c.METADATA)
OPTION_WHOLE = c.body(required=["title"], id=c.ID, title=WORD, values=VALUES, metadata=c.METADATA)

IMAGE_IN: c.Schema = {
    **c.body(
        id=c.ID,
        url={"type": "string", "minLength": 1, "maxLength": MAX_ADDRESS},
        upload_id=c.ID,
        alt={"type": ["string", "null"], "maxLength": MAX_ALT},
        metadata=c.METADATA,
    ),
    "minProperties": 1,
    "description": "An image that the store uploaded, by the upload's id or an address of it; or one that is there.",
}
VARIANT_IMAGES = c.body(add=up_to(c.ID, MAX_IMAGES), remove=up_to(c.ID, MAX_IMAGES))


def named(what: str) -> c.Schema:
    return {**up_to(c.body(required=["id"], id=c.ID), MAX_FILED), "description": f"{what}, whole."}


_product: dict[str, Any] = {
    "title": NAME,
    "subtitle": CODE,
    "description": {
        "type": ["string", "null"],
        "maxLength": MAX_DESCRIPTION,
        "description": "Plain text, or HTML: it is cleaned and kept in metadata.body_html, and its text here.",
    },
    "handle": {**HANDLE, "description": "Unique in the marketplace; made of the title when left out on creation."},
    "status": {**c.one_of(*BY_SELLERS), "description": "Published products are sold; proposed ones wait."},
    "is_giftcard": c.FLAG,
    "discountable": c.FLAG,
    "thumbnail": ADDRESS,
    "images": up_to(IMAGE_IN, MAX_IMAGES),
    "collection_id": ID_OR_NULL,
    "type_id": ID_OR_NULL,
    "shipping_profile_id": ID_OR_NULL,
    "external_id": CODE,
    **dict.fromkeys(("category_ids", "tag_ids", "sales_channel_ids"), up_to(c.ID, MAX_FILED)),
    "categories": named("Its categories"),
    "tags": named("Its tags"),
    "sales_channels": named("Where it is sold; in every channel when left out on creation"),
    "metadata": c.METADATA,
    **MEASURES_IN,
}
CREATE = c.body(
    required=["title"],
    **_product,
    options=up_to(OPTION_CREATE, MAX_OPTIONS),
    variants=up_to(VARIANT_CREATE, MAX_VARIANTS),
)
UPDATE = c.body(
    **_product,
    options={**up_to(OPTION_WHOLE, MAX_OPTIONS), "description": "Whole: an option that is not named goes."},
    variants={
        **up_to(with_id(VARIANT_UPDATE, required=False), MAX_VARIANTS),
        "description": "Whole: a variant that is not named goes.",
    },
)
BATCH = c.body(
    create=up_to(CREATE, MAX_BATCH),
    update=up_to(with_id(UPDATE, required=True), MAX_BATCH),
    delete=up_to(c.ID, MAX_BATCH),
)
REJECT = c.body(required=["reason"], reason={**NAME, "description": "What the seller is told."})

_filters: dict[str, Any] = {
    "q": c.SEARCH,
    "id": c.many(),
    "status": c.many(c.one_of(*STATUSES)),
    **dict.fromkeys(("handle", "title", "sku", "external_id"), c.many(c.TEXT)),
    **dict.fromkeys(("collection_id", "category_id", "type_id", "tag_id", "sales_channel_id"), c.many()),
    "is_giftcard": c.FLAG,
    "created_at": c.MOMENTS,
    "updated_at": c.MOMENTS,
}
_order = "id title handle status created_at updated_at"
LIST = c.listing(_order, **_filters)
LIST_ALL = c.listing(_order, seller_id=c.many(), **_filters)
PART_LIST = c.query(
    limit={"type": "integer", "minimum": 0, "maximum": MAX_VARIANTS, "default": 50},
    offset={"type": "integer", "minimum": 0, "maximum": c.INT_MAX, "default": 0},
)

# Reply
PRICE = c.entity(
    "SellerPrice",
    id=c.STRING,
    amount=c.AMOUNT,
    currency_code=c.STRING,
    min_quantity=c.nullable(c.INTEGER),
    max_quantity=c.nullable(c.INTEGER),
    region_id=c.nullable(c.STRING),
    rules=c.entity("SellerPriceRules", "region_id", region_id=c.STRING),
)
IMAGE = c.entity("SellerProductImage", **shown.IMAGE["properties"], alt=c.nullable(c.STRING))
VARIANT = c.entity(
    "SellerProductVariant",
    **{k: v for k, v in shown.VARIANT_SCALARS.items() if k not in ("images", *shown.ASKED_FOR.split())},
    requires_shipping=c.BOOLEAN,
    order_limit=c.nullable(c.INTEGER),
    images=c.array(IMAGE),
    prices=c.array(PRICE),
    inventory_items=c.array(
        c.entity("SellerVariantItem", variant_id=c.STRING, inventory_item_id=c.STRING, required_quantity=c.INTEGER)
    ),
    inventory_quantity={**c.nullable(c.INTEGER), "description": "What can be sold; null where stock is not counted."},
)
PRODUCT = c.entity(
    "SellerProduct",
    "seller shipping_profile",
    **shown.PRODUCT_SCALARS,
    shipping_profile_id=c.nullable(c.STRING),
    rejected_at=c.nullable(c.MOMENT),
    rejection_reason=c.nullable(c.STRING),
    type=c.nullable(shown.TYPE),
    collection=c.nullable(shown.COLLECTION),
    tags=c.array(shown.TAG),
    categories=c.array(shown.CATEGORY),
    seller=c.nullable(shown.SELLER | {"title": "SellerOfProduct"}),
    options=c.array(shown.OPTION),
    images=c.array(IMAGE),
    variants=c.array(VARIANT),
    sales_channels=c.array(
        c.entity(
            "SellerProductChannel",
            id=c.STRING,
            name=c.STRING,
            description=c.nullable(c.STRING),
            is_disabled=c.BOOLEAN,
        )
    ),
    shipping_profile=c.nullable(c.entity("SellerProductProfile", id=c.STRING, name=c.STRING, type=c.STRING)),
)
ONE = c.single("product", PRODUCT)
PAGE = c.page("products", PRODUCT)
ONE_VARIANT = c.single("variant", VARIANT)
VARIANT_PAGE = c.page("variants", VARIANT)
ONE_OPTION = c.single("product_option", shown.OPTION)
OPTION_PAGE = c.page("product_options", shown.OPTION)
GONE: c.Schema = {
    "type": "object",
    "properties": {"ids": c.array(c.STRING), "object": c.STRING, "deleted": {"const": True}},
    "required": ["ids", "object", "deleted"],
    "additionalProperties": False,
}


def batched(schema: c.Schema) -> c.Schema:
    """`{created, updated, deleted: {ids}}`"""
    properties = {"created": c.array(schema), "updated": c.array(schema), "deleted": GONE}
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


IMAGES_CHANGED: c.Schema = {
    "type": "object",
    "properties": {"added": c.array(c.STRING), "removed": c.array(c.STRING)},
    "required": ["added", "removed"],
    "additionalProperties": False,
}
