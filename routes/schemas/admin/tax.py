"""Taxes, as administrators keep them."""

from models.region.rules import HIGHEST_RATE, LONGEST_PROVINCE, MOST_TAX_RULES
from routes.schemas.admin import forms
from routes.schemas.shared import common as c
from routes.schemas.store.product import STAMPS

TEXT = c.nullable(c.STRING)
RULE = c.entity("TaxRateRule", id=c.STRING, tax_rate_id=c.STRING, reference=c.STRING, reference_id=c.STRING, **STAMPS)
REGION_SCALARS = {
    "id": c.STRING,
    "country_code": c.STRING,
    "province_code": TEXT,
    "parent_id": TEXT,
    "provider_id": c.STRING,
    "metadata": c.FREE,
    **STAMPS,
}
RATE_SCALARS = {
    "id": c.STRING,
    "tax_region_id": c.STRING,
    "name": c.STRING,
    "code": TEXT,
    "rate": c.NUMBER,
    "is_default": c.BOOLEAN,
    "is_combinable": c.BOOLEAN,
    "metadata": c.FREE,
    "rules": c.array(RULE),
    **STAMPS,
}
NEAR_REGION = c.entity("NearTaxRegion", **REGION_SCALARS)
REGION = c.entity(
    "TaxRegion",
    **REGION_SCALARS,
    parent=c.nullable(NEAR_REGION),
    children=c.array(NEAR_REGION),
    tax_rates=c.array(c.entity("TaxRateInside", **RATE_SCALARS)),
)
RATE = c.entity("TaxRate", **RATE_SCALARS, tax_region=NEAR_REGION)

PROVINCE: c.Schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_PROVINCE}
PROVIDER = c.one_of("tp_system")
RULE_IN = c.body(
    required=["reference", "reference_id"],
    reference=c.one_of("product", "product_type", "shipping_option"),
    reference_id=c.ID,
)
RATE_SAID = {
    "name": forms.NAME,
    "code": forms.TEXT_OR_NULL_IN,
    "rate": {"type": "number", "minimum": 0, "maximum": HIGHEST_RATE},
    "is_combinable": c.FLAG,
    "metadata": c.METADATA,
}
MORE_SAID = {
    **RATE_SAID,
    "is_default": c.FLAG,
    "rules": {"type": "array", "items": RULE_IN, "maxItems": MOST_TAX_RULES},
}
REGIONS = forms.Forms(
    forms.listing(
        "country_code province_code", country_code=c.many(c.COUNTRY), province_code=c.many(PROVINCE), parent_id=c.many()
    ),
    c.body(
        required=["country_code"],
        country_code=c.COUNTRY,
        province_code=PROVINCE,
        parent_id=forms.ID_OR_NULL,
        provider_id=PROVIDER,
        default_tax_rate=c.body(required=["name", "rate"], **RATE_SAID),
        metadata=c.METADATA,
    ),
    c.body(province_code=PROVINCE, provider_id=PROVIDER, metadata=c.METADATA),
)
RATES = forms.Forms(
    forms.listing(
        "name code rate", tax_region_id=c.many(), name=c.many(c.TEXT), code=c.many(c.TEXT), is_default=c.FLAG
    ),
    c.body(required=["tax_region_id", "name", "rate"], tax_region_id=c.ID, **MORE_SAID),
    c.body(**MORE_SAID),
)
PROVIDERS = c.query(
    limit={"type": "integer", "minimum": 0, "maximum": 100, "default": 50},
    offset={"type": "integer", "minimum": 0, "maximum": c.INT_MAX, "default": 0},
)
PROVIDER_OUT = c.entity("TaxProvider", id=c.STRING, is_enabled=c.BOOLEAN)
