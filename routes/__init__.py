"""All rows, in the order of the reference page."""

from routes import admin, auth, cart, customer, files, product, region, service, store, taxonomy, transaction, vendor
from routes.table import Route

ROUTES: list[Route] = [
    *region.ROUTES,
    *product.ROUTES,
    *taxonomy.ROUTES,
    *store.ROUTES,
    *cart.ROUTES,
    *transaction.ROUTES,
    *customer.ROUTES,
    *auth.ROUTES,
    *vendor.ROUTES,
    *admin.ROUTES,
    *files.ROUTES,
    *service.ROUTES,
]
