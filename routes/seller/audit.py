"""The audit log of a seller."""

from controllers.admin import audit
from routes.schemas.admin import audit as s
from routes.table import SELLER, get

ROUTES = [
    get(
        "/vendor/audit-log",
        audit.list_own_entries,
        who=SELLER,
        grant="staff:read",
        tag="Seller audit log",
        summary="Read what was done in the store, the newest first",
        query=s.LIST_OWN,
        reply=s.ENTRIES,
    ),
]
