"""All rows, in the order of the reference page."""

from routes import admin
from routes import seller as routes_seller
from routes.auth import auth
from routes.store import cart, customer, product, region, store, transaction
from routes.store import category as store_category
from routes.system import files, service
from routes.table import Route

ROUTES: list[Route] = [
    *region.ROUTES,
    *product.ROUTES,
    *store_category.ROUTES,
    *store.ROUTES,
    *cart.ROUTES,
    *transaction.ROUTES,
    *customer.ROUTES,
    *auth.ROUTES,
    *routes_seller.ROUTES,
    *admin.ROUTES,
    *files.ROUTES,
    *service.ROUTES,
]
