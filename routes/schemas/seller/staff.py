"""A seller's staff, its invites and people's own profiles on the wire."""

from models.schema.roles import SELLER_ROLES, SELLER_STATES
from routes.schemas.shared import common as c
from routes.schemas.store.cart import PART
from routes.schemas.store.customer import PHONE

ROLE = c.one_of(*SELLER_ROLES)
TOKEN: c.Schema = {"type": "string", "minLength": 1, "maxLength": 300}

# Input
LIST = c.listing("created_at updated_at email role id", limit=20, q=c.SEARCH, id=c.many(), role=c.many(ROLE))
CHANGE = c.body(required=("role",), role=ROLE)
PROFILE_IN = c.body(first_name=PART, last_name=PART, phone=PHONE, metadata=c.METADATA)
LIST_INVITES = c.listing(
    "created_at updated_at expires_at email id", limit=20, q=c.SEARCH, id=c.many(), email=c.many(c.EMAIL)
)
INVITE_IN = c.body(required=("email", "role"), email=c.EMAIL, role=ROLE)
ACCEPT = c.body(required=("token",), token=TOKEN, first_name=PART, last_name=PART, phone=PHONE)

# Reply
_person = {
    "id": c.STRING,
    "email": c.STRING,
    "first_name": c.nullable(c.STRING),
    "last_name": c.nullable(c.STRING),
    "phone": c.nullable(c.STRING),
}
_stamps = {"created_at": c.MOMENT, "updated_at": c.MOMENT}
MEMBER = c.entity("SellerMember", **_person, role=ROLE, is_me=c.BOOLEAN, **_stamps)
WORKPLACE = c.entity(
    "SellerWorkplace",
    id=c.STRING,
    name=c.STRING,
    handle=c.STRING,
    logo=c.nullable(c.STRING),
    status=c.one_of(*SELLER_STATES),
    role=ROLE,
    grants=c.array(c.STRING),
)
PROFILE = c.entity("SellerProfile", **_person, metadata=c.FREE, sellers=c.array(WORKPLACE), **_stamps)
INVITE = c.entity(
    "SellerInvite",
    id=c.STRING,
    seller_id=c.STRING,
    email=c.STRING,
    role=ROLE,
    accepted=c.BOOLEAN,
    invited_by=c.nullable(c.STRING),
    expires_at=c.MOMENT,
    **_stamps,
)
JOINED: c.Schema = {
    "type": "object",
    "properties": {"seller_id": c.STRING, "member": PROFILE},
    "required": ["seller_id", "member"],
    "additionalProperties": False,
}
