"""What administrators' panels call, and programs with a secret key."""

from routes.admin import (
    api_key,
    audit,
    channel,
    customer,
    factor_removal,
    product,
    reason,
    region,
    seller,
    tax,
    taxonomy,
    user,
)
from routes.table import Route

ROUTES: list[Route] = [
    *product.ROUTES,
    *user.ROUTES,
    *factor_removal.ROUTES,
    *api_key.ROUTES,
    *seller.ROUTES,
    *region.ROUTES,
    *tax.ROUTES,
    *channel.ROUTES,
    *taxonomy.ROUTES,
    *reason.ROUTES,
    *customer.ROUTES,
    *audit.ROUTES,
]
