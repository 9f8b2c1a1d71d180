"""Products, variants and options on the wire."""

from typing import Any

from routes.schemas.shared import common as c

STAMPS = {"created_at": c.MOMENT, "updated_at": c.MOMENT, "deleted_at": c.nullable(c.MOMENT)}
TEXT_OR_NULL = c.nullable(c.STRING)
MEASURES = {
    **dict.fromkeys(("weight", "length", "height", "width"), c.nullable(c.INTEGER)),
    **dict.fromkeys(("hs_code", "origin_country", "mid_code", "material"), TEXT_OR_NULL),
}

PRICE_ROW = c.entity(
    "PriceRow",
    id=c.STRING,
    price_list_id=TEXT_OR_NULL,
    price_list_type=TEXT_OR_NULL,
    min_quantity=c.nullable(c.INTEGER),
    max_quantity=c.nullable(c.INTEGER),
)
CALCULATED_PRICE = c.entity(
    "CalculatedPrice",
    "calculated_amount_with_tax calculated_amount_without_tax original_amount_with_tax original_amount_without_tax",
    id=c.STRING,
    is_calculated_price_price_list=c.BOOLEAN,
    is_calculated_price_tax_inclusive=c.BOOLEAN,
    calculated_amount=c.AMOUNT,
    calculated_amount_with_tax=c.AMOUNT,
    calculated_amount_without_tax=c.AMOUNT,
    is_original_price_price_list=c.BOOLEAN,
    is_original_price_tax_inclusive=c.BOOLEAN,
    original_amount=c.AMOUNT,
    original_amount_with_tax=c.AMOUNT,
    original_amount_without_tax=c.AMOUNT,
    currency_code=c.STRING,
    calculated_price=PRICE_ROW,
    original_price=PRICE_ROW,
)
PRICE_TIER = c.entity(
    "PriceTier",
    min_quantity=c.INTEGER,
    max_quantity=c.nullable(c.INTEGER),
    **{
        name: schema
        for name, schema in CALCULATED_PRICE["properties"].items()
        if name not in ("id", "calculated_price", "original_price")
    },
)
TYPE = c.like(
    "ProductType",
    c.entity("ProductTypeInside", id=c.STRING, value=c.STRING, external_id=TEXT_OR_NULL, metadata=c.FREE, **STAMPS),
)
TAG = c.like(
    "ProductTag",
    c.entity("ProductTagInside", id=c.STRING, value=c.STRING, external_id=TEXT_OR_NULL, metadata=c.FREE, **STAMPS),
)
COLLECTION = c.like(
    "Collection",
    c.entity(
        "CollectionInside",
        id=c.STRING,
        title=c.STRING,
        handle=c.STRING,
        external_id=TEXT_OR_NULL,
        metadata=c.FREE,
        **STAMPS,
    ),
)
CATEGORY_SCALARS = {
    "id": c.STRING,
    "name": c.STRING,
    "description": c.STRING,
    "handle": c.STRING,
    "mpath": c.STRING,
    "is_active": c.BOOLEAN,
    "is_internal": c.BOOLEAN,
    "rank": c.INTEGER,
    "external_id": TEXT_OR_NULL,
    "metadata": c.FREE,
    "parent_category_id": TEXT_OR_NULL,
    **STAMPS,
}
# The document tells what is there by default; the rest, when asked for, is that of the whole one.
BRIEF_CATEGORY = {**c.entity("CategoryInside", id=c.STRING, is_internal=c.BOOLEAN), "additionalProperties": True}
CATEGORY = {
    **c.entity("CategoryInside", " ".join({*CATEGORY_SCALARS} - {"id", "is_internal"}), **CATEGORY_SCALARS),
    "x-told": BRIEF_CATEGORY,
}
SELLER = c.entity(
    "Seller",
    id=c.STRING,
    handle=c.STRING,
    name=c.STRING,
    description=TEXT_OR_NULL,
    logo=TEXT_OR_NULL,
    status=c.one_of("open", "suspended"),
    address=c.entity(
        "SellerAddress",
        **dict.fromkeys(("address_1", "address_2", "city", "province", "postal_code", "country_code"), TEXT_OR_NULL),
        latitude=c.nullable(c.NUMBER),
        longitude=c.nullable(c.NUMBER),
    ),
    # A holiday, past, present or to come: in between, nothing can be bought.
    closed_from=c.nullable(c.MOMENT),
    closed_to=c.nullable(c.MOMENT),
    closure_note=TEXT_OR_NULL,
    metadata=c.FREE,
    created_at=c.MOMENT,
    updated_at=c.MOMENT,
)
IMAGE = c.entity(
    "ProductImage", id=c.STRING, url=c.STRING, rank=c.INTEGER, metadata=c.FREE, product_id=c.STRING, **STAMPS
)
VALUE_SCALARS = {
    "id": c.STRING,
    "value": c.STRING,
    "rank": c.nullable(c.INTEGER),
    "metadata": c.FREE,
    "option_id": c.STRING,
    **STAMPS,
}
OPTION_SCALARS = {"id": c.STRING, "title": c.STRING, "is_exclusive": c.BOOLEAN, "metadata": c.FREE, **STAMPS}
VALUE = c.entity("ProductOptionValue", **VALUE_SCALARS)
OPTION = c.entity("ProductOption", **OPTION_SCALARS, values=c.array(VALUE))
CHOSEN_VALUE = c.entity("VariantOption", **VALUE_SCALARS, option=c.entity("VariantOptionParent", **OPTION_SCALARS))
VARIANT_SCALARS = {
    "id": c.STRING,
    "title": c.STRING,
    "sku": TEXT_OR_NULL,
    "barcode": TEXT_OR_NULL,
    "ean": TEXT_OR_NULL,
    "upc": TEXT_OR_NULL,
    "allow_backorder": c.BOOLEAN,
    "manage_inventory": c.BOOLEAN,
    "variant_rank": c.INTEGER,
    "thumbnail": TEXT_OR_NULL,
    "product_id": c.STRING,
    "metadata": c.FREE,
    "options": c.array(CHOSEN_VALUE),
    "images": c.array(IMAGE),
    "calculated_price": c.nullable(CALCULATED_PRICE),
    "price_tiers": c.array(PRICE_TIER),
    "inventory_quantity": c.INTEGER,
    "order_limit": {
        **c.nullable(c.INTEGER),
        "description": "Pieces of it in one order, at the most; null for no limit.",
    },
    "unavailable_reason": c.nullable(c.one_of("seller_suspended", "seller_closed", "sold_out")),
    **MEASURES,
    **STAMPS,
}
PRODUCT_SCALARS = {
    "id": c.STRING,
    "title": c.STRING,
    "subtitle": TEXT_OR_NULL,
    "description": TEXT_OR_NULL,
    "handle": c.STRING,
    "status": c.one_of("draft", "proposed", "published", "rejected"),
    "is_giftcard": c.BOOLEAN,
    "discountable": c.BOOLEAN,
    "thumbnail": TEXT_OR_NULL,
    "collection_id": TEXT_OR_NULL,
    "type_id": TEXT_OR_NULL,
    "external_id": TEXT_OR_NULL,
    "metadata": c.FREE,
    **MEASURES,
    **STAMPS,
}
# Asked for, and counted or priced for the place and the person that ask.
ASKED_FOR = "calculated_price price_tiers inventory_quantity order_limit unavailable_reason"
VARIANT = c.entity("ProductVariant", f"images {ASKED_FOR}", **VARIANT_SCALARS)
VARIANT_ALONE = c.entity(
    "Variant",
    ASKED_FOR,
    **VARIANT_SCALARS,
    product={
        **c.entity(
            "VariantProduct",
            " ".join({*PRODUCT_SCALARS, "seller"} - {"id", "type_id"}),
            **PRODUCT_SCALARS,
            seller=c.nullable(SELLER),
        ),
        "x-told": {
            **c.entity("VariantProduct", id=c.STRING, type_id=TEXT_OR_NULL),
            "additionalProperties": True,
        },
    },
)
PRODUCT = c.entity(
    "Product",
    "metadata seller categories type collection tags options images variants",
    **PRODUCT_SCALARS,
    type=c.nullable(TYPE),
    collection=c.nullable(COLLECTION),
    tags=c.array(TAG),
    categories=c.array(CATEGORY),
    seller=c.nullable(SELLER),
    options=c.array(OPTION),
    images=c.array(IMAGE),
    variants=c.array(VARIANT),
)

PLACE: dict[str, Any] = {
    "region_id": c.ID,
    "country_code": c.COUNTRY,
    "province": c.TEXT,
    "cart_id": c.ID,
}
VARIANT_OPTIONS = c.query(option_id=c.many(), value=c.many(c.TEXT))
VARIANT_FILTERS: dict[str, Any] = {
    "id": c.many(),
    "title": c.many(c.TEXT),
    "sku": c.many(c.TEXT),
    "barcode": c.many(c.TEXT),
    "ean": c.many(c.TEXT),
    "upc": c.many(c.TEXT),
    "allow_backorder": c.FLAG,
    "manage_inventory": c.FLAG,
    "options": VARIANT_OPTIONS,
    "created_at": c.MOMENTS,
    "updated_at": c.MOMENTS,
}
FILTERS: dict[str, Any] = {
    "id": c.many(),
    "handle": c.many(c.TEXT),
    "title": c.many(c.TEXT),
    "q": c.SEARCH,
    "collection_id": c.many(),
    "category_id": c.many(),
    "tag_id": c.many(),
    "type_id": c.many(),
    "seller_id": c.many(),
    "sales_channel_id": c.many(),
    "option_value_id": c.many(),
    "external_id": c.many(c.TEXT),
    "is_giftcard": c.FLAG,
    "variants": c.query(**VARIANT_FILTERS),
    "created_at": c.MOMENTS,
    "updated_at": c.MOMENTS,
}
BOTH = {"type": "array", "items": c.query(**FILTERS), "maxItems": 20}
AND_OR_BOTH: dict[str, Any] = {"$and": BOTH, "$or": BOTH}
BOTH_VARIANTS = {"type": "array", "items": c.query(**VARIANT_FILTERS, product_id=c.many(), q=c.SEARCH), "maxItems": 20}
AND_OR_BOTH_VARIANTS: dict[str, Any] = {"$and": BOTH_VARIANTS, "$or": BOTH_VARIANTS}

LIST = c.listing("id title handle created_at updated_at", most=1000, **FILTERS, **PLACE, **AND_OR_BOTH)
RETRIEVE = c.query(**PLACE)
LIST_VARIANTS = c.listing(
    "id title sku variant_rank created_at updated_at",
    limit=20,
    most=1000,
    q=c.SEARCH,
    product_id=c.many(),
    **VARIANT_FILTERS,
    **PLACE,
    **AND_OR_BOTH_VARIANTS,
)
LIST_OPTIONS = c.listing(
    "id title created_at updated_at",
    most=1000,
    id=c.many(),
    title=c.many(c.TEXT),
    product_id=c.many(),
    is_exclusive=c.FLAG,
    q=c.SEARCH,
)
