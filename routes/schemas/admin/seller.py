"""Sellers as administrators see and judge them."""

from models.schema.roles import SELLER_ROLES, SELLER_STATES
from models.seller.rules import COMMISSION
from routes.schemas.seller import seller as v
from routes.schemas.shared import common as c

LIST = c.listing(
    "name handle status created_at updated_at",
    id=c.many(),
    handle=c.many(c.TEXT),
    status=c.many(c.one_of(*SELLER_STATES)),
    q=c.SEARCH,
    created_at=c.MOMENTS,
    updated_at=c.MOMENTS,
)
UPDATE = c.body(**v.SAID, logo=v.LOGO, commission_rate=COMMISSION)
WORDS: c.Schema = {"type": "string", "minLength": 1, "maxLength": 1000, "pattern": "\\S"}
REASON = c.body(required=["reason"], reason=WORDS)
REVISION: c.Schema = {
    "type": "integer",
    "minimum": 1,
    "maximum": c.INT_MAX,
    "description": "What was looked at: refused when the item was submitted again since.",
}
VERIFY = c.body(revision=REVISION, note={**WORDS, "type": ["string", "null"]})
REJECT = c.body(required=["reason"], reason=WORDS, revision=REVISION)

STAFF = c.entity(
    "StoreStaff",
    id=c.STRING,
    email=c.STRING,
    first_name=c.nullable(c.STRING),
    last_name=c.nullable(c.STRING),
    role=c.one_of(*SELLER_ROLES),
)
SELLER = c.entity("AdminStore", **v.WHOLE, members=c.array(STAFF), kyc_missing=c.array(c.STRING))
