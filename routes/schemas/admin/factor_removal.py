"""Requests to remove a second factor, on the wire."""

from models.identity.identity import ACTOR_TYPES
from routes.schemas.shared import common as c

ASK = c.body(
    required=["actor_type", "actor_id", "reason"],
    actor_type=c.one_of(*ACTOR_TYPES),
    actor_id=c.ID,
    reason={"type": "string", "minLength": 3, "maxLength": 1000},
)
REMOVAL = c.entity(
    "FactorRemoval",
    id=c.STRING,
    auth_identity_id=c.STRING,
    reason=c.STRING,
    status=c.STRING,
    requested_by=c.STRING,
    decided_by=c.nullable(c.STRING),
    decided_at=c.nullable(c.MOMENT),
    expires_at=c.MOMENT,
    created_at=c.MOMENT,
)
ONE = c.single("factor_removal", REMOVAL)
LIST = c.page("factor_removals", REMOVAL, counted=False)
