"""Load categories, collections, tags and types."""

from collections.abc import Iterator
from typing import Any

from models.product.category import CreateCollection, CreateLabel, PutCategory
from services.product import bulk_taxonomy
from services.seed.loading import Loading, columns, rich_entry
from services.seed.survey import label

OF_CATEGORY = ("handle", "name", "description", "rank", "is_active", "is_internal", "external_id", "metadata")
OF_COLLECTION = ("handle", "title", "external_id", "metadata")


async def load_taxonomy(loading: Loading) -> None:
    work, tally = loading.work, loading.tally
    categories = list(flattened(loading.entries("categories")))
    ids = await bulk_taxonomy.put_categories(work, categories=categories, tally=tally)
    loading.put_all("categories", ids)
    collections = [CreateCollection(**columns(entry, *OF_COLLECTION)) for entry in loading.entries("collections")]
    loading.put_all("collections", await bulk_taxonomy.put_collections(work, collections=collections, tally=tally))
    loading.put_all("tags", await bulk_taxonomy.put_tags(work, tags=labels(loading, "tags"), tally=tally))
    loading.put_all("types", await bulk_taxonomy.put_types(work, types=labels(loading, "types"), tally=tally))


def labels(loading: Loading, section: str) -> list[CreateLabel]:
    """Tags or types: those of the section, and those that products name."""
    named = {value: CreateLabel(value=value) for value in sorted(loading.names.stated[section])}
    for entry in map(label, loading.entries(section)):
        named[entry["value"]] = CreateLabel(**columns(entry, "value", "external_id", "metadata"))
    return list(named.values())


def flattened(entries: list[Any], parent: str | None = None) -> Iterator[PutCategory]:
    """The categories of a tree, each before those below it."""
    for rank, entry in enumerate(entries):
        said = columns(rich_entry(entry), *OF_CATEGORY)
        yield PutCategory(parent_handle=parent, first_rank=rank, **said)
        yield from flattened(entry.get("children") or [], entry["handle"])
