"""Categories, collections, tags and types, as administrators keep them."""

from typing import Any

import msgspec
from aiohttp import web

from controllers.admin.crud import CrudController, Json, plain
from controllers.http import BODY, CLAIM, DEPS, PRINCIPAL
from models.product import category as rows
from models.shared.commands import LinkCommand
from services.product import category as taxonomy


def view(row: Any, neighbours: tuple[dict[str, Any], dict[str, list[Any]]]) -> Json:
    """A category with its parent and its children."""
    above, below = neighbours
    return plain(row) | {
        "parent_category": plain(above[row.parent_category_id]) if row.parent_category_id else None,
        "category_children": [plain(child) for child in below[row.id]],
    }


CATEGORIES = CrudController(
    resource=rows.CATEGORY,
    one="product_category",
    many="product_categories",
    kind="product_category",
    creates=rows.CreateCategory,
    updates=rows.UpdateCategory,
    related=taxonomy.neighbours,
    view=view,
    make=taxonomy.create_category,
    change=taxonomy.change_category,
    remove=taxonomy.remove_category,
    link=rows.CATEGORY_PRODUCTS,
)
COLLECTIONS = CrudController(
    resource=rows.COLLECTION,
    one="collection",
    many="collections",
    kind="collection",
    creates=rows.CreateCollection,
    updates=rows.UpdateCollection,
    make=taxonomy.create_collection,
    remove=taxonomy.remove_collection,
)
TAGS = CrudController(
    resource=rows.TAG,
    one="product_tag",
    many="product_tags",
    kind="product_tag",
    creates=rows.CreateLabel,
    updates=rows.UpdateLabel,
    remove=taxonomy.remove_tag,
)
TYPES = CrudController(
    resource=rows.TYPE,
    one="product_type",
    many="product_types",
    kind="product_type",
    creates=rows.CreateLabel,
    updates=rows.UpdateLabel,
    remove=taxonomy.remove_type,
)


async def collect(request: web.Request) -> web.Response:
    claim, row_id = request[CLAIM], request.match_info["id"]
    ids = msgspec.convert(request[BODY], LinkCommand)
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        await taxonomy.collect(work, who=request[PRINCIPAL], row_id=row_id, ids=ids)
        return await COLLECTIONS.shown(request, work, row_id)
