"""Categories, collections, tags, types, products, variants and stock in the seed format."""

from typing import Any

from models.inventory.rules import LONGEST_SKU, MOST_PIECES
from models.product.rules import (
    MAX_ADDRESS,
    MAX_ALT,
    MAX_DESCRIPTION,
    MAX_FILED,
    MAX_IMAGES,
    MAX_MEASURE,
    MAX_NEEDED,
    MAX_NEEDS,
    MAX_OPTIONS,
    MAX_ORDER_LIMIT,
    MAX_TITLE,
    MAX_VALUES,
    MAX_VARIANTS,
    MAX_WORD,
)
from models.shared.rules import HIGHEST_RANK, LONGEST_NAME, LONGEST_TEXT, NOT_BLANK
from services.seed.format_parts import (
    METADATA,
    PRICES,
    Schema,
    count,
    flag,
    listed,
    name,
    names,
    one_of,
    optional_count,
    optional_text,
    part,
    record,
    text,
)


def word(description: str, length: int = MAX_WORD) -> Schema:
    """A text that says something."""
    return text(description, maxLength=length, pattern=NOT_BLANK)


def code(description: str) -> Schema:
    return optional_text(description, MAX_WORD)


def size(description: str) -> Schema:
    return optional_count(description) | {"maximum": MAX_MEASURE}


def filed(description: str) -> Schema:
    return names(description, MAX_FILED)


STOCK: Schema = {
    "description": "Pieces on hand: a number for the store's first location, or a number per location name.",
    "oneOf": [
        part("quantity"),
        {"type": "object", "description": "Per location.", "additionalProperties": part("quantity")},
    ],
}
MEASURES: dict[str, Any] = {
    "weight": size("Grams."),
    **{name: size("Millimetres.") for name in ("length", "height", "width")},
    "hs_code": code("Customs code."),
    "origin_country": {"type": ["string", "null"], "pattern": "^[a-z]{2}$", "description": "Country of origin."},
    "mid_code": code("Manufacturer's code."),
    "material": code("What it is made of."),
}

CATALOGUE: dict[str, Schema] = {
    "quantity": {"type": "integer", "minimum": 0, "maximum": MOST_PIECES, "description": "Pieces."},
    "stock": STOCK,
    "category": record(
        "A category.",
        "handle",
        "name",
        handle=part("handle", "What addresses and the file call it."),
        name=name("Its name."),
        description={"type": "string", "maxLength": LONGEST_TEXT, "description": "About it."},
        rank=count("Its place among its sisters; its place in the list when left out on creation.")
        | {"maximum": HIGHEST_RANK},
        is_active=flag("Whether buyers see it; true."),
        is_internal=flag("Only for the house; false."),
        external_id=optional_text("Its id in another system."),
        children=listed("category", "Categories below it."),
        metadata=METADATA,
    ),
    "collection": record(
        "A collection.",
        "handle",
        "title",
        handle=part("handle", "What addresses and the file call it."),
        title=name("Its title."),
        external_id=optional_text("Its id in another system."),
        metadata=METADATA,
    ),
    "tag": {
        "description": "The tag itself, or an object.",
        "oneOf": [name("The tag."), part("label")],
    },
    "type": {
        "description": "The type itself, or an object.",
        "oneOf": [name("The type."), part("label")],
    },
    "label": record(
        "A tag or type in full.",
        "value",
        value=name("The tag or type."),
        external_id=optional_text("Its id in another system."),
        metadata=METADATA,
    ),
    "image": {
        "description": "An image's address, or an object.",
        "oneOf": [
            part("address_of_image"),
            record(
                "An image.",
                "url",
                url=part("address_of_image"),
                alt=optional_text("What it shows.", MAX_ALT),
                metadata=METADATA,
            ),
        ],
    },
    "address_of_image": {
        "type": "string",
        "pattern": "^(https?://|/)",
        "maxLength": MAX_ADDRESS,
        "description": "An http(s) address, or a path of this server. It is kept, never fetched.",
    },
    "option": record(
        "An option of a product.",
        "title",
        "values",
        title=word("Its title: Size."),
        values={
            **names("Its values in order: S, M. Whole."),
            "items": word("A value."),
            "minItems": 1,
            "maxItems": MAX_VALUES,
        },
        metadata=METADATA,
    ),
    "inventory_need": record(
        "What a variant takes of an inventory item.",
        "sku",
        sku=text("The item's SKU, stated in `inventory_items` or of another variant of the store."),
        required_quantity=count("Pieces for one piece of the variant; 1.", 1) | {"maximum": MAX_NEEDED},
    ),
    "variant": record(
        "A variant: what is bought.",
        "sku",
        sku=word("Unique in the store."),
        title=word("Its title; the option values joined by ' / ' when left out on creation.", MAX_TITLE),
        options={
            "type": "object",
            "description": "Its value of each option of the product: {Size: S}.",
            "additionalProperties": text("One of the option's values."),
        },
        prices=PRICES,
        stock=part("stock", "Pieces of its own inventory item."),
        inventory_items=listed(
            "inventory_need",
            "Items it takes instead of one of its own: a bundle, or shared stock. Whole.",
            most=MAX_NEEDS,
        ),
        manage_inventory=flag("Whether stock is counted; true."),
        allow_backorder=flag("Whether it may be sold beyond the stock; false."),
        order_limit={
            "type": ["integer", "null"],
            "minimum": 1,
            "maximum": MAX_ORDER_LIMIT,
            "description": "Pieces of it in one order, at the most.",
        },
        requires_shipping=flag("Whether it needs a shipping method; true."),
        barcode=code("Barcode."),
        ean=code("EAN."),
        upc=code("UPC."),
        thumbnail=optional_text("Address of its small image.", MAX_ADDRESS),
        images=names("Addresses of those of the product's images that show it, whole; none means all."),
        **MEASURES,
        metadata=METADATA,
    ),
}

INVENTORY_ITEM = record(
    "Stock of its own.",
    "store",
    "sku",
    store=part("handle", "The store's handle."),
    sku=text("Unique among the store's items.", maxLength=LONGEST_SKU),
    title=optional_text("For people."),
    stock=part("stock", "Pieces on hand."),
    metadata=METADATA,
)

PRODUCT = record(
    "A product.",
    "handle",
    "store",
    "title",
    "variants",
    handle=part("handle", "What addresses and the file call it; unique in the marketplace."),
    store=part("handle", "The store's handle."),
    title=word("Its title.", MAX_TITLE),
    subtitle=code("One line more."),
    description=optional_text("About it.", MAX_DESCRIPTION),
    status=one_of("Where it stands; published.", "draft", "proposed", "published", "rejected"),
    is_giftcard=flag("Whether it is a gift card; false."),
    discountable=flag("Whether promotions may lower it; true."),
    thumbnail=optional_text("Address of its small image; the first image when left out on creation.", MAX_ADDRESS),
    images={**listed("image", "Its images in order, whole."), "maxItems": MAX_IMAGES},
    collection={"type": ["string", "null"], "description": "Handle of its collection."},
    type_={"type": ["string", "null"], "minLength": 1, "maxLength": LONGEST_NAME, "description": "Its type."},
    tags=filed("Its tags, whole.") | {"items": name("A tag.")},
    categories=filed("Handles of its categories, whole."),
    sales_channels=filed("Names of the channels it is sold in, whole; all channels when left out on creation."),
    shipping_profile={
        "type": ["string", "null"],
        "description": "Its shipping profile (name); the oldest of type default when left out on creation.",
    },
    options={**listed("option", "Its options, whole."), "maxItems": MAX_OPTIONS},
    variants={
        "type": "array",
        "minItems": 1,
        "maxItems": MAX_VARIANTS,
        "items": part("variant"),
        "description": "Its variants in order, whole: a variant not named any more is removed.",
    },
    **MEASURES,
    external_id=code("Its id in another system, unique in the store."),
    metadata=METADATA,
)
