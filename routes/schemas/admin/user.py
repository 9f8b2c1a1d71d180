"""Administrators and their invites on the wire, in the shapes of the Admin API; `role` is ours."""

from models.schema.roles import USER_ROLES
from routes.schemas.shared import common as c
from routes.schemas.store.cart import PART
from utils.fields import FieldSet

ROLE = c.one_of(*USER_ROLES)
TOKEN: c.Schema = {"type": "string", "minLength": 1, "maxLength": 300}
AVATAR: c.Schema = {"type": ["string", "null"], "maxLength": 2000, "pattern": "^https?://[^\\s]+$"}

# Input
LIST = c.listing(
    "created_at updated_at email first_name last_name role id",
    limit=20,
    q=c.SEARCH,
    id=c.many(),
    email=c.many(c.EMAIL),
    first_name=c.many(c.TEXT),
    last_name=c.many(c.TEXT),
    role=c.many(ROLE),
    created_at=c.MOMENTS,
    updated_at=c.MOMENTS,
)
_said = {"first_name": PART, "last_name": PART, "avatar_url": AVATAR, "metadata": c.METADATA}
CHANGE_ME = c.body(**_said)
CHANGE = c.body(**_said, role=ROLE)
LIST_INVITES = c.listing(
    "created_at updated_at expires_at email id",
    limit=20,
    q=c.SEARCH,
    id=c.many(),
    email=c.many(c.EMAIL),
    created_at=c.MOMENTS,
    updated_at=c.MOMENTS,
)
INVITE_IN = c.body(required=("email",), email=c.EMAIL, role={**ROLE, "default": "admin"}, metadata=c.METADATA)
# Clients of the Admin API send the token in the query; the access log keeps no queries.
ACCEPT_QUERY = c.query(token=TOKEN)
ACCEPT = c.body(token=TOKEN, email=c.EMAIL, first_name=PART, last_name=PART)

# Reply
USER = c.entity(
    "AdminUser",
    id=c.STRING,
    email=c.STRING,
    first_name=c.nullable(c.STRING),
    last_name=c.nullable(c.STRING),
    avatar_url=c.nullable(c.STRING),
    role=ROLE,
    metadata=c.FREE,
    created_at=c.MOMENT,
    updated_at=c.MOMENT,
    deleted_at=c.nullable(c.MOMENT),
)
INVITE = c.entity(
    "AdminInvite",
    id=c.STRING,
    email=c.STRING,
    role=ROLE,
    accepted=c.BOOLEAN,
    invited_by=c.nullable(c.STRING),
    expires_at=c.MOMENT,
    metadata=c.FREE,
    created_at=c.MOMENT,
    updated_at=c.MOMENT,
)
FIELDS = FieldSet(relations="", defaults=" ".join(USER["properties"]))
INVITE_FIELDS = FieldSet(relations="", defaults=" ".join(INVITE["properties"]))
