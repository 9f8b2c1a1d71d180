"""Load categories, collections, tags and types."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from models.product.category import MOVE_BELOW, PATHS_OF_HANDLES
from models.schema.product import product_category, product_collection, product_tag, product_type
from models.shared.kinds import Kind
from services.seed.loading import Loading, columns, rich_entry
from services.seed.names import Names
from services.seed.survey import label
from services.shared.sync import Key, Row
from utils.ids import ordered_id

CATEGORY = Kind(product_category, "handle", ("handle",), "pcat")
COLLECTION = Kind(product_collection, "handle", ("handle",), "pcol")
TAG = Kind(product_tag, "value", ("value",), "ptag")
TYPE = Kind(product_type, "value", ("value",), "ptyp")


async def load_taxonomy(loading: Loading) -> None:
    await load_categories(loading)
    rows = [columns(e, "handle", "title", "external_id", "metadata") for e in loading.entries("collections")]
    for (handle,), identity in (await loading.rows(COLLECTION, rows)).ids.items():
        loading.names.put("collections", handle, identity)
    await load_labels(loading, TAG, "tags", loading.names.stated["tags"])
    await load_labels(loading, TYPE, "types", loading.names.stated["types"])


async def load_labels(loading: Loading, kind: Kind, section: str, values: set[str]) -> None:
    """Tags or types: those of the section, and those that products name."""
    rows = {value: {"value": value} for value in sorted(values)}
    rows |= {
        entry["value"]: columns(entry, "value", "external_id", "metadata")
        for entry in map(label, loading.entries(section))
    }
    for (value,), identity in (await loading.rows(kind, rows.values())).ids.items():
        loading.names.put(section, value, identity)


async def load_categories(loading: Loading) -> None:
    """Level by level, since a row's path begins with its parent's."""
    level: list[tuple[str | None, str, list[Any]]] = [(None, "", loading.entries("categories"))]
    while level:
        entries = {
            e["handle"]: (parent, path, rank, e) for parent, path, list_ in level for rank, e in enumerate(list_)
        }
        held = (
            {row.handle: row for row in await loading.work.execute(PATHS_OF_HANDLES, {"handles": list(entries)})}
            if entries
            else {}
        )
        rows, level = [], []
        for handle, (parent, path, _, entry) in entries.items():
            identity = held[handle].id if handle in held else ordered_id(CATEGORY.prefix)
            own = f"{path}{identity}."
            loading.names.put("categories", handle, identity)
            if handle in held and held[handle].mpath != own:
                await loading.work.execute(MOVE_BELOW, {"before": held[handle].mpath, "after": own})
            rows.append(
                columns(
                    rich_entry(entry),
                    "handle",
                    "name",
                    "description",
                    "rank",
                    "is_active",
                    "is_internal",
                    "external_id",
                    "metadata",
                )
                | {"parent_category_id": parent, "mpath": own}
            )
            if entry.get("children"):
                level.append((identity, own, entry["children"]))
        ranks = {handle: place[2] for handle, place in entries.items()}
        await loading.rows(CATEGORY, rows, fresh=partial(new_category, loading.names, ranks))


def new_category(names: Names, ranks: Mapping[str, int], key: Key) -> Row:
    """The id that the paths of its children begin with, and its place in the list."""
    return {"id": names.id("categories", key[0]), "rank": ranks[key[0]]}
