"""Customers and their groups, as administrators keep them."""

from routes.schemas.admin import forms
from routes.schemas.shared import common as c
from routes.schemas.store.customer import ADDRESS
from routes.schemas.store.product import STAMPS

TEXT = c.nullable(c.STRING)
GROUP = c.entity("CustomerGroup", id=c.STRING, name=c.STRING, metadata=c.FREE, **STAMPS)
CUSTOMER = c.entity(
    "AdminCustomer",
    id=c.STRING,
    email=c.STRING,
    has_account=c.BOOLEAN,
    first_name=TEXT,
    last_name=TEXT,
    company_name=TEXT,
    phone=TEXT,
    metadata=c.FREE,
    default_billing_address_id=TEXT,
    default_shipping_address_id=TEXT,
    addresses=c.array(ADDRESS),
    groups=c.array(GROUP),
    **STAMPS,
)
SAID = {
    "email": c.EMAIL,
    **dict.fromkeys(("first_name", "last_name", "company_name", "phone"), forms.TEXT_OR_NULL_IN),
    "metadata": c.METADATA,
}
CUSTOMERS = forms.Forms(
    forms.listing(
        "email first_name last_name company_name has_account",
        email=c.many(c.TEXT),
        first_name=c.many(c.TEXT),
        last_name=c.many(c.TEXT),
        company_name=c.many(c.TEXT),
        has_account=c.FLAG,
        groups=c.many(),
    ),
    c.body(required=["email"], **SAID),
    c.body(**SAID),
)
ADDRESSES = c.query(
    limit={"type": "integer", "minimum": 0, "maximum": 100, "default": 50},
    offset={"type": "integer", "minimum": 0, "maximum": c.INT_MAX, "default": 0},
)
GROUP_SAID = {"name": forms.NAME, "metadata": c.METADATA}
GROUPS = forms.Forms(
    forms.listing("name", name=c.many(c.TEXT)), c.body(required=["name"], **GROUP_SAID), c.body(**GROUP_SAID)
)
