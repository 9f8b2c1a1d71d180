"""Reasons to send something back, and shipping profiles, as administrators keep them."""

from routes.schemas.admin import forms
from routes.schemas.shared import common as c
from routes.schemas.store.product import STAMPS

TEXT = c.nullable(c.STRING)
ROW = {"id": c.STRING, "metadata": c.FREE, **STAMPS}
REASON = c.entity(
    "AdminReturnReason", value=c.STRING, label=c.STRING, description=TEXT, parent_return_reason_id=TEXT, **ROW
)
PROFILE = c.entity("AdminShippingProfile", name=c.STRING, type=c.STRING, **ROW)

REASON_SAID = {
    "value": forms.NAME,
    "label": forms.NAME,
    "description": forms.TEXT_OR_NULL_IN,
    "parent_return_reason_id": forms.ID_OR_NULL,
    "metadata": c.METADATA,
}
REASONS = forms.Forms(
    forms.listing("value label", value=c.many(c.TEXT), label=c.many(c.TEXT), parent_return_reason_id=c.many()),
    c.body(required=["value", "label"], **REASON_SAID),
    c.body(**REASON_SAID),
)
PROFILE_SAID = {"name": forms.NAME, "type": forms.NAME, "metadata": c.METADATA}
PROFILES = forms.Forms(
    forms.listing("name type", name=c.many(c.TEXT), type=c.many(c.TEXT)),
    c.body(required=["name"], **PROFILE_SAID),
    c.body(**PROFILE_SAID),
)
