"""What sellers' panels call: a row acts for one store, which X-Seller-Id names where somebody has several."""

from routes.table import Route
from routes.vendor import audit, upload

ROUTES: list[Route] = [*upload.ROUTES, *audit.ROUTES]
