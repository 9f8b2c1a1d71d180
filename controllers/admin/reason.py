"""Reasons to send something back, and shipping profiles, as administrators keep them."""

from controllers.admin.desk import Desk
from services import returns_admin, shipping_admin

REASONS = Desk(
    noun=returns_admin.REASON,
    one="return_reason",
    many="return_reasons",
    kind="return_reason",
    make=returns_admin.create,
    change=returns_admin.change,
    remove=returns_admin.remove,
)
PROFILES = Desk(
    noun=shipping_admin.PROFILE,
    one="shipping_profile",
    many="shipping_profiles",
    kind="shipping_profile",
    remove=shipping_admin.remove,
)
