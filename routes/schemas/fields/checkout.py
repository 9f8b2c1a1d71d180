"""Fields of carts, shipping options and payment."""

from utils.fields import FieldSet

TAX_LINE = "id description code rate provider_id data metadata"
TAX_LINE_MORE = "total subtotal tax_rate_id created_at updated_at"
ADDRESS = (
    "id first_name last_name company address_1 address_2 city postal_code country_code region_code province phone"
)
PROMOTION = "id code is_automatic is_tax_inclusive application_method(id value type currency_code)"
TOTALS = "total subtotal tax_total discount_total discount_tax_total original_total original_subtotal original_tax_total"
CART_TOTALS = (
    "total subtotal tax_total discount_total discount_subtotal discount_tax_total original_total original_tax_total "
    "item_total item_subtotal item_tax_total item_discount_total original_item_total original_item_subtotal "
    "original_item_tax_total shipping_total shipping_subtotal shipping_tax_total shipping_discount_total "
    "original_shipping_tax_total original_shipping_subtotal original_shipping_total credit_line_subtotal "
    "credit_line_tax_total credit_line_total"
)
ITEM = (
    "id thumbnail product(id collection_id type_id categories(id) tags(id)) variant_id product_id is_giftcard "
    "product_type_id product_title product_description product_subtitle product_type product_collection product_handle "
    "variant_sku variant_barcode variant_title requires_shipping metadata created_at updated_at title quantity unit_price "
    f"compare_at_unit_price is_tax_inclusive tax_lines({TAX_LINE}) "
    "adjustments(id code promotion_id amount is_tax_inclusive)"
)
PRODUCT_RELATIONS = "product(categories tags collection type options(values) images variants seller)"
VARIANT_RELATIONS = "variant(product(seller) options(option) images calculated_price inventory_quantity)"
# The store behind a line or method is our own addition to this API: `*items.seller`, `*shipping_methods.seller`.
CART_RELATIONS = (
    "promotions(application_method) customer(groups) shipping_address billing_address region(countries) credit_lines "
    f"items({PRODUCT_RELATIONS} {VARIANT_RELATIONS} tax_lines adjustments seller) "
    "shipping_methods(tax_lines adjustments seller) payment_collection(payment_sessions payment_providers)"
)

CART = FieldSet(
    relations=CART_RELATIONS,
    defaults=(
        "id currency_code email locale region_id created_at updated_at completed_at metadata sales_channel_id customer_id "
        f"{CART_TOTALS} promotions({PROMOTION}) items({ITEM}) customer(id email groups(id)) "
        f"shipping_methods(id tax_lines({TAX_LINE}) amount is_tax_inclusive adjustments(id code amount) shipping_option_id) "
        f"shipping_address_id shipping_address({ADDRESS}) billing_address_id billing_address({ADDRESS}) "
        "region(id name currency_code automatic_taxes *countries) *payment_collection(*payment_sessions) *credit_lines"
    ),
    extra=(
        "original_subtotal gift_card_total gift_card_tax_total @promotions @customer region(countries(id)) @region "
        f"@items(product variant seller {TOTALS} discount_subtotal item_total item_subtotal item_tax_total cart_id "
        f"is_discountable @tax_lines(item_id {TAX_LINE_MORE}) "
        "@adjustments(cart_id item_id description provider_id created_at updated_at)) "
        f"@shipping_methods(name cart_id description data metadata {TOTALS} discount_subtotal created_at updated_at seller "
        f"@tax_lines(shipping_method_id {TAX_LINE_MORE}) @adjustments(cart_id shipping_method_id description provider_id "
        "promotion_id created_at updated_at)) "
        "@shipping_address(created_at updated_at) @billing_address(created_at updated_at) "
        "payment_collection(id currency_code amount status @payment_providers(id) "
        "payment_sessions(id amount currency_code provider_id status data))"
    ),
    depth=3,
)

PRICE = (
    "id currency_code calculated_amount calculated_amount_with_tax calculated_amount_without_tax original_amount "
    "original_amount_with_tax original_amount_without_tax is_calculated_price_price_list "
    "is_calculated_price_tax_inclusive is_original_price_price_list is_original_price_tax_inclusive "
    "calculated_price original_price"
)
SHIPPING_OPTION = FieldSet(
    relations=(
        "service_zone(fulfillment_set(location(address))) type provider rules calculated_price prices(price_rules) seller"
    ),
    defaults=(
        "id name price_type service_zone_id shipping_profile_id provider_id data "
        "service_zone(id fulfillment_set_id fulfillment_set(id type location(id *address))) "
        "type(id label description code) provider(id is_enabled) *rules *calculated_price *prices(*price_rules) "
        "amount is_tax_inclusive insufficient_inventory"
    ),
    extra=(
        "shipping_option_type_id metadata @type @provider @rules calculated_price("
        f"{PRICE}) prices(id currency_code amount min_quantity max_quantity price_rules(id attribute operator value)) "
        "@service_zone(@fulfillment_set(@location)) @seller(id name handle)"
    ),
    depth=4,
)

PAYMENT_COLLECTION = FieldSet(
    relations="payment_sessions payment_providers",
    defaults="id currency_code amount *payment_sessions",
    extra="status @payment_providers(id) payment_sessions(id amount currency_code provider_id data status)",
)
