"""What sellers' panels call: a row acts for one store, which X-Seller-Id names where somebody has several."""

from routes.table import Route
from routes.vendor import product, product_part, upload

ROUTES: list[Route] = [*product.ROUTES, *product_part.ROUTES, *upload.ROUTES]
