"""What administrators' panels call, and programs with a secret key."""

from routes.admin import product
from routes.table import Route

ROUTES: list[Route] = [*product.ROUTES]
