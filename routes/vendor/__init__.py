"""What sellers' panels call: a row acts for one store, which X-Seller-Id names where somebody has several."""

from routes.table import Route
from routes.vendor import kyc, seller, upload

ROUTES: list[Route] = [
    *product.ROUTES,
    *product_part.ROUTES,
    *upload.ROUTES,
    *stock_location.ROUTES,
    *inventory.ROUTES,
    *shipping_option.ROUTES,
    *order.ROUTES,
    *returns.ROUTES,
    *staff.ROUTES,
    *seller.ROUTES,
    *kyc.ROUTES,
]
