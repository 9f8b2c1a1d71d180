"""All rows, in the order of the reference page."""

from routes import admin, chat, seller
from routes.auth import auth
from routes.events import Event, Push
from routes.store import cart, category, customer, product, region, store, transaction
from routes.system import files, service
from routes.table import Route

ROUTES: list[Route] = [
    *region.ROUTES,
    *product.ROUTES,
    *category.ROUTES,
    *store.ROUTES,
    *cart.ROUTES,
    *transaction.ROUTES,
    *customer.ROUTES,
    *auth.ROUTES,
    *seller.ROUTES,
    *admin.ROUTES,
    *chat.ROUTES,
    *files.ROUTES,
    *service.ROUTES,
]

EVENTS: list[Event] = [*chat.EVENTS]
PUSHES: list[Push] = [*chat.PUSHES]
