"""What products are filed under: categories in a tree, collections, tags and types, with their statements."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from msgspec import UNSET, UnsetType
from sqlalchemy import ARRAY, Column, Delete, Select, Text, Update, bindparam, delete, func, select, update

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
from models.shared.commands import Command, Metadata
from models.shared.crud import Association, Resource
from models.shared.list_sql import nullable
from utils.bulk import change
from utils.errors import AppError

SCOPE = "taxonomy"
LONGEST_HANDLE = 100
LABEL = ("value", "external_id", "metadata")
CATEGORY = Resource(
    table=product_category,
    name="product_category",
    what="Product category",
    prefix="pcat",
    writable=("name", "handle", "description", "is_active", "is_internal", "external_id", "metadata"),
    unique="handle",
    scope=SCOPE,
    searched=("name", "description", "handle"),
    special={"parent_category_id": nullable(product_category.c.parent_category_id)},
)
COLLECTION = Resource(
    table=product_collection,
    name="collection",
    what="Collection",
    prefix="pcol",
    writable=("title", "handle", "external_id", "metadata"),
    unique="handle",
    scope=SCOPE,
    searched=("title", "handle"),
)
TAG = Resource(
    table=product_tag,
    name="product_tag",
    what="Product tag",
    prefix="ptag",
    writable=LABEL,
    unique="value",
    scope=SCOPE,
    searched=("value",),
)
TYPE = Resource(
    table=product_type,
    name="product_type",
    what="Product type",
    prefix="ptyp",
    writable=LABEL,
    unique="value",
    scope=SCOPE,
    searched=("value",),
)
CATEGORY_PRODUCTS = Association(
    table=product_category_product,
    own="category_id",
    other="product_id",
    target=product,
    what="Product",
    scope="catalogue",
)
LABELS = {CATEGORY.name: "name", COLLECTION.name: "title"}  # the columns that handles are made of


class CategoryCycle(AppError):
    code, kind = "category_cycle", "invalid"
    message = "Category {id} cannot be moved below itself or a category that is below it."


class HandleMissing(AppError):
    code, kind = "handle_missing", "invalid"
    message = "No handle can be made of {name}: say one, of lower-case letters, digits and hyphens."


class UpdateCategory(Command, kw_only=True, frozen=True):
    name: str | UnsetType = UNSET
    handle: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET
    is_internal: bool | UnsetType = UNSET
    parent_category_id: str | UnsetType | None = UNSET
    rank: int | UnsetType = UNSET
    external_id: str | UnsetType | None = UNSET
    metadata: Metadata | UnsetType = UNSET


class CreateCategory(UpdateCategory, kw_only=True, frozen=True):
    name: str


class PutCategory(CreateCategory, kw_only=True, frozen=True):
    """A category as a file states it, found by its handle; `first_rank` is its rank when it is made without one."""

    handle: str
    parent_handle: str | None = None
    first_rank: int = 0


class UpdateCollection(Command, kw_only=True, frozen=True):
    title: str | UnsetType = UNSET
    handle: str | UnsetType = UNSET
    external_id: str | UnsetType | None = UNSET
    metadata: Metadata | UnsetType = UNSET


class CreateCollection(UpdateCollection, kw_only=True, frozen=True):
    title: str


class UpdateLabel(Command, kw_only=True, frozen=True):
    """A tag or a type."""

    value: str | UnsetType = UNSET
    external_id: str | UnsetType | None = UNSET
    metadata: Metadata | UnsetType = UNSET


class CreateLabel(UpdateLabel, kw_only=True, frozen=True):
    value: str


# The counter is moved by every change of the tree: who holds it first is alone with the tree until the commit.
LOCK_TREE = select(change_counter.c.version).where(change_counter.c.scope == SCOPE).with_for_update()
PATHS_OF_HANDLES = select(product_category.c.handle, product_category.c.id, product_category.c.mpath).where(
    product_category.c.handle == func.any(bindparam("handles", type_=ARRAY(Text)))
)
MOVE_BELOW = (
    update(product_category)
    .where(func.starts_with(product_category.c.mpath, bindparam("before", type_=Text)))
    .values(
        mpath=bindparam("after", type_=Text)
        + func.substr(product_category.c.mpath, func.length(bindparam("before", type_=Text)) + 1)
    )
)
RANK = change(product_category, ("rank",))
# All of them, for the snapshot.
LOAD_CATEGORIES = select(product_category).order_by(product_category.c.rank, product_category.c.id)
LOAD_COLLECTIONS = select(product_collection).order_by(product_collection.c.id)
LOAD_TYPES = select(product_type).order_by(product_type.c.id)
LOAD_TAGS = select(product_tag).order_by(product_tag.c.id)


def with_handles(resource: Resource, handles: Collection[str]) -> Select[Any]:
    """Rows that have one of the handles, with the text that theirs was made of as `label`."""
    column, label = resource.table.c.handle, resource.table.c[LABELS[resource.name]]
    return select(column, label.label("label")).where(column.in_(handles))


def children_of(category_id: str) -> Select[Any]:
    return select(product_category.c.id).where(product_category.c.parent_category_id == category_id)


def siblings(parent_id: str | None) -> Select[Any]:
    """Ids and ranks of the categories below a parent (None: of the roots), by rank."""
    table = product_category
    rows = select(table.c.id, table.c.rank).where(table.c.parent_category_id.is_not_distinct_from(parent_id))
    return rows.order_by(table.c.rank, table.c.id)


def products_in(category_id: str) -> Select[Any]:
    """Ids of the products in the category itself."""
    return select(product_category_product.c.product_id).where(product_category_product.c.category_id == category_id)


def neighbours(above: Collection[str], ids: Sequence[str]) -> Select[Any]:
    """The categories `above`, and those right below each of the ids, by rank."""
    table = product_category
    near = table.c.id.in_(above) | table.c.parent_category_id.in_(ids)
    return select(table).where(near).order_by(table.c.rank)


def put_in_collection(collection_id: str, product_ids: Iterable[str]) -> Update:
    """Ids of the products that were not in it come back."""
    new = product.c.collection_id.is_distinct_from(collection_id)
    rows = update(product).where(product.c.id.in_(list(product_ids)), new)
    return rows.values(collection_id=collection_id).returning(product.c.id)


def take_from_collection(collection_id: str, product_ids: Iterable[str]) -> Update:
    """Ids of the products that were in it come back."""
    rows = update(product).where(product.c.id.in_(list(product_ids)), product.c.collection_id == collection_id)
    return rows.values(collection_id=None).returning(product.c.id)


def _cleared(column: Column[Any]) -> Update:
    """Products name the row of the id no more; ids of those that did come back."""
    rows = update(product).where(column == bindparam("row_id", type_=Text))
    return rows.values({column.name: None}).returning(product.c.id)


CLEAR_COLLECTION, CLEAR_TYPE = _cleared(product.c.collection_id), _cleared(product.c.type_id)


def tax_rules_of_type(type_id: str) -> Delete:
    """Tax rates no longer name the type."""
    rule = tax_rate_rule.c
    return delete(tax_rate_rule).where(rule.reference == "product_type", rule.reference_id == type_id)
