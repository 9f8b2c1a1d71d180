"""All rows, in the order of the reference page."""

from routes import service
from routes.table import Route

ROUTES: list[Route] = [
    *service.ROUTES,
]
