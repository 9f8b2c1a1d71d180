"""Regions, currencies and payment providers, as administrators keep them."""

from models.region.rules import MOST_COUNTRIES, MOST_PROVIDERS
from routes.schemas.admin import forms
from routes.schemas.shared import common as c
from routes.schemas.store import region as store

REGION: c.Schema = {
    **store.REGION,
    "title": "AdminRegion",
    "properties": {**store.REGION["properties"], "is_tax_inclusive": c.BOOLEAN},
}
SAID = {
    "name": forms.NAME,
    "currency_code": c.CURRENCY,
    "countries": {"type": "array", "items": c.COUNTRY, "maxItems": MOST_COUNTRIES},
    "automatic_taxes": c.FLAG,
    "is_tax_inclusive": c.FLAG,
    "payment_providers": {"type": "array", "items": c.ID, "maxItems": MOST_PROVIDERS, "uniqueItems": True},
    "metadata": c.METADATA,
}
FORMS = forms.Forms(
    forms.listing("name currency_code", name=c.many(c.TEXT), currency_code=c.many(c.CURRENCY)),
    c.body(required=["name", "currency_code"], **SAID),
    c.body(**SAID),
)
CURRENCIES = forms.listing("name", key="code")
PROVIDER = c.entity("AdminPaymentProvider", id=c.STRING, is_enabled=c.BOOLEAN)
PROVIDERS = c.query(
    limit={"type": "integer", "minimum": 0, "maximum": 100, "default": 50},
    offset={"type": "integer", "minimum": 0, "maximum": c.INT_MAX, "default": 0},
    id=c.many(),
    is_enabled=c.FLAG,
)
