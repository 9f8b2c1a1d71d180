"""Taxes, as administrators keep them."""

from controllers.admin import tax
from routes.schemas.admin import tax as s
from routes.schemas.fields import admin as f
from routes.schemas.shared import common as c
from routes.table import USER, crud_routes, delete, get, post

_writes = {"who": USER, "grant": "regions:write", "tag": "Admin taxes", "fields": f.TAX_RATE}

ROUTES = [
    *crud_routes(
        "/admin/tax-regions",
        tax.REGIONS,
        area="regions",
        tag="Admin taxes",
        a="a tax region",
        entity=s.REGION,
        forms=s.REGIONS,
        fields=f.TAX_REGION,
    ),
    *crud_routes(
        "/admin/tax-rates",
        tax.RATES,
        area="regions",
        tag="Admin taxes",
        a="a tax rate",
        entity=s.RATE,
        forms=s.RATES,
        fields=f.TAX_RATE,
    ),
    post(
        "/admin/tax-rates/{id}/rules",
        tax.add_rule,
        **_writes,
        summary="Let a tax rate name a product, a product type or a shipping option",
        body=s.RULE_IN,
        reply=c.single("tax_rate", s.RATE),
    ),
    delete(
        "/admin/tax-rates/{id}/rules/{rule_id}",
        tax.remove_rule,
        **_writes,
        summary="Let a tax rate name one thing less",
        reply=c.deleted("tax_rate_rule", s.RATE),
    ),
    get(
        "/admin/tax-providers",
        tax.list_providers,
        who=USER,
        grant="regions:read",
        tag="Admin taxes",
        summary="List who works taxes out",
        query=s.PROVIDERS,
        reply=c.page("tax_providers", s.PROVIDER_OUT),
    ),
]
