"""The audit log on the wire."""

from routes.schemas.shared import common as c

WORD: c.Schema = {"type": "string", "minLength": 1, "maxLength": 100}
CURSOR: c.Schema = {
    "type": "string",
    "pattern": "^[0-9]{1,18}$",
    "description": "`next_cursor` of the page before: what is older than it.",
}
FILTERS = {
    "actor_id": c.many(),
    "actor_type": c.many(WORD),
    "entity": c.many(WORD),
    "entity_id": c.many(),
    "action": c.many(WORD),
    "created_at": c.MOMENTS,
}
PAGE = {"limit": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}, "cursor": CURSOR}
LIST = c.query(**PAGE, **FILTERS, seller_id=c.many(), request_id=c.many(), api_key_id=c.many())
LIST_OWN = c.query(**PAGE, **FILTERS)

TEXT = c.nullable(c.STRING)
ENTRY = c.entity(
    "AuditEntry",
    id=c.STRING,
    actor=c.entity("AuditActor", type=c.STRING, id=TEXT, email=TEXT),
    api_key_id=TEXT,
    seller_id=TEXT,
    action=c.STRING,
    entity=c.STRING,
    entity_id=c.STRING,
    before=c.FREE,
    after=c.FREE,
    request_id=TEXT,
    created_at=c.MOMENT,
)
ENTRIES: c.Schema = {
    "type": "object",
    "properties": {"audit_log": c.array(ENTRY), "limit": c.INTEGER, "next_cursor": TEXT},
    "required": ["audit_log", "limit", "next_cursor"],
    "additionalProperties": False,
}
