"""API keys on the wire, in the shapes of the Admin API; `scopes` are ours."""

from models.identity.api_key import MOST_CHANNELS
from models.schema.identity import KEY_TYPES
from models.schema.roles import USER_GRANTS, Grants
from models.shared.rules import LONGEST_NAME
from routes.schemas.shared import common as c
from utils.fields import FieldSet

TYPE = c.one_of(*KEY_TYPES)
TITLE: c.Schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME}


def scopes_of(grants: Grants) -> c.Schema:
    """A list of these grants."""
    return {
        "type": "array",
        "items": c.one_of(*sorted(grants)),
        "maxItems": len(grants),
        "description": "What a secret key may do; when it is made without: whatever its maker may.",
    }


SCOPES = scopes_of(USER_GRANTS)
YEAR_SECONDS = 366 * 24 * 3600

# Input
LIST = c.listing(
    "created_at updated_at revoked_at title type id",
    limit=20,
    q=c.SEARCH,
    id=c.many(),
    title=c.many(TITLE),
    token=c.many(c.TEXT),
    type=TYPE,
    created_at=c.MOMENTS,
    updated_at=c.MOMENTS,
    revoked_at=c.MOMENTS,
)
CREATE = c.body(required=("title", "type"), title=TITLE, type=TYPE, scopes=SCOPES)
CHANGE = c.body(title=TITLE, scopes=SCOPES)
REVOKE = c.body(revoke_in={"type": "integer", "minimum": 0, "maximum": YEAR_SECONDS, "default": 0})
LINK = c.body(add=c.many(most=MOST_CHANNELS), remove=c.many(most=MOST_CHANNELS))

# Reply
CHANNEL = c.entity("ApiKeySalesChannel", id=c.STRING, name=c.STRING)
KEY = c.entity(
    "AdminApiKey",
    id=c.STRING,
    token=c.STRING,
    redacted=c.STRING,
    title=c.STRING,
    type=TYPE,
    scopes=c.array(c.STRING),
    last_used_at=c.nullable(c.MOMENT),
    created_by=c.nullable(c.STRING),
    created_at=c.MOMENT,
    updated_at=c.MOMENT,
    revoked_by=c.nullable(c.STRING),
    revoked_at=c.nullable(c.MOMENT),
    deleted_at=c.NULL,
    sales_channels=c.array(CHANNEL),
)
_names = " ".join(name for name in KEY["properties"] if name != "sales_channels")
FIELDS = FieldSet(relations="sales_channels", defaults=f"{_names} *sales_channels", extra="sales_channels(id name)")
