"""Reasons to send something back, and shipping profiles, as administrators keep them."""

from controllers.admin.crud import CrudController
from models.order.return_reason import REASON, CreateReason, UpdateReason
from models.shipping import profile as rows
from services.order import return_reason
from services.shipping import profile as shipping_profile

REASONS = CrudController(
    resource=REASON,
    one="return_reason",
    many="return_reasons",
    kind="return_reason",
    creates=CreateReason,
    updates=UpdateReason,
    make=return_reason.create,
    change=return_reason.change,
    remove=return_reason.remove,
)
PROFILES = CrudController(
    resource=rows.PROFILE,
    one="shipping_profile",
    many="shipping_profiles",
    kind="shipping_profile",
    creates=rows.CreateProfile,
    updates=rows.UpdateProfile,
    remove=shipping_profile.remove,
)
