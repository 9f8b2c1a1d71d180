"""Fields of what administrators keep."""

from utils.fields import FieldSet

REGION = FieldSet(
    relations="countries payment_providers",
    defaults="id name currency_code automatic_taxes is_tax_inclusive metadata created_at updated_at deleted_at "
    "*countries *payment_providers",
    extra="countries(iso_2 iso_3 num_code name display_name region_id) payment_providers(id is_enabled)",
)
CHANNEL = FieldSet(relations="", defaults="id name description is_disabled metadata created_at updated_at deleted_at")
LABEL = FieldSet(relations="", defaults="id value external_id metadata created_at updated_at deleted_at")
COLLECTION = FieldSet(relations="", defaults="id title handle external_id metadata created_at updated_at deleted_at")
CATEGORY = FieldSet(
    relations="parent_category category_children",
    defaults="id name handle description mpath is_active is_internal rank external_id parent_category_id metadata "
    "created_at updated_at deleted_at *parent_category *category_children",
    extra="parent_category(id name handle rank) category_children(id name handle rank)",
)
REASON = FieldSet(
    relations="",
    defaults="id value label description parent_return_reason_id metadata created_at updated_at deleted_at",
)
PROFILE = FieldSet(relations="", defaults="id name type metadata created_at updated_at deleted_at")
RATE_PLAIN = "id tax_region_id name code rate is_default is_combinable metadata created_at updated_at deleted_at"
TAX_REGION_PLAIN = "id country_code province_code parent_id provider_id metadata created_at updated_at deleted_at"
TAX_RATE = FieldSet(
    relations="rules tax_region",
    defaults=f"{RATE_PLAIN} *rules *tax_region",
    extra="rules(reference reference_id) tax_region(country_code province_code)",
)
TAX_REGION = FieldSet(
    relations="tax_rates(rules) parent children",
    defaults=f"{TAX_REGION_PLAIN} *tax_rates(*rules) *parent *children",
    extra=f"tax_rates({RATE_PLAIN}) parent(country_code) children(country_code province_code)",
)
CUSTOMER_PLAIN = (
    "id email has_account first_name last_name company_name phone metadata created_at updated_at deleted_at"
)
CUSTOMER = FieldSet(
    relations="addresses groups",
    defaults=f"{CUSTOMER_PLAIN} default_billing_address_id default_shipping_address_id *addresses *groups",
    extra="groups(id name) addresses(city country_code)",
)
GROUP = FieldSet(relations="", defaults="id name metadata created_at updated_at deleted_at")
