"""What administrators' panels call, and programs with a secret key."""

from routes.admin import seller
from routes.table import Route

ROUTES: list[Route] = [*seller.ROUTES]
