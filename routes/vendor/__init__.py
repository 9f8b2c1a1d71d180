"""What sellers' panels call: a row acts for one store, which X-Seller-Id names where somebody has several."""

from routes.table import Route
from routes.vendor import inventory, shipping_option, stock_location, upload

ROUTES: list[Route] = [*upload.ROUTES, *stock_location.ROUTES, *inventory.ROUTES, *shipping_option.ROUTES]
