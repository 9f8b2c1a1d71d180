"""What products are filed under, held ready: the category tree, collections, types, tags."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from models.product.category import LOAD_CATEGORIES, LOAD_COLLECTIONS, LOAD_TAGS, LOAD_TYPES, SCOPE
from services.infrastructure.cache.snapshots import Connection, Scope
from utils.errors import NotFound

Rows = Mapping[str, Any]  # rows of a table by id, in the order of the table's list


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """Rows by id. `children` are the ids below a category, by rank; "" stands for the roots."""

    categories: Rows
    collections: Rows
    types: Rows
    tags: Rows
    children: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def shown(self, category_id: str | None) -> Any | None:
        """A category that buyers see: active and not internal, as are all above it; else None."""
        row = self.categories.get(category_id or "")
        above = row
        while above is not None:
            if not above.is_active or above.is_internal:
                return None
            above = self.categories.get(above.parent_category_id or "")
        return row

    def get_shown(self, category_id: str) -> Any:
        """A category that buyers see; NotFound otherwise."""
        row = self.shown(category_id)
        if row is None:
            raise NotFound(what="Product category", id=category_id)
        return row

    def shown_children(self, category_id: str) -> list[Any]:
        found = (self.shown(child) for child in self.children.get(category_id, ()))
        return [row for row in found if row is not None]

    def shown_below(self, category_id: str) -> list[str]:
        """Ids of a category that buyers see and of all of these below it; none when it is not shown."""
        if self.shown(category_id) is None:
            return []
        found, last = [category_id], 0
        while last < len(found):
            found += [row.id for row in self.shown_children(found[last])]
            last += 1
        return found


async def load(connection: Connection) -> Taxonomy:
    statements = (LOAD_CATEGORIES, LOAD_COLLECTIONS, LOAD_TYPES, LOAD_TAGS)
    categories, collections, types, tags = [
        {row.id: row for row in await connection.execute(statement)} for statement in statements
    ]
    children: dict[str, list[str]] = {}
    for row in categories.values():
        children.setdefault(row.parent_category_id or "", []).append(row.id)
    tree = {parent: tuple(below) for parent, below in children.items()}
    return Taxonomy(categories, collections, types, tags, tree)


TAXONOMY = Scope(SCOPE, load)
