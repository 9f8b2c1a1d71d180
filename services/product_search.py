"""Which products and variants a buyer's search finds."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from models.access import Principal
from models.offer import LOAD_OPTIONS, Option, decoded_option
from models.product_query import (
    PRODUCTS_OF,
    Order,
    Shape,
    bound,
    find_options,
    find_products,
    find_variants,
    reduced,
)
from services.infra.database import UnitOfWork
from services.infra.pages import Fragments
from services.store import STORES
from services.taxonomy import TAXONOMY
from utils.errors import AppError, NotFound
from utils.sql import Prepared

Finder = Callable[[Shape, Order, bool], Prepared]

COUNT_SCOPES = ("catalogue", "stores", "access")
BY_ID: Order = ("id", False)
PRODUCTS_WITH_PARENT = 100  # products shown inside each collection, category, tag or type


class NoSalesChannel(AppError):
    code, kind = "no_sales_channel", "invalid"
    message = "Publishable key needs to have a sales channel configured"


@dataclass(frozen=True, slots=True)
class Found:
    """A page of ids in order, and how many there are on all pages."""

    ids: list[str]
    count: int


def channels_of(who: Principal) -> list[str]:
    if not who.sales_channel_ids:
        raise NoSalesChannel()
    return list(who.sales_channel_ids)


async def search_products(
    work: UnitOfWork, *, who: Principal, limit: int, offset: int, order: Order | None = None, **filters: Any
) -> Found:
    """Published products that the key's channels sell; one statement."""
    known = await _known(work, filters)
    return await _search(work, find_products, known, channels_of(who), limit, offset, order or BY_ID)


async def search_variants(
    work: UnitOfWork, *, who: Principal, limit: int, offset: int, order: Order | None = None, **filters: Any
) -> Found:
    """Variants of such products; one statement."""
    return await _search(work, find_variants, filters, channels_of(who), limit, offset, order or BY_ID)


async def search_options(
    work: UnitOfWork,
    *,
    who: Principal,
    limit: int,
    offset: int,
    order: Order | None = None,
    is_exclusive: bool | None = None,
    **filters: Any,
) -> tuple[list[Option], int]:
    """Options of such products; two statements. Every option here belongs to one product, so that all are exclusive."""
    channels = channels_of(who)
    if is_exclusive is False:
        return [], 0
    found = await _search(work, find_options, filters, channels, limit, offset, order or BY_ID)
    options = {o.id: o for o in map(decoded_option, (await work.execute(LOAD_OPTIONS, {"ids": found.ids})).scalars())}
    return [options[option_id] for option_id in found.ids if option_id in options], found.count


async def get_option(work: UnitOfWork, *, who: Principal, option_id: str) -> Option:
    """An option of a product that the key's channels sell; NotFound otherwise."""
    options, _ = await search_options(work, who=who, limit=1, offset=0, id=[option_id])
    if not options:
        raise NotFound(what="Product option", id=option_id)
    return options[0]


async def _search(
    work: UnitOfWork,
    find: Finder,
    filters: Mapping[str, Any],
    channels: list[str],
    limit: int,
    offset: int,
    order: Order,
) -> Found:
    values: list[Any] = []
    shape = reduced(filters, values)
    params = {"channels": channels, "limit": limit, "offset": offset, **bound(values)}
    # Counting is most of the work of a list, and the same for all of its pages.
    counts = work.snapshots.cache(Fragments)
    key = (find, shape, repr(values), *channels)
    known, mark = counts.get(key), counts.mark(COUNT_SCOPES)
    row = (await work.execute(find(shape, order, known is None), params)).first()
    if known is None:
        counts.keep(key, b"%d" % row.total, mark)
    return Found(row.ids, row.total if known is None else int(known))


async def products_of(work: UnitOfWork, kind: str, keys: Iterable[str], *, who: Principal) -> dict[str, list[str]]:
    """Ids of the first products of each of the keys (`kind`: collection, category, tag, type); one statement."""
    found: dict[str, list[str]] = {key: [] for key in keys}
    params = {"keys": list(found), "channels": channels_of(who), "limit": PRODUCTS_WITH_PARENT}
    if found:
        for row in await work.execute(PRODUCTS_OF[kind], params):
            found[row.key].append(row.product_id)
    return found


async def _known(work: UnitOfWork, filters: Mapping[str, Any]) -> dict[str, Any]:
    """The filters with categories that buyers see, and sellers named by handle turned into ids."""
    known = dict(filters)
    if "category_id" in known:
        taxonomy = await work.snapshot(TAXONOMY)
        known["category_id"] = [c for c in known["category_id"] if taxonomy.shown(c) is not None]
    if "seller_id" in known:
        stores = await work.snapshot(STORES)
        named = (stores.by_handle.get(s) for s in known["seller_id"])
        known["seller_id"] = [*known["seller_id"], *(s.id for s in named if s is not None)]
    for both in ("$and", "$or"):
        if both in known:
            known[both] = [await _known(work, part) for part in known[both]]
    return known
