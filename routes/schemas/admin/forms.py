"""What the lists and bodies of administrators' rows have in common."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from models.shared.rules import LONGEST_HANDLE, LONGEST_ID, LONGEST_NAME, LONGEST_NOTE, LONGEST_TEXT, MOST_LINKS
from routes.schemas.shared import common as c
from utils.text import HANDLE as HANDLE_PATTERN

NAME: c.Schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME}
HANDLE: c.Schema = {"type": "string", "pattern": HANDLE_PATTERN, "format": "handle", "maxLength": LONGEST_HANDLE}
TEXT_OR_NULL_IN: c.Schema = {"type": ["string", "null"], "maxLength": LONGEST_NOTE}
LONG_TEXT_OR_NULL: c.Schema = {"type": ["string", "null"], "maxLength": LONGEST_TEXT}
ID_OR_NULL: c.Schema = {"type": ["string", "null"], "minLength": 1, "maxLength": LONGEST_ID}
IDS: c.Schema = {"type": "array", "items": c.ID, "maxItems": MOST_LINKS}
JOIN = c.body(add=IDS, remove=IDS)


class Forms(NamedTuple):
    """Schemas of what one kind of row takes: the query of its list, and the bodies that make and change it."""

    listing: c.Schema
    create: c.Schema
    update: c.Schema


def listing(order: str, *, key: str = "id", **filters: Mapping[str, Any]) -> c.Schema:
    """The query of a list: filters of its own, ids, text to look for, moments; all of it also within $and and $or."""
    own: dict[str, Any] = {
        key: c.many(),
        "q": c.SEARCH,
        "created_at": c.MOMENTS,
        "updated_at": c.MOMENTS,
        **filters,
    }
    more: c.Schema = {"type": "array", "items": c.query(**own), "maxItems": 20}
    both: dict[str, Any] = {"$and": more, "$or": more}
    return c.listing(f"{key} created_at updated_at {order}", most=1000, **own, **both)
