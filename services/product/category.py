"""What products are filed under, as administrators keep it: categories in a tree, collections, tags, types."""

from collections.abc import Iterable, Mapping
from secrets import token_hex
from typing import Any

from models.identity.principal import Principal
from models.product import category as rows
from models.product.category import (
    CATEGORY,
    COLLECTION,
    LABELS,
    LONGEST_HANDLE,
    TAG,
    TYPE,
    CategoryCycle,
    CreateCategory,
    CreateCollection,
    HandleMissing,
    UpdateCategory,
)
from models.shared.commands import LinkCommand
from models.shared.crud import Resource
from services.infrastructure.database.database import UnitOfWork
from services.shared import crud
from utils.folding import fold
from utils.ids import ordered_id
from utils.text import rich, slug

SUFFIXES = ("", *(f"-{n}" for n in range(2, 10)))


async def with_handle(work: UnitOfWork, resource: Resource, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with a handle made of the row's name where they have none.

    Names that only sound alike get different ones; a second row of one name is left to be refused.
    """
    if values.get("handle"):
        return dict(values)
    name = values[LABELS[resource.name]]
    base = slug(name, LONGEST_HANDLE)
    if not base:
        raise HandleMissing(name=name)
    candidates = [base + suffix for suffix in SUFFIXES]
    taken = {row.handle: row.label for row in await work.execute(rows.with_handles(resource, candidates))}
    if any(fold(label) == fold(name) for label in taken.values()):
        return {**values, "handle": base}
    return {**values, "handle": next((one for one in candidates if one not in taken), f"{base}-{token_hex(3)}")}


async def create_category(work: UnitOfWork, *, who: Principal, command: CreateCategory) -> str:
    """Create a category below its parent, at its rank among the siblings; the last one when none is given."""
    await work.execute(rows.LOCK_TREE)
    values = rich(command.changes(), None, "")
    parent_id = values.get("parent_category_id")
    parent = await _parent(work, parent_id)
    row_id = ordered_id(CATEGORY.prefix)
    place = {"id": row_id, "parent_category_id": parent and parent.id, "mpath": _path(parent, row_id)}
    await crud.create(work, CATEGORY, who=who, values=await with_handle(work, CATEGORY, values), **place)
    await _rank(work, row_id, parent_id, values.get("rank"))
    return row_id


async def change_category(work: UnitOfWork, *, who: Principal, row_id: str, command: UpdateCategory) -> None:
    """Update a category: other words, another parent (with all that is below it), another rank."""
    await work.execute(rows.LOCK_TREE)
    was = await crud.lock(work, CATEGORY, row_id)
    values = rich(command.changes(), was.metadata, "")
    parent_id = values.get("parent_category_id", was.parent_category_id)
    place: dict[str, Any] = {}
    if parent_id != was.parent_category_id:
        await _move(work, was, parent_id)
        place = {"parent_category_id": parent_id}
    noted: dict[str, Any] = {name: values[name] for name in ("parent_category_id", "rank") if name in values}
    await crud.change(work, CATEGORY, who=who, row_id=row_id, values=values, noted=noted, **place)
    if place or "rank" in values:
        await _rank(work, row_id, parent_id, values.get("rank"))


async def remove_category(work: UnitOfWork, *, who: Principal, row_id: str) -> None:
    """Delete a category; InUse while it has children. Products stay, and are no longer in it."""
    await work.execute(rows.LOCK_TREE)
    await crud.lock(work, CATEGORY, row_id)
    await crud.refuse_used(work, CATEGORY, row_id, {"its child categories": rows.children_of(row_id)})
    _touch(work, (await work.execute(rows.products_in(row_id))).scalars())
    await crud.remove(work, CATEGORY, who=who, row_id=row_id)


async def _move(work: UnitOfWork, was: Any, parent_id: str | None) -> None:
    """Move a category, with all below it, below another parent; CategoryCycle when that is itself or below it."""
    parent = await _parent(work, parent_id)
    if parent is not None and parent.mpath.startswith(was.mpath):
        raise CategoryCycle(id=was.id)
    await work.execute(rows.MOVE_BELOW, {"before": was.mpath, "after": _path(parent, was.id)})


async def _parent(work: UnitOfWork, parent_id: str | None) -> Any | None:
    return None if parent_id is None else await crud.lock(work, CATEGORY, parent_id)


def _path(parent: Any | None, row_id: str) -> str:
    return f"{parent.mpath if parent is not None else ''}{row_id}."


async def _rank(work: UnitOfWork, row_id: str, parent_id: str | None, rank: int | None) -> None:
    """Put the category at this place among its siblings, whose ranks count up from 0."""
    ranks = {row.id: row.rank for row in await work.execute(rows.siblings(parent_id))}
    order = [each for each in ranks if each != row_id]
    order.insert(len(order) if rank is None else rank, row_id)
    moved = [{"id": each, "rank": place} for place, each in enumerate(order) if ranks[each] != place]
    if moved:
        await work.execute(rows.RANK, {"rows": moved})


async def create_collection(work: UnitOfWork, *, who: Principal, command: CreateCollection) -> str:
    """Create a collection; its handle is made of its title where none is given."""
    return await crud.create(work, COLLECTION, who=who, values=await with_handle(work, COLLECTION, command.changes()))


async def remove_collection(work: UnitOfWork, *, who: Principal, row_id: str) -> None:
    """Delete a collection. Products stay, and are in no collection."""
    await crud.lock(work, COLLECTION, row_id)
    _touch(work, (await work.execute(rows.CLEAR_COLLECTION, {"row_id": row_id})).scalars())
    await crud.remove(work, COLLECTION, who=who, row_id=row_id)


async def collect(work: UnitOfWork, *, who: Principal, row_id: str, ids: LinkCommand) -> None:
    """Put products into the collection, out of those they were in; take others out."""
    await crud.lock(work, COLLECTION, row_id)
    await crud.lock_each(work, rows.CATEGORY_PRODUCTS.target, (*ids.add, *ids.remove))
    await crud.ensure(work, rows.CATEGORY_PRODUCTS.target, rows.CATEGORY_PRODUCTS.what, ids.add)
    removed = list((await work.execute(rows.take_from_collection(row_id, ids.remove))).scalars())
    added = list((await work.execute(rows.put_in_collection(row_id, ids.add))).scalars())
    _touch(work, (*added, *removed))
    before, after = {"product_id": sorted(removed)}, {"product_id": sorted(added)}
    await crud.note(work, COLLECTION, "link", who=who, row_id=row_id, before=before, after=after)


async def remove_type(work: UnitOfWork, *, who: Principal, row_id: str) -> None:
    """Delete a type. Products stay, and are of no type; tax rates no longer name it."""
    await crud.lock(work, TYPE, row_id)
    _touch(work, (await work.execute(rows.CLEAR_TYPE, {"row_id": row_id})).scalars())
    await work.execute(rows.tax_rules_of_type(row_id))
    work.touch("regions")
    await crud.remove(work, TYPE, who=who, row_id=row_id)


async def remove_tag(work: UnitOfWork, *, who: Principal, row_id: str) -> None:
    """Delete a tag. Products stay, without it."""
    work.touch("catalogue")
    await crud.remove(work, TAG, who=who, row_id=row_id)


def _touch(work: UnitOfWork, product_ids: Iterable[str]) -> None:
    """Drop the products from caches when the transaction commits."""
    changed = list(product_ids)
    if changed:
        work.touch("catalogue", changed)


async def neighbours(work: UnitOfWork, categories: Iterable[Any]) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """Categories by id that are above the given ones, and those right below each, by rank; one statement."""
    known = list(categories)
    above = {part for row in known for part in row.mpath.split(".") if part}
    ids = [row.id for row in known]
    parents: dict[str, Any] = {}
    children: dict[str, list[Any]] = {row_id: [] for row_id in ids}
    for row in await work.execute(rows.neighbours(above, ids)):
        parents[row.id] = row
        if row.parent_category_id in children:
            children[row.parent_category_id].append(row)
    return parents, children
