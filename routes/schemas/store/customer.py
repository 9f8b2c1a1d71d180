"""Customers on the wire: profile, address book, and the orders shown beside them."""

from typing import Any

from routes.schemas.shared import common as c
from routes.schemas.store.cart import PART
from utils.fields import FieldSet

# Input
PHONE = {"type": ["string", "null"], "maxLength": 64}
_profile = {
    "company_name": PART,
    "first_name": PART,
    "last_name": PART,
    "phone": PHONE,
    "metadata": c.METADATA,
    "additional_data": c.DATA,
}
CREATE = c.body(required=("email",), email=c.EMAIL, **_profile)
UPDATE = c.body(**_profile)
ADDRESS_IN = c.body(
    address_name=PART,
    first_name=PART,
    last_name=PART,
    company=PART,
    address_1=PART,
    address_2=PART,
    city=PART,
    province=PART,
    postal_code={"type": ["string", "null"], "maxLength": 32},
    country_code={"type": ["string", "null"], "minLength": 2, "maxLength": 2},
    phone=PHONE,
    is_default_shipping=c.FLAG,
    is_default_billing=c.FLAG,
    metadata=c.METADATA,
    additional_data=c.DATA,
)
FILTERS: dict[str, Any] = {
    "q": c.SEARCH,
    **dict.fromkeys(("city", "postal_code", "country_code", "province", "company"), c.many(c.TEXT)),
}
MORE = {"type": "array", "items": c.query(**FILTERS), "maxItems": 20}
AND_OR_MORE: dict[str, Any] = {"$and": MORE, "$or": MORE}
LIST = c.listing("created_at updated_at id", **FILTERS, **AND_OR_MORE)

# Reply
ADDRESS = c.entity(
    "CustomerAddress",
    id=c.STRING,
    customer_id=c.STRING,
    **dict.fromkeys(
        (
            "address_name first_name last_name company address_1 address_2 city province postal_code country_code phone"
        ).split(),
        c.nullable(c.STRING),
    ),
    is_default_shipping=c.BOOLEAN,
    is_default_billing=c.BOOLEAN,
    metadata=c.FREE,
    created_at=c.MOMENT,
    updated_at=c.MOMENT,
)
ORDER = c.entity(
    "CustomerOrder",
    id=c.STRING,
    status=c.one_of("pending", "completed", "canceled"),
    display_id=c.INTEGER,
    version=c.INTEGER,
    currency_code=c.STRING,
    total=c.AMOUNT,
    email=c.nullable(c.STRING),
    region_id=c.STRING,
    customer_id=c.nullable(c.STRING),
    sales_channel_id=c.nullable(c.STRING),
    locale=c.nullable(c.STRING),
    created_at=c.MOMENT,
    updated_at=c.MOMENT,
)
CUSTOMER = c.entity(
    "Customer",
    "orders",
    id=c.STRING,
    email=c.STRING,
    company_name=c.nullable(c.STRING),
    first_name=c.nullable(c.STRING),
    last_name=c.nullable(c.STRING),
    phone=c.nullable(c.STRING),
    metadata=c.FREE,
    has_account=c.BOOLEAN,
    default_shipping_address_id=c.nullable(c.STRING),
    default_billing_address_id=c.nullable(c.STRING),
    deleted_at=c.nullable(c.MOMENT),
    created_at=c.MOMENT,
    updated_at=c.MOMENT,
    addresses=c.array(ADDRESS),
    orders=c.array(ORDER),
)
_address = (
    "id address_name company customer_id first_name last_name address_1 address_2 city province postal_code "
    "country_code phone metadata is_default_shipping is_default_billing created_at updated_at"
)
FIELDS = FieldSet(
    relations="addresses orders",
    defaults=(
        "id email company_name first_name last_name phone metadata has_account default_shipping_address_id "
        "default_billing_address_id deleted_at created_at updated_at "
        "*addresses"
    ),
    extra=f"addresses({_address}) *orders",
)
ADDRESS_FIELDS = FieldSet(relations="", defaults=_address)
