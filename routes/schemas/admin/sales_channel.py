"""Sales channels, as administrators keep them."""

from routes.schemas.admin import forms
from routes.schemas.shared import common as c
from routes.schemas.store.product import STAMPS

CHANNEL = c.entity(
    "SalesChannel",
    id=c.STRING,
    name=c.STRING,
    description=c.nullable(c.STRING),
    is_disabled=c.BOOLEAN,
    metadata=c.FREE,
    **STAMPS,
)
SAID = {
    "name": forms.NAME,
    "description": forms.TEXT_OR_NULL_IN,
    "is_disabled": c.FLAG,
    "metadata": c.METADATA,
}
FORMS = forms.Forms(
    forms.listing("name", name=c.many(c.TEXT), is_disabled=c.FLAG),
    c.body(required=["name"], **SAID),
    c.body(**SAID),
)
