"""Reasons to send something back, and shipping profiles, as administrators keep them."""

from controllers.admin import return_reason
from routes.schemas.admin import return_reason as s
from routes.schemas.fields import admin as f
from routes.table import crud_routes

ROUTES = [
    *crud_routes(
        "/admin/return-reasons",
        return_reason.REASONS,
        area="orders",
        tag="Admin return reasons",
        a="a return reason",
        entity=s.REASON,
        forms=s.REASONS,
        fields=f.REASON,
    ),
    *crud_routes(
        "/admin/shipping-profiles",
        return_reason.PROFILES,
        area="catalogue",
        tag="Admin shipping profiles",
        a="a shipping profile",
        entity=s.PROFILE,
        forms=s.PROFILES,
        fields=f.PROFILE,
    ),
]
