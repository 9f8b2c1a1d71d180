"""A seller's orders as its staff reads them: one, pages of them, and what happened to one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.identity.principal import Principal
from models.order import change as order_change
from models.order import seller_order as rows
from models.order import seller_orders
from models.order.change import OrderChange
from models.order.seller_order import BriefOrder, SellerOrder
from models.order.seller_orders import MOST_COUNTED
from models.shared.list_query import Cursor
from models.shared.list_sql import bound, shape_of
from services.infrastructure.database.database import UnitOfWork
from services.shared.ownership import ensure_owned, seller_of
from utils.errors import NotFound
from utils.folding import query_of


@dataclass(frozen=True, slots=True)
class Page:
    """Orders, the cursor of the page after them (None: there is none), and how many fit when that was counted."""

    orders: Sequence[SellerOrder | BriefOrder]
    next_cursor: str | None
    count: int | None
    is_exact: bool


async def get_owned_order(work: UnitOfWork, *, who: Principal, order_id: str) -> SellerOrder:
    """The seller order of this id; other sellers' are missing."""
    loaded = (await work.execute(rows.LOAD, {"id": order_id, "own_seller": seller_of(who)})).scalar_one_or_none()
    if loaded is None:
        raise NotFound(what="Order", id=order_id)
    return rows.read(loaded)


async def get_locked_order(work: UnitOfWork, *, who: Principal, order_id: str) -> SellerOrder:
    """The seller order, which nobody else moves until this transaction ends."""
    await work.execute(rows.LOCK, {"id": order_id, "own_seller": seller_of(who)})
    return await get_owned_order(work, who=who, order_id=order_id)


async def page(
    work: UnitOfWork,
    *,
    who: Principal,
    limit: int,
    offset: int = 0,
    descending: bool = True,
    cursor: str | None = None,
    statuses: Sequence[str] | None = None,
    q: str | None = None,
    created_at: Mapping[str, str] | None = None,
    updated_at: Mapping[str, str] | None = None,
    brief: bool = False,
) -> Page:
    """A page of the seller's orders; counted, up to a limit, unless it goes on from a cursor.

    `brief`: as BriefOrder, at half the work.
    """
    search, values = _searched(q), list[Any]()
    moments = {"created_at": created_at or {}, "updated_at": updated_at or {}}
    shape = shape_of(moments, seller_orders.FIELDS, values)
    terms = {"own_seller": seller_of(who), "statuses": list(statuses or ()), **search, **bound(values)}
    start = "cursor" if cursor is not None else "offset" if offset else "first"
    statement = seller_orders.page(shape, bool(search), bool(statuses), descending, start, brief)
    asked = {**terms, "limit": limit + 1, "offset": offset}
    if cursor is not None:
        last = Cursor.parse(cursor)
        asked |= {"last_at": last.created_at, "last_id": last.id}
    loaded = (await work.execute(statement, asked)).all()
    read: Callable[[str], SellerOrder | BriefOrder] = rows.read_brief if brief else rows.read
    found = [read(each[0]) for each in loaded[:limit]]
    following = str(Cursor(found[-1].created_at, found[-1].id)) if len(loaded) > limit and found else None
    if cursor is not None:
        return Page(found, following, None, False)
    count_all = seller_orders.count(shape, bool(search), bool(statuses))
    count = loaded[0][1] if loaded else (await work.execute(count_all, terms)).scalar_one()
    return Page(found, following, min(count, MOST_COUNTED), count <= MOST_COUNTED)


async def changes(
    work: UnitOfWork, *, who: Principal, order_id: str, limit: int, offset: int
) -> tuple[list[OrderChange], int]:
    """What happened to the order, the oldest first, and how much that is."""
    await ensure_owned(work, who=who, kind="seller_order", ids=[order_id])
    terms = {"seller_order_id": order_id}
    found = await work.execute(order_change.PAGE, {**terms, "limit": limit, "offset": offset})
    count = (await work.execute(order_change.COUNT, terms)).scalar_one()
    return [order_change.decode(row) for row in found.scalars()], count


def _searched(q: str | None) -> dict[str, Any]:
    """What `q` looks for: an order's id, its number, or words of titles and SKUs, which may be a number too."""
    text = (q or "").strip()
    if not text:
        return {}
    is_number = text.isascii() and text.isdecimal() and len(text) < 19
    return {"q": text, "words": query_of(text), "number": int(text) if is_number else None}
