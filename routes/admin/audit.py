"""The audit log."""

from controllers.admin import audit
from routes.schemas.admin import audit as s
from routes.table import USER, get

ROUTES = [
    get(
        "/admin/audit-log",
        audit.list_entries,
        who=USER,
        grant="audit:read",
        tag="Admin audit log",
        summary="Read what people with power did, the newest first",
        query=s.LIST,
        reply=s.ENTRIES,
    ),
]
