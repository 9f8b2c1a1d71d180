"""All rows, in the order of the reference page."""

from routes import cart, product, region, service, store, taxonomy, transaction
from routes.table import Route

ROUTES: list[Route] = [
    *region.ROUTES,
    *product.ROUTES,
    *taxonomy.ROUTES,
    *store.ROUTES,
    *cart.ROUTES,
    *transaction.ROUTES,
    *service.ROUTES,
]
