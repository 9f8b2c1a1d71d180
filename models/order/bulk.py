"""Return reasons as files state them: what their rows are found by."""

from models.schema.order import return_reason
from models.shared.kinds import Kind

REASON = Kind(return_reason, "value", ("value",), "rr", only=return_reason.c.deleted_at.is_(None))
