"""Categories, collections, tags and types, as administrators keep them."""

from models.shared.rules import HIGHEST_RANK
from routes.schemas.admin import forms
from routes.schemas.shared import common as c
from routes.schemas.store.category import NEIGHBOUR
from routes.schemas.store.product import CATEGORY_SCALARS, STAMPS

ROW = {"id": c.STRING, "external_id": c.nullable(c.STRING), "metadata": c.FREE, **STAMPS}
COLLECTION = c.entity("AdminCollection", title=c.STRING, handle=c.STRING, **ROW)
TAG = c.entity("AdminProductTag", value=c.STRING, **ROW)
TYPE = c.entity("AdminProductType", value=c.STRING, **ROW)
CATEGORY = c.entity(
    "AdminProductCategory",
    **CATEGORY_SCALARS,
    parent_category=c.nullable(NEIGHBOUR),
    category_children=c.array(NEIGHBOUR),
)

MORE = {"external_id": forms.TEXT_OR_NULL_IN, "metadata": c.METADATA}
LABEL_SAID = {"value": forms.NAME, **MORE}
LABEL = forms.Forms(
    forms.listing("value", value=c.many(c.TEXT), external_id=c.many(c.TEXT)),
    c.body(required=["value"], **LABEL_SAID),
    c.body(**LABEL_SAID),
)
COLLECTION_SAID = {"title": forms.NAME, "handle": forms.HANDLE, **MORE}
COLLECTIONS = forms.Forms(
    forms.listing("title handle", title=c.many(c.TEXT), handle=c.many(c.TEXT), external_id=c.many(c.TEXT)),
    c.body(required=["title"], **COLLECTION_SAID),
    c.body(**COLLECTION_SAID),
)
CATEGORY_SAID = {
    "name": forms.NAME,
    "handle": forms.HANDLE,
    "description": c.LONG_TEXT,
    "is_active": c.FLAG,
    "is_internal": c.FLAG,
    "parent_category_id": forms.ID_OR_NULL,
    "rank": {"type": "integer", "minimum": 0, "maximum": HIGHEST_RANK},
    **MORE,
}
CATEGORIES = forms.Forms(
    forms.listing(
        "name handle rank mpath",
        name=c.many(c.TEXT),
        handle=c.many(c.TEXT),
        external_id=c.many(c.TEXT),
        parent_category_id=c.many(),
        is_active=c.FLAG,
        is_internal=c.FLAG,
    ),
    c.body(required=["name"], **CATEGORY_SAID),
    c.body(**CATEGORY_SAID),
)
