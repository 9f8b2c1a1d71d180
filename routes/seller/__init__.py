"""What sellers' panels call: a row acts for one seller, which X-Seller-Id names where somebody has several."""

from routes.seller import (
    audit,
    inventory,
    kyc,
    order,
    product,
    product_part,
    returns,
    seller,
    shipping_option,
    staff,
    stock_location,
    upload,
)
from routes.table import Route

ROUTES: list[Route] = [
    *seller.ROUTES,
    *kyc.ROUTES,
    *staff.ROUTES,
    *product.ROUTES,
    *product_part.ROUTES,
    *upload.ROUTES,
    *stock_location.ROUTES,
    *inventory.ROUTES,
    *shipping_option.ROUTES,
    *order.ROUTES,
    *returns.ROUTES,
    *audit.ROUTES,
]
