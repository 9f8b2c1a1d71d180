"""What people with power did: one row an action, append-only (a trigger refuses UPDATE, DELETE and TRUNCATE)."""

from sqlalchemy import insert

from models.schema.audit import audit_log
from utils.sql import Prepared

RECORDED = (
    *("actor_type", "actor_id", "api_key_id", "store_id", "action", "entity", "entity_id"),
    *("before", "after", "request_id"),
)
INSERT = Prepared(insert(audit_log), *RECORDED)
