"""Categories, collections, tags and types, as administrators keep them."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from controllers.admin.crud import Desk, Json, plain
from services.infrastructure.database.database import UnitOfWork
from services.product import category as taxonomy
from utils.fields import Selection
from utils.http import BODY, CLAIM, DEPS, PRINCIPAL


async def show(work: UnitOfWork, rows: Sequence[Any], fields: Selection) -> list[Json]:
    above, below = await taxonomy.neighbours(work, rows)
    return [
        plain(row)
        | {
            "parent_category": plain(above[row.parent_category_id]) if row.parent_category_id else None,
            "category_children": [plain(child) for child in below[row.id]],
        }
        for row in rows
    ]


CATEGORIES = Desk(
    noun=taxonomy.CATEGORY,
    one="product_category",
    many="product_categories",
    kind="product_category",
    show=show,
    make=taxonomy.create_category,
    change=taxonomy.change_category,
    remove=taxonomy.remove_category,
    link=taxonomy.PRODUCTS,
)
COLLECTIONS = Desk(
    noun=taxonomy.COLLECTION,
    one="collection",
    many="collections",
    kind="collection",
    make=taxonomy.create_collection,
    remove=taxonomy.remove_collection,
)
TAGS = Desk(noun=taxonomy.TAG, one="product_tag", many="product_tags", kind="product_tag", remove=taxonomy.remove_tag)
TYPES = Desk(
    noun=taxonomy.TYPE, one="product_type", many="product_types", kind="product_type", remove=taxonomy.remove_type
)


async def collect(request: web.Request) -> web.Response:
    claim, row_id = request[CLAIM], request.match_info["id"]
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        await taxonomy.collect(work, who=request[PRINCIPAL], row_id=row_id, **request[BODY])
        return await COLLECTIONS.shown(request, work, row_id)
