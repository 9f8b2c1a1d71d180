"""What products are filed under: categories, collections, tags and types."""

from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from controllers.http import DEPS, FIELDS, PRINCIPAL, QUERY, reply
from controllers.store.product import page_of, question, remembered
from controllers.views.product import Json, ProductContext, category, view
from models.identity.principal import Principal
from models.product.product import OrderLimit
from models.shared import list_memory
from services.infrastructure.database.database import UnitOfWork
from services.product import cache as product_service
from services.product import search as product_search
from services.product.category_cache import TAXONOMY, Taxonomy
from services.seller.cache import SELLERS
from utils.clock import to_iso
from utils.errors import NotFound
from utils.fields import Selection

DEEPEST_TREE = 20  # levels of categories shown below or above another
Rows = Callable[[Taxonomy], Mapping[str, Any]]


async def list_collections(request: web.Request) -> web.Response:
    return await filed_list(request, "collection", "collections", lambda t: t.collections, ("title", "handle"))


async def retrieve_collection(request: web.Request) -> web.Response:
    return await filed_one(request, "collection", "collection", "Collection", lambda t: t.collections)


async def list_tags(request: web.Request) -> web.Response:
    return await filed_list(request, "tag", "product_tags", lambda t: t.tags, ("value",))


async def retrieve_tag(request: web.Request) -> web.Response:
    return await filed_one(request, "tag", "product_tag", "Product tag", lambda t: t.tags)


async def list_types(request: web.Request) -> web.Response:
    return await filed_list(request, "type", "product_types", lambda t: t.types, ("value",))


async def retrieve_type(request: web.Request) -> web.Response:
    return await filed_one(request, "type", "product_type", "Product type", lambda t: t.types)


async def list_categories(request: web.Request) -> web.Response:
    query, fields = question(request), request[FIELDS]
    trees = {name: query.pop(name, False) for name in ("include_ancestors_tree", "include_descendants_tree")}
    if "parent_category_id" in query:
        query["parent_category_id"] = [None if one == "null" else one for one in query["parent_category_id"]]
    async with request.app[DEPS].database.reading() as work:
        taxonomy = await work.snapshot(TAXONOMY)
        shown = (row for row in taxonomy.categories.values() if taxonomy.shown(row.id) is not None)
        rows, count = list_memory.page(shown, searched=("name", "description", "handle"), **query)
        inside = await products_inside(work, "category", [row.id for row in rows], fields, request[PRINCIPAL])
    fields = whole_trees(fields, **trees)
    wants = remembered(fields.wants)
    views = [fields(category_view(row, taxonomy, wants, inside, **trees)) for row in rows]
    return reply({"product_categories": views, "count": count, **page_of(query)})


async def retrieve_category(request: web.Request) -> web.Response:
    query, fields, category_id = request[QUERY], request[FIELDS], request.match_info["id"]
    trees = {name: query.get(name, False) for name in ("include_ancestors_tree", "include_descendants_tree")}
    async with request.app[DEPS].database.reading() as work:
        taxonomy = await work.snapshot(TAXONOMY)
        row = taxonomy.get_shown(category_id)
        inside = await products_inside(work, "category", [row.id], fields, request[PRINCIPAL])
    fields = whole_trees(fields, **trees)
    return reply({"product_category": fields(category_view(row, taxonomy, fields.wants, inside, **trees))})


async def filed_list(
    request: web.Request, kind: str, key: str, rows_of: Rows, searched: tuple[str, ...]
) -> web.Response:
    query, fields = question(request), request[FIELDS]
    async with request.app[DEPS].database.reading() as work:
        taxonomy = await work.snapshot(TAXONOMY)
        every = rows_of(taxonomy).values()
        rows, count = list_memory.page(every, searched=searched, **query)
        inside = await products_inside(work, kind, [row.id for row in rows], fields, request[PRINCIPAL])
    return reply({key: [fields(filed_view(row, inside)) for row in rows], "count": count, **page_of(query)})


async def filed_one(request: web.Request, kind: str, key: str, name: str, rows_of: Rows) -> web.Response:
    fields, row_id = request[FIELDS], request.match_info["id"]
    async with request.app[DEPS].database.reading() as work:
        row = rows_of(await work.snapshot(TAXONOMY)).get(row_id)
        if row is None:
            raise NotFound(what=name, id=row_id)
        inside = await products_inside(work, kind, [row_id], fields, request[PRINCIPAL])
    return reply({key: fields(filed_view(row, inside))})


async def products_inside(
    work: UnitOfWork, kind: str, keys: list[str], fields: Selection, who: Principal
) -> dict[str, list[Json]] | None:
    """The products to show within each row, when they are asked for; two statements for all of them."""
    if not fields.wants("products"):
        return None
    found = await product_search.products_of(work, kind, keys, who=who)
    ids = dict.fromkeys(product_id for below in found.values() for product_id in below)
    held = await product_service.products_by_id(work, ids)
    limit = work.snapshots.cache(OrderLimit)
    context = ProductContext(await work.snapshot(TAXONOMY), await work.snapshot(SELLERS), limit=limit)
    wants = remembered(lambda path: fields.wants("products." + path))
    views = {one.id: view(one, context, wants) for one in held.values()}
    return {key: [views[product_id] for product_id in below if product_id in views] for key, below in found.items()}


def whole_trees(fields: Selection, *, include_ancestors_tree: bool, include_descendants_tree: bool) -> Selection:
    """The fields with the relations of a whole tree; what lies below the third level is shown whole."""
    for wanted, name in ((include_ancestors_tree, "parent_category"), (include_descendants_tree, "category_children")):
        if wanted:
            fields = fields.adding(*("*" + ".".join([name] * depth) for depth in (1, 2, 3)))
    return fields


def filed_view(row: Any, inside: Mapping[str, list[Json]] | None) -> Json:
    names = [name for name in ("id", "title", "value", "handle", "external_id", "metadata") if hasattr(row, name)]
    shown = {name: getattr(row, name) for name in names}
    shown |= {"created_at": to_iso(row.created_at), "updated_at": to_iso(row.updated_at), "deleted_at": None}
    if inside is not None:
        shown["products"] = inside[row.id]
    return shown


def category_view(
    row: Any,
    taxonomy: Taxonomy,
    wants: Callable[[str], bool],
    inside: Mapping[str, list[Json]] | None,
    *,
    include_ancestors_tree: bool,
    include_descendants_tree: bool,
) -> Json:
    shown = neighbours(row, taxonomy, wants, "", include_ancestors_tree, include_descendants_tree, DEEPEST_TREE)
    if inside is not None:
        shown["products"] = inside[row.id]
    return shown


def neighbours(
    row: Any, taxonomy: Taxonomy, wants: Callable[[str], bool], above: str, up: bool, down: bool, depth: int
) -> Json:
    """A category with its parent and children, and theirs, as far as they are wanted or a whole tree is."""
    shown = category(row)
    if depth and (up or wants(above + "parent_category")):
        parent = taxonomy.shown(row.parent_category_id)
        path = above + "parent_category."
        shown["parent_category"] = (
            None if parent is None else neighbours(parent, taxonomy, wants, path, up, False, depth - 1)
        )
    if depth and (down or wants(above + "category_children")):
        path = above + "category_children."
        shown["category_children"] = [
            neighbours(child, taxonomy, wants, path, False, down, depth - 1)
            for child in taxonomy.shown_children(row.id)
        ]
    return shown
