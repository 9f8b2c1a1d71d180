"""What administrators' panels call, and programs with a secret key."""

from routes.admin import api_key, product, seller, user
from routes.table import Route

ROUTES: list[Route] = [*product.ROUTES, *user.ROUTES, *api_key.ROUTES, *seller.ROUTES]
