"""Pages of the lists that the models describe: the list query carried out, in two statements."""

from typing import Any

from models.shared.list_query import ListQuery
from models.shared.list_sql import SqlList, count, page
from services.infrastructure.database.database import UnitOfWork


async def rows_of(work: UnitOfWork, listing: SqlList, query: ListQuery, **scope: Any) -> tuple[list[Any], int]:
    """The rows of a page and how many fit; `scope` are the list's own parameters."""
    shape, order, params = listing.asked(query)
    rows = (await work.execute(page(listing, shape, order), {**scope, **params})).all()
    return rows, (await work.execute(count(listing, shape), {**scope, **params})).scalar_one()


async def documents_of(work: UnitOfWork, listing: SqlList, query: ListQuery, **scope: Any) -> tuple[list[str], int]:
    """As `rows_of`, for lists that show their rows whole: as JSON text."""
    rows, total = await rows_of(work, listing, query, **scope)
    return [row[0] for row in rows], total
