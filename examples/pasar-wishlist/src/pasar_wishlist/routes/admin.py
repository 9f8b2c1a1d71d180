"""Wishlists: what administrators call."""

from pasar.web import USER, get, schemas
from pasar_wishlist.controllers import admin
from pasar_wishlist.routes import shapes

ROUTES = (
    get(
        "/admin/wishlists",
        admin.index,
        who=USER,
        grant="wishlists:read",
        tag="Wishlists",
        summary="List all wishlists",
        query=shapes.LIST,
        reply=schemas.page("wishlists", shapes.ADMIN_WISHLIST),
    ),
)
