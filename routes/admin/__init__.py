"""What administrators' panels call, and programs with a secret key."""

from routes.admin import (
    api_key,
    audit,
    customer,
    factor_removal,
    product,
    region,
    return_reason,
    sales_channel,
    seller,
    tax,
    user,
)
from routes.admin import category as admin_category
from routes.table import Route

ROUTES: list[Route] = [
    *product.ROUTES,
    *user.ROUTES,
    *factor_removal.ROUTES,
    *api_key.ROUTES,
    *seller.ROUTES,
    *region.ROUTES,
    *tax.ROUTES,
    *sales_channel.ROUTES,
    *admin_category.ROUTES,
    *return_reason.ROUTES,
    *customer.ROUTES,
    *audit.ROUTES,
]
