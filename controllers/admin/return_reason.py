"""Reasons to send something back, and shipping profiles, as administrators keep them."""

from controllers.admin.crud import Desk
from models.order.return_reason import REASON
from services.order import return_reason
from services.shipping import profile as shipping_profile

REASONS = Desk(
    noun=REASON,
    one="return_reason",
    many="return_reasons",
    kind="return_reason",
    make=return_reason.create,
    change=return_reason.change,
    remove=return_reason.remove,
)
PROFILES = Desk(
    noun=shipping_profile.PROFILE,
    one="shipping_profile",
    many="shipping_profiles",
    kind="shipping_profile",
    remove=shipping_profile.remove,
)
