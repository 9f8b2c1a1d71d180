"""Badges: what storefronts call."""

from pasar.web import ANYONE, get, schemas
from pasar_badges.controllers import seller

BADGE = schemas.entity("ProductBadge", id=schemas.STRING, label=schemas.STRING)

ROUTES = (
    get(
        "/store/products/{id}/badges",
        seller.index,
        who=ANYONE,
        tag="Products",
        summary="List the badges of a product",
        reply=schemas.page("badges", BADGE, counted=False),
    ),
)
