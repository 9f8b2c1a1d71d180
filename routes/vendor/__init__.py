"""What sellers' panels call: a row acts for one store, which X-Seller-Id names where somebody has several."""

from routes.table import Route
from routes.vendor import kyc, seller, upload

ROUTES: list[Route] = [*seller.ROUTES, *kyc.ROUTES, *upload.ROUTES]
