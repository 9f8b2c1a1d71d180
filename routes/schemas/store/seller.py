"""Sellers on the wire."""

from typing import Any

from routes.schemas.shared import common as c

FILTERS: dict[str, Any] = {"id": c.many(), "handle": c.many(c.TEXT), "name": c.many(c.TEXT), "q": c.SEARCH}
MORE = {"type": "array", "items": c.query(**FILTERS), "maxItems": 20}
AND_OR_MORE: dict[str, Any] = {"$and": MORE, "$or": MORE}
LIST = c.listing(
    "id handle name created_at updated_at",
    most=1000,
    status=c.many(c.one_of("open", "suspended")),
    created_at=c.MOMENTS,
    updated_at=c.MOMENTS,
    **FILTERS,
    **AND_OR_MORE,
)
RETRIEVE = c.query()
