"""What administrators' panels call, and programs with a secret key."""

from routes.admin import audit, channel, customer, reason, region, tax, taxonomy
from routes.table import Route

ROUTES: list[Route] = [
    *region.ROUTES,
    *tax.ROUTES,
    *channel.ROUTES,
    *taxonomy.ROUTES,
    *reason.ROUTES,
    *customer.ROUTES,
    *audit.ROUTES,
]
