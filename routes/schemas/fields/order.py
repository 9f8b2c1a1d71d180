"""Fields of orders: one by its id, the answer of a completed cart, and lists."""

from routes.schemas.fields.checkout import PROMOTION, TOTALS
from utils.fields import FieldSet

ORDER_TOTALS = (
    "total subtotal tax_total discount_total discount_subtotal discount_tax_total original_total original_subtotal "
    "original_tax_total item_total item_subtotal item_tax_total original_item_total original_item_subtotal "
    "original_item_tax_total shipping_total shipping_subtotal shipping_tax_total original_shipping_tax_total "
    "original_shipping_subtotal original_shipping_total credit_line_total credit_line_subtotal credit_line_tax_total"
)
MORE_TOTALS = "item_discount_total gift_card_total gift_card_tax_total shipping_discount_total"
STAMPS = "created_at updated_at"
ITEM_MORE = (
    "id title subtitle thumbnail variant_id product_id product_title product_description product_subtitle product_type_id "
    "product_type product_collection product_handle variant_sku variant_barcode variant_title variant_option_values "
    f"requires_shipping is_discountable is_tax_inclusive unit_price quantity metadata product seller {STAMPS} {TOTALS} "
    "item_total item_subtotal item_tax_total refundable_total refundable_total_per_unit "
    "detail(id item_id quantity fulfilled_quantity delivered_quantity shipped_quantity return_requested_quantity "
    f"return_received_quantity return_dismissed_quantity written_off_quantity metadata {STAMPS}) "
    f"tax_lines(id code rate item_id total subtotal {STAMPS}) adjustments(id amount order_id item_id {STAMPS}) "
    "variant(id title sku barcode ean upc thumbnail allow_backorder manage_inventory hs_code origin_country mid_code "
    f"material weight length height width deleted_at options {STAMPS} "
    "product(id title handle subtitle description is_giftcard thumbnail width weight length height origin_country hs_code "
    f"mid_code material collection_id type_id discountable external_id status deleted_at options images {STAMPS}))"
)
METHOD_MORE = (
    f"id order_id name amount is_tax_inclusive shipping_option_id data metadata seller {TOTALS} {STAMPS} "
    f"tax_lines(id code rate shipping_method_id total subtotal {STAMPS}) "
    f"adjustments(id amount order_id shipping_method_id {STAMPS})"
)
RELATIONS = (
    "credit_lines items(tax_lines adjustments detail seller product(seller) "
    "variant(product(type collection options images seller) options)) shipping_address billing_address "
    "shipping_methods(tax_lines adjustments detail seller) payment_collections(payments payment_sessions payment_providers) "
    "fulfillments promotions(application_method) customer cart seller_orders(seller items shipping_methods)"
)
EXTRA = (
    f"customer_id sales_channel_id payment_status fulfillment_status metadata version {MORE_TOTALS} customer(id email) cart(id) "
    f"@items({ITEM_MORE}) @payment_collections(payments payment_sessions payment_providers id currency_code amount status) "
    f"fulfillments @promotions({PROMOTION}) @shipping_address(id metadata {STAMPS}) @billing_address(id metadata {STAMPS}) "
    f"@shipping_methods({METHOD_MORE}) @seller_orders(items shipping_methods seller)"
)
# `*seller_orders`: the orders of the single stores behind the buyer's one; our own addition to this API.
WHOLE = (
    f"id status summary currency_code display_id custom_display_id region_id email {ORDER_TOTALS} {STAMPS} *credit_lines "
    "*items(*tax_lines *adjustments *detail *variant(*product(type(id) collection(id)))) *shipping_address *billing_address "
    "*shipping_methods(*tax_lines *adjustments *detail) *payment_collections *seller_orders(*seller)"
)
STATES = "version *fulfillments payment_status fulfillment_status"

ORDER = FieldSet(
    relations=RELATIONS,
    defaults=f"{WHOLE} {STATES}",
    extra=EXTRA,
    always=f"id status *payment_collections {STATES}",
    depth=4,
)
COMPLETED = FieldSet(relations=RELATIONS, defaults=WHOLE, extra=EXTRA, depth=4)
ORDERS = FieldSet(
    relations=RELATIONS,
    defaults=(
        f"id status summary display_id custom_display_id total currency_code metadata {STAMPS} "
        f"*items(*tax_lines *adjustments *detail) {STATES}"
    ),
    extra=f"{EXTRA} email region_id {ORDER_TOTALS} credit_lines shipping_address billing_address shipping_methods",
    depth=4,
)
