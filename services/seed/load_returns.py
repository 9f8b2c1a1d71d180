"""Load the reasons for which buyers send things back."""

from typing import Any

from models.schema.order import return_reason
from models.shared.kinds import Kind
from services.seed.loading import Loading, columns

REASON = Kind(return_reason, "value", ("value",), "rr", only=return_reason.c.deleted_at.is_(None))


async def load_return_reasons(loading: Loading) -> None:
    """Level by level, since a reason names the one above it."""
    level: list[tuple[str | None, Any]] = [(None, entry) for entry in loading.entries("return_reasons")]
    while level:
        rows = [
            columns(entry, "value", "label", "description", "metadata") | {"parent_return_reason_id": parent}
            for parent, entry in level
        ]
        found = (await loading.rows(REASON, rows)).ids
        for (value,), identity in found.items():
            loading.names.put("return_reasons", value, identity)
        level = [(found[(entry["value"],)], child) for _, entry in level for child in entry.get("children") or ()]
