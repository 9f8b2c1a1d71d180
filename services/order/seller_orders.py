"""A store's orders as its staff reads them: one, pages of them, and what happened to one."""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from models.identity.principal import Principal
from models.order import change as order_change
from models.order import seller_order as rows
from models.order import seller_orders
from models.order.change import OrderChange
from models.order.seller_order import BriefOrder, SellerOrder
from models.order.seller_orders import MOST_COUNTED
from services.infrastructure.database.database import UnitOfWork
from services.shared.ownership import ensure_owned, store_of
from utils import clock
from utils.errors import AppError, NotFound
from utils.folding import query_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOMENTS = tuple(f"{name}_{sign}" for name in ("created_at", "updated_at") for sign in ("gte", "gt", "lte", "lt"))


class CursorInvalid(AppError):
    code, kind = "cursor_invalid", "invalid"
    message = "The cursor is not one that a page has given."


@dataclass(frozen=True, slots=True)
class Page:
    """Orders, the cursor of the page after them (None: there is none), and how many fit when that was counted."""

    orders: Sequence[SellerOrder | BriefOrder]
    next_cursor: str | None
    count: int | None
    is_exact: bool


async def get_owned_order(work: UnitOfWork, *, who: Principal, order_id: str) -> SellerOrder:
    """The store order of this id; other stores' are missing."""
    loaded = (await work.execute(rows.LOAD, {"id": order_id, "own_store": store_of(who)})).scalar_one_or_none()
    if loaded is None:
        raise NotFound(what="Order", id=order_id)
    return rows.read(loaded)


async def get_locked_order(work: UnitOfWork, *, who: Principal, order_id: str) -> SellerOrder:
    """The store order, which nobody else moves until this transaction ends."""
    await work.execute(rows.LOCK, {"id": order_id, "own_store": store_of(who)})
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
    """A page of the store's orders; counted, up to a limit, unless it goes on from a cursor.

    `brief`: as BriefOrder, at half the work.
    """
    terms: dict[str, Any] = {"own_store": store_of(who), "statuses": list(statuses or ()), **_asked(q)}
    terms |= dict.fromkeys(MOMENTS) | _bounds("created_at", created_at) | _bounds("updated_at", updated_at)
    filters = terms.pop("kind") or ("moments" if created_at or updated_at else "")
    keys = {} if cursor is None else _read(cursor)
    start = "cursor" if cursor is not None else "offset" if offset else "first"
    statement = seller_orders.PAGES[filters, bool(statuses), descending, start, brief]
    count_all = seller_orders.COUNTS[filters, bool(statuses)]
    asked = {**terms, **keys, "limit": limit + 1, "offset": offset}
    loaded = (await work.execute(statement, asked)).all()
    read: Callable[[str], SellerOrder | BriefOrder] = rows.read_brief if brief else rows.read
    found = [read(each[0]) for each in loaded[:limit]]
    following = _cursor(found[-1]) if len(loaded) > limit and found else None
    if cursor is not None:
        return Page(found, following, None, False)
    count = loaded[0][1] if loaded else (await work.execute(count_all, terms)).scalar_one()
    return Page(found, following, min(count, MOST_COUNTED), count <= MOST_COUNTED)


async def changes(
    work: UnitOfWork, *, who: Principal, order_id: str, limit: int, offset: int
) -> tuple[list[OrderChange], int]:
    """What happened to the order, the oldest first, and how much that is."""
    await ensure_owned(work, who=who, kind="store_order", ids=[order_id])
    terms = {"store_order_id": order_id}
    found = await work.execute(order_change.PAGE, {**terms, "limit": limit, "offset": offset})
    count = (await work.execute(order_change.COUNT, terms)).scalar_one()
    return [order_change.decode(row) for row in found.scalars()], count


def _asked(q: str | None) -> dict[str, Any]:
    """What `q` looks for: an order's id, its number, or words of titles and SKUs, which may be a number too."""
    text = (q or "").strip()
    if not text:
        return {"kind": ""}
    is_number = text.isascii() and text.isdecimal() and len(text) < 19
    return {"kind": "named", "q": text, "words": query_of(text), "number": int(text) if is_number else None}


def _bounds(name: str, asked: Mapping[str, str] | None) -> dict[str, datetime]:
    return {f"{name}_{sign.removeprefix('$')}": clock.read(text) for sign, text in (asked or {}).items()}


def _cursor(last: SellerOrder | BriefOrder) -> str:
    micros = (last.created_at - EPOCH) // timedelta(microseconds=1)
    return base64.urlsafe_b64encode(f"{micros}.{last.id}".encode()).decode().rstrip("=")


def _read(cursor: str) -> dict[str, Any]:
    try:
        micros, _, last_id = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition(".")
        moment = EPOCH + timedelta(microseconds=int(micros))
    except (binascii.Error, ValueError, OverflowError):
        raise CursorInvalid() from None
    if not last_id or "\0" in last_id:
        raise CursorInvalid()
    return {"last_at": moment, "last_id": last_id}
