"""Regions and currencies."""

from controllers.store import region
from routes.schemas.fields import catalogue as f
from routes.schemas.shared import common as c
from routes.schemas.store import region as s
from routes.table import ANYONE, get

ROUTES = [
    get(
        "/store/regions",
        region.list_regions,
        who=ANYONE,
        summary="List regions",
        tag="Regions",
        query=s.LIST_REGIONS,
        fields=f.REGION,
        reply=c.page("regions", s.REGION),
        cached=("regions",),
    ),
    get(
        "/store/regions/{id}",
        region.retrieve_region,
        who=ANYONE,
        summary="Get a region",
        tag="Regions",
        query=s.RETRIEVE,
        fields=f.REGION,
        reply=c.single("region", s.REGION),
        errors=(404,),
        cached=("regions",),
    ),
    get(
        "/store/currencies",
        region.list_currencies,
        who=ANYONE,
        summary="List currencies",
        tag="Regions",
        query=s.LIST_CURRENCIES,
        fields=f.CURRENCY,
        reply=c.page("currencies", s.CURRENCY),
        cached=("regions",),
    ),
    get(
        "/store/currencies/{code}",
        region.retrieve_currency,
        who=ANYONE,
        summary="Get a currency",
        tag="Regions",
        query=s.RETRIEVE,
        fields=f.CURRENCY,
        reply=c.single("currency", s.CURRENCY),
        errors=(404,),
        cached=("regions",),
    ),
    get(
        "/store/locales",
        region.list_locales,
        who=ANYONE,
        summary="List the languages that texts are translated into: none",
        tag="Regions",
        reply=c.page("locales", s.LOCALE, counted=False),
        cached=("regions",),
    ),
]
