"""Fields of the catalogue: products and what they hang together with, regions, currencies, sellers."""

from utils.fields import FieldSet

VARIANT_ASKED = "calculated_price price_tiers inventory_quantity order_limit unavailable_reason"
VARIANT_RELATIONS = f"options(option) images {VARIANT_ASKED}"
PRODUCT_RELATIONS = (
    f"type collection options(values) tags images variants({VARIANT_RELATIONS}) "
    "categories(parent_category category_children) seller"
)
PRODUCT_PLAIN = (
    "id title subtitle description handle is_giftcard discountable thumbnail collection_id type_id weight length "
    "height "
    "width hs_code origin_country mid_code material created_at updated_at"
)
PRODUCT_ALWAYS = "status external_id deleted_at"
VARIANT_PLAIN = (
    "id title sku barcode ean upc allow_backorder manage_inventory hs_code origin_country mid_code material weight "
    "length "
    "height width thumbnail created_at updated_at deleted_at"
)
# What may be asked of a product beyond its defaults, on its own routes and wherever products hang below something else.
PRODUCT_MORE = (
    f"metadata @categories {PRODUCT_ALWAYS} @seller(id name handle) "
    f"variants({VARIANT_PLAIN} {VARIANT_ASKED} "
    "variant_rank metadata images options(id value option option_id)) "
    "options(id title is_exclusive values(id value)) images(id url rank) type(id value created_at updated_at) "
    "tags(id value created_at updated_at) collection(id title handle created_at updated_at deleted_at metadata)"
)
PRODUCT_BELOW = (
    f"@products({PRODUCT_PLAIN} type collection @options(values) tags images @variants(options) {PRODUCT_MORE})"
)
PRODUCTS_BELOW = f"products({PRODUCT_RELATIONS})"

PRODUCT = FieldSet(
    relations=PRODUCT_RELATIONS,
    defaults=(
        f"{PRODUCT_PLAIN} {PRODUCT_ALWAYS} *type *collection *options(*values) *tags *images "
        "*variants(*options(*option)) categories(is_internal)"
    ),
    extra=PRODUCT_MORE,
    depth=4,
)
VARIANT = FieldSet(
    relations=f"{VARIANT_RELATIONS} product(seller)",
    defaults=(
        "id title sku barcode ean upc allow_backorder manage_inventory variant_rank product_id thumbnail hs_code "
        "origin_country mid_code material weight length height width created_at updated_at deleted_at metadata "
        "*options(*option) *images product(id type_id)"
    ),
    extra=(f"{VARIANT_ASKED} options(id value) images(id url rank) product(title handle seller)"),
)
COLLECTION = FieldSet(
    relations=PRODUCTS_BELOW,
    defaults="id title handle external_id created_at updated_at deleted_at metadata",
    extra=PRODUCT_BELOW,
    depth=5,
)
LABEL_DEFAULTS = "id value external_id created_at updated_at deleted_at metadata"
TAG = FieldSet(relations=PRODUCTS_BELOW, defaults=f"{LABEL_DEFAULTS} *products", extra=PRODUCT_BELOW, depth=5)
TYPE = FieldSet(relations=PRODUCTS_BELOW, defaults=f"{LABEL_DEFAULTS} *products", extra=PRODUCT_BELOW, depth=5)
OPTION = FieldSet(
    relations="values",
    defaults="id title is_exclusive *values created_at updated_at deleted_at metadata",
    extra="values(id value)",
)

CATEGORY_PLAIN = "id name description handle rank external_id parent_category_id created_at updated_at deleted_at"
CATEGORY_LEAF = f"@parent_category({CATEGORY_PLAIN}) @category_children({CATEGORY_PLAIN})"
CATEGORY_BRANCH = (
    f"@parent_category({CATEGORY_PLAIN} {CATEGORY_LEAF}) @category_children({CATEGORY_PLAIN} {CATEGORY_LEAF})"
)
CATEGORY = FieldSet(
    relations=(
        "products(variants options images) "
        "parent_category(parent_category(parent_category category_children) "
        "category_children(parent_category category_children)) "
        "category_children(products parent_category(parent_category category_children) "
        "category_children(parent_category category_children))"
    ),
    defaults=(
        "id name description handle rank external_id parent_category_id created_at updated_at deleted_at metadata "
        "*parent_category *category_children"
    ),
    extra=(
        "@products(id title handle thumbnail variants options images) "
        f"parent_category({CATEGORY_PLAIN} {CATEGORY_BRANCH}) "
        f"category_children({CATEGORY_PLAIN} @products(title) {CATEGORY_BRANCH})"
    ),
    depth=4,
)

CURRENCY = FieldSet(
    relations="",
    defaults="code name symbol symbol_native decimal_digits rounding created_at updated_at deleted_at",
    always="code",
)
REGION = FieldSet(
    relations="countries payment_providers",
    defaults="id name currency_code created_at updated_at deleted_at metadata *countries",
    extra="automatic_taxes countries(id iso_2 iso_3 num_code name display_name) @payment_providers(id is_enabled)",
)
PAYMENT_PROVIDER = FieldSet(relations="", defaults="id is_enabled")
SELLER = FieldSet(
    relations="address",
    defaults="id name handle description status logo currency_code closed_from closed_to closure_note created_at "
    "updated_at metadata *address",
    extra="deleted_at",
)
