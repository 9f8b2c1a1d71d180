"""Sellers as their staff sees and changes them."""

from models.schema.roles import SELLER_ROLES, SELLER_STATES
from models.seller.rules import (
    LONGEST_ABOUT,
    LONGEST_HANDLE,
    LONGEST_LINE,
    LONGEST_NAME,
    LONGEST_PHONE,
    SHORTEST_HANDLE,
)
from models.shared.rules import NOT_BLANK
from routes.schemas.shared import common as c
from utils.text import HANDLE as HANDLE_PATTERN

NAME: c.Schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME, "pattern": NOT_BLANK}
HANDLE: c.Schema = {
    "type": "string",
    "minLength": SHORTEST_HANDLE,
    "maxLength": LONGEST_HANDLE,
    "pattern": HANDLE_PATTERN,
    "format": "handle",
}
ABOUT: c.Schema = {"type": ["string", "null"], "maxLength": LONGEST_ABOUT}
PHONE: c.Schema = {"type": ["string", "null"], "maxLength": LONGEST_PHONE}
LINE: c.Schema = {"type": ["string", "null"], "maxLength": LONGEST_LINE}
PERSON: c.Schema = {"type": "string", "minLength": 1, "maxLength": 100}
ADDRESS_IN = c.body(
    **dict.fromkeys(("address_1", "address_2", "city", "province", "postal_code"), LINE),
    country_code={"type": ["string", "null"], "minLength": 2, "maxLength": 2},
)
SAID = {
    "name": NAME,
    "description": ABOUT,
    "email": c.EMAIL,
    "phone": PHONE,
    "address": ADDRESS_IN,
    "currency_code": c.CURRENCY,
    "handle": HANDLE,
    "metadata": c.METADATA,
}
APPLY = c.body(required=["name"], **SAID, first_name=PERSON, last_name=PERSON)
LOGO: c.Schema = {**c.nullable(c.ID), "description": "The id of an upload of the store that is ready; null for none."}
UPDATE = c.body(**SAID, logo=LOGO)
CLOSURE = c.body(
    required=["closed_to"],
    closed_from={**c.MOMENT_IN, "description": "Now, where it is left out."},
    closed_to=c.MOMENT_IN,
    note={"type": ["string", "null"], "maxLength": 500},
)
LIST = c.query(
    limit={"type": "integer", "minimum": 0, "maximum": 100, "default": 50},
    offset={"type": "integer", "minimum": 0, "maximum": 1_000_000, "default": 0},
    status=c.many(c.one_of(*SELLER_STATES)),
)

_TEXT = c.nullable(c.STRING)
_MOMENT = c.nullable(c.MOMENT)
WHOLE: c.Schema = {
    "id": c.STRING,
    "handle": c.STRING,
    "name": c.STRING,
    "description": _TEXT,
    "logo": _TEXT,
    "status": c.one_of(*SELLER_STATES),
    "status_reason": _TEXT,
    "status_changed_at": _MOMENT,
    "opened_at": _MOMENT,
    "email": _TEXT,
    "phone": _TEXT,
    "currency_code": _TEXT,
    "address": c.entity(
        "StoreAddress",
        **dict.fromkeys(("address_1", "address_2", "city", "province", "postal_code", "country_code"), _TEXT),
    ),
    "commission_rate": {**c.NUMBER, "description": "The platform's share of what is sold, in percent."},
    "closed_from": _MOMENT,
    "closed_to": _MOMENT,
    "closure_note": _TEXT,
    "metadata": c.FREE,
    "created_at": c.MOMENT,
    "updated_at": c.MOMENT,
}
SELLER = c.entity("Store", **WHOLE)
MINE = c.entity("MemberStore", **WHOLE, role=c.one_of(*SELLER_ROLES))
APPLIED: c.Schema = {
    "type": "object",
    "properties": {"seller": SELLER, "member_id": c.STRING},
    "required": ["seller", "member_id"],
    "additionalProperties": False,
}
