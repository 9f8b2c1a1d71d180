"""Regions, currencies and payment providers, as administrators keep them."""

from controllers.admin import region
from routes.schemas.admin import region as s
from routes.schemas.fields import admin as f
from routes.schemas.fields import catalogue as shown
from routes.schemas.shared import common as c
from routes.schemas.store import region as store
from routes.table import USER, crud_routes, get

_reads = {"who": USER, "grant": "regions:read", "tag": "Admin regions"}

ROUTES = [
    *crud_routes(
        "/admin/regions",
        region.REGIONS,
        area="regions",
        tag="Admin regions",
        a="a region",
        entity=s.REGION,
        forms=s.FORMS,
        fields=f.REGION,
    ),
    get(
        "/admin/currencies",
        region.list_currencies,
        **_reads,
        summary="List currencies",
        query=s.CURRENCIES,
        fields=shown.CURRENCY,
        reply=c.page("currencies", store.CURRENCY),
    ),
    get(
        "/admin/currencies/{code}",
        region.retrieve_currency,
        **_reads,
        summary="Get a currency",
        fields=shown.CURRENCY,
        reply=c.single("currency", store.CURRENCY),
    ),
    get(
        "/admin/payments/payment-providers",
        region.list_providers,
        **_reads,
        summary="List the payment providers that are installed",
        query=s.PROVIDERS,
        reply=c.page("payment_providers", s.PROVIDER),
    ),
]
