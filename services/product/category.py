"""What products are filed under, as administrators keep it: categories in a tree, collections, tags, types."""

from collections.abc import Iterable, Mapping
from secrets import token_hex
from typing import Any

from sqlalchemy import Row, Text, bindparam, delete, func, select, update

from models.identity.principal import Principal
from models.schema.journal import change_counter
from models.schema.product import (
    product,
    product_category,
    product_category_product,
    product_collection,
    product_tag,
    product_type,
)
from models.schema.region import tax_rate_rule
from models.shared.crud import Link, Noun
from models.shared.filters import is_null_or_in
from services.infrastructure.database.database import UnitOfWork
from services.shared import crud
from utils.bulk import change
from utils.errors import AppError
from utils.folding import fold
from utils.ids import ordered_id
from utils.text import rich, slug

SCOPE = "taxonomy"
LONGEST_HANDLE = 100
SUFFIXES = ("", *(f"-{n}" for n in range(2, 10)))
LABEL = ("value", "external_id", "metadata")
CATEGORY = Noun(
    table=product_category,
    name="product_category",
    what="Product category",
    prefix="pcat",
    said=("name", "handle", "description", "is_active", "is_internal", "external_id", "metadata"),
    unique="handle",
    scope=SCOPE,
    searched=("name", "description", "handle"),
    special={"parent_category_id": lambda ids: is_null_or_in(product_category.c.parent_category_id, ids)},
)
COLLECTION = Noun(
    table=product_collection,
    name="collection",
    what="Collection",
    prefix="pcol",
    said=("title", "handle", "external_id", "metadata"),
    unique="handle",
    scope=SCOPE,
    searched=("title", "handle"),
)
TAG = Noun(
    table=product_tag,
    name="product_tag",
    what="Product tag",
    prefix="ptag",
    said=LABEL,
    unique="value",
    scope=SCOPE,
    searched=("value",),
)
TYPE = Noun(
    table=product_type,
    name="product_type",
    what="Product type",
    prefix="ptyp",
    said=LABEL,
    unique="value",
    scope=SCOPE,
    searched=("value",),
)
PRODUCTS = Link(
    table=product_category_product,
    own="category_id",
    other="product_id",
    target=product,
    what="Product",
    scope="catalogue",
)
# The counter is moved by every change of the tree: who holds it first is alone with the tree until the commit.
LOCK_TREE = select(change_counter.c.version).where(change_counter.c.scope == SCOPE).with_for_update()
MOVE_BELOW = (
    update(product_category)
    .where(func.starts_with(product_category.c.mpath, bindparam("before", type_=Text)))
    .values(
        mpath=bindparam("after", type_=Text)
        + func.substr(product_category.c.mpath, func.length(bindparam("before", type_=Text)) + 1)
    )
)
RANK = change(product_category, ("rank",))


class CategoryCycle(AppError):
    code, kind = "category_cycle", "invalid"
    message = "Category {id} cannot be moved below itself or a category that is below it."


class HandleMissing(AppError):
    code, kind = "handle_missing", "invalid"
    message = "No handle can be made of {name}: say one, of lower-case letters, digits and hyphens."


async def with_handle(work: UnitOfWork, noun: Noun, body: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The body with a handle made of its name where it says none.

    Names that only sound alike get different ones; a second row of one name is left to be refused.
    """
    if body.get("handle"):
        return dict(body)
    base = slug(body[name], LONGEST_HANDLE)
    if not base:
        raise HandleMissing(name=body[name])
    taken = {base + suffix: "" for suffix in SUFFIXES}
    column, label = noun.table.c.handle, noun.table.c[name]
    rows = select(column, label.label("label")).where(column.in_(taken))
    found = {row.handle: row.label for row in await work.execute(rows)}
    if any(fold(held) == fold(body[name]) for held in found.values()):
        return {**body, "handle": base}
    return {**body, "handle": next((one for one in taken if one not in found), f"{base}-{token_hex(3)}")}


async def create_category(work: UnitOfWork, *, who: Principal, body: Mapping[str, Any]) -> str:
    """A new category below its parent, at its rank among the siblings; the last one when none is said."""
    await work.execute(LOCK_TREE)
    body = rich(body, None, "")
    parent = await _parent(work, body.get("parent_category_id"))
    row_id = ordered_id(CATEGORY.prefix)
    place = {"id": row_id, "parent_category_id": parent and parent.id, "mpath": _path(parent, row_id)}
    await crud.create(work, CATEGORY, who=who, body=await with_handle(work, CATEGORY, body, "name"), **place)
    await _rank(work, row_id, body.get("parent_category_id"), body.get("rank"))
    return row_id


async def change_category(work: UnitOfWork, *, who: Principal, row_id: str, body: Mapping[str, Any]) -> None:
    """Other words, another parent (with all that is below it), another rank."""
    await work.execute(LOCK_TREE)
    was = await crud.lock(work, CATEGORY, row_id)
    body = rich(body, was.metadata, "")
    parent_id = body.get("parent_category_id", was.parent_category_id)
    is_moved = parent_id != was.parent_category_id
    place: dict[str, Any] = {}
    if is_moved:
        parent = await _parent(work, parent_id)
        if parent is not None and parent.mpath.startswith(was.mpath):
            raise CategoryCycle(id=row_id)
        await work.execute(MOVE_BELOW, {"before": was.mpath, "after": _path(parent, row_id)})
        place = {"parent_category_id": parent_id}
    noted: dict[str, Any] = {name: body[name] for name in ("parent_category_id", "rank") if name in body}
    await crud.change(work, CATEGORY, who=who, row_id=row_id, body=body, noted=noted, **place)
    if is_moved or "rank" in body:
        await _rank(work, row_id, parent_id, body.get("rank"))


async def remove_category(work: UnitOfWork, *, who: Principal, row_id: str) -> None:
    """InUse while it has children; products stay, and are no longer in it."""
    await work.execute(LOCK_TREE)
    await crud.lock(work, CATEGORY, row_id)
    below = select(product_category.c.id).where(product_category.c.parent_category_id == row_id)
    await crud.refuse_used(work, CATEGORY, row_id, {"its child categories": below})
    await _touch(work, select(product_category_product.c.product_id), product_category_product.c.category_id == row_id)
    await crud.remove(work, CATEGORY, who=who, row_id=row_id)


async def _parent(work: UnitOfWork, parent_id: str | None) -> Row[Any] | None:
    return None if parent_id is None else await crud.lock(work, CATEGORY, parent_id)


def _path(parent: Row[Any] | None, row_id: str) -> str:
    return f"{parent.mpath if parent is not None else ''}{row_id}."


async def _rank(work: UnitOfWork, row_id: str, parent_id: str | None, rank: int | None) -> None:
    """Put the category at this place among its siblings, whose ranks count up from 0."""
    table = product_category
    rows = select(table.c.id, table.c.rank).where(table.c.parent_category_id.is_not_distinct_from(parent_id))
    held = {row.id: row.rank for row in await work.execute(rows.order_by(table.c.rank, table.c.id))}
    others = [each for each in held if each != row_id]
    others.insert(len(others) if rank is None else rank, row_id)
    moved = [{"id": each, "rank": place} for place, each in enumerate(others) if held[each] != place]
    if moved:
        await work.execute(RANK, {"rows": moved})


async def create_collection(work: UnitOfWork, *, who: Principal, body: Mapping[str, Any]) -> str:
    return await crud.create(work, COLLECTION, who=who, body=await with_handle(work, COLLECTION, body, "title"))


async def remove_collection(work: UnitOfWork, *, who: Principal, row_id: str) -> None:
    """Products stay, and are in no collection."""
    await crud.lock(work, COLLECTION, row_id)
    await _take_off(work, product.c.collection_id, row_id)
    await crud.remove(work, COLLECTION, who=who, row_id=row_id)


async def collect(
    work: UnitOfWork, *, who: Principal, row_id: str, add: Iterable[str] = (), remove: Iterable[str] = ()
) -> None:
    """Put products into the collection, out of those they were in; take others out."""
    await crud.lock(work, COLLECTION, row_id)
    await crud.lock_each(work, product, (*add, *remove))
    await crud.ensure(work, product, "Product", add)
    column = product.c.collection_id
    gone = update(product).where(product.c.id.in_(list(remove)), column == row_id).values(collection_id=None)
    come = update(product).where(product.c.id.in_(list(add)), column.is_distinct_from(row_id))
    removed = list((await work.execute(gone.returning(product.c.id))).scalars())
    added = list((await work.execute(come.values(collection_id=row_id).returning(product.c.id))).scalars())
    if added or removed:
        work.touch("catalogue", (*added, *removed))
    before, after = {"product_id": sorted(removed)}, {"product_id": sorted(added)}
    await crud.note(work, COLLECTION, "link", who=who, row_id=row_id, before=before, after=after)


async def remove_type(work: UnitOfWork, *, who: Principal, row_id: str) -> None:
    """Products stay, and are of no type; tax rates no longer name it."""
    await crud.lock(work, TYPE, row_id)
    await _take_off(work, product.c.type_id, row_id)
    named = (tax_rate_rule.c.reference == "product_type") & (tax_rate_rule.c.reference_id == row_id)
    await work.execute(delete(tax_rate_rule).where(named))
    work.touch("regions")
    await crud.remove(work, TYPE, who=who, row_id=row_id)


async def remove_tag(work: UnitOfWork, *, who: Principal, row_id: str) -> None:
    """Products stay, without the tag."""
    work.touch("catalogue")
    await crud.remove(work, TAG, who=who, row_id=row_id)


async def _take_off(work: UnitOfWork, column: Any, row_id: str) -> None:
    off = update(product).where(column == row_id).values({column.name: None}).returning(product.c.id)
    changed = list((await work.execute(off)).scalars())
    if changed:
        work.touch("catalogue", changed)


async def _touch(work: UnitOfWork, rows: Any, which: Any) -> None:
    changed = list((await work.execute(rows.where(which))).scalars())
    if changed:
        work.touch("catalogue", changed)


async def neighbours(work: UnitOfWork, rows: Iterable[Row[Any]]) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """Categories by id that are above the rows, and those right below each, by rank."""
    known = list(rows)
    above = {part for row in known for part in row.mpath.split(".") if part}
    ids = [row.id for row in known]
    table = product_category
    found = await work.execute(
        select(table).where(table.c.id.in_(above) | table.c.parent_category_id.in_(ids)).order_by(table.c.rank)
    )
    parents: dict[str, Any] = {}
    children: dict[str, list[Any]] = {row_id: [] for row_id in ids}
    for row in found:
        parents[row.id] = row
        if row.parent_category_id in children:
            children[row.parent_category_id].append(row)
    return parents, children
