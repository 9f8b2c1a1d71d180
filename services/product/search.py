"""Which products and variants a buyer's search finds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from models.identity.principal import Principal
from models.product.product import LOAD_OPTIONS, Option, OptionValue, decoded_option
from models.product.query import OPTIONS, PRODUCTS, PRODUCTS_OF, SHARED_OPTION, SHARED_VALUE, VARIANTS
from models.product.shared_option import FIELDS as SHARED_FIELDS
from models.product.shared_option import find_shared
from models.shared.list_query import ListQuery, Order
from models.shared.list_sql import SqlList, bound, ids_of, shape_of
from services.infrastructure.cache.pages import Fragments
from services.infrastructure.database.database import UnitOfWork
from services.product.category_cache import TAXONOMY
from services.seller.cache import SELLERS
from utils.errors import AppError, NotFound

COUNT_SCOPES = ("catalogue", "sellers", "access")
PAGE = ("limit", "offset")  # parameters that do not change how many there are
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
    return await _search(work, PRODUCTS, ListQuery(limit, offset, order, known), channels_of(who))


async def search_variants(
    work: UnitOfWork, *, who: Principal, limit: int, offset: int, order: Order | None = None, **filters: Any
) -> Found:
    """Variants of such products; one statement."""
    return await _search(work, VARIANTS, ListQuery(limit, offset, order, filters), channels_of(who))


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
    """Options of such products; two statements. Each belongs to one product: it is exclusive.

    Those that are not are the options that products share, by title and value; one statement.
    """
    channels = channels_of(who)
    if is_exclusive is False:
        shared = await _shared_options(work, filters, channels)
        by_what, descending = order or ("title", False)
        shared.sort(key=lambda option: getattr(option, by_what), reverse=descending)
        return shared[offset : offset + limit], len(shared)
    found = await _search(work, OPTIONS, ListQuery(limit, offset, order, filters), channels)
    options = {o.id: o for o in map(decoded_option, (await work.execute(LOAD_OPTIONS, {"ids": found.ids})).scalars())}
    return [options[option_id] for option_id in found.ids if option_id in options], found.count


async def get_option(work: UnitOfWork, *, who: Principal, option_id: str) -> Option:
    """An option of a product that the key's channels sell; NotFound otherwise."""
    is_exclusive = False if option_id.startswith(SHARED_OPTION) else None
    options, _ = await search_options(work, who=who, limit=1, offset=0, is_exclusive=is_exclusive, id=[option_id])
    if not options:
        raise NotFound(what="Product option", id=option_id)
    return options[0]


async def _shared_options(work: UnitOfWork, filters: Mapping[str, Any], channels: list[str]) -> list[Option]:
    values: list[Any] = []
    shape = shape_of(filters, SHARED_FIELDS, values)
    found: dict[str, Option] = {}
    for row in await work.execute(find_shared(shape), {"channels": channels, **bound(values)}):
        stamps = (None, row.created_at, row.updated_at)
        value = OptionValue(SHARED_VALUE + row.option_key + row.value_key, row.value, row.rank, *stamps)
        option_id = SHARED_OPTION + row.option_key
        known = found.get(option_id) or Option(option_id, row.title, *stamps, values=())
        found[option_id] = msgspec.structs.replace(known, values=(*known.values, value))
    return list(found.values())


async def _search(work: UnitOfWork, listing: SqlList, query: ListQuery, channels: list[str]) -> Found:
    shape, order, params = listing.asked(query)
    # Counting is most of the work of a list, and the same for all of its pages.
    counts = work.snapshots.cache(Fragments)
    key = (listing, shape, repr([value for name, value in params.items() if name not in PAGE]), *channels)
    known, mark = counts.get(key), counts.mark(COUNT_SCOPES)
    row = (await work.execute(ids_of(listing, shape, order, known is None), {**params, "channels": channels})).first()
    if known is None:
        counts.keep(key, b"%d" % row.total, mark)
    return Found(row.ids, row.total if known is None else int(known))


async def products_of(work: UnitOfWork, kind: str, keys: Iterable[str], *, who: Principal) -> dict[str, list[str]]:
    """Ids of the first products of each of the keys (`kind`: collection, category, tag, type); one statement.

    A category has its own products and those of all shown below it.
    """
    within = {key: [key] for key in keys}
    if kind == "category":
        taxonomy = await work.snapshot(TAXONOMY)
        within = {key: taxonomy.shown_below(key) or [key] for key in within}
    found: dict[str, list[str]] = {key: [] for keys in within.values() for key in keys}
    params = {"keys": list(found), "channels": channels_of(who), "limit": PRODUCTS_WITH_PARENT}
    if found:
        for row in await work.execute(PRODUCTS_OF[kind], params):
            found[row.key].append(row.product_id)
    merged = {key: sorted({product for one in below for product in found[one]}) for key, below in within.items()}
    return {key: product_ids[:PRODUCTS_WITH_PARENT] for key, product_ids in merged.items()}


async def _known(work: UnitOfWork, filters: Mapping[str, Any]) -> dict[str, Any]:
    """The filters with categories that buyers see, and sellers named by handle turned into ids."""
    known = dict(filters)
    if "category_id" in known:
        taxonomy = await work.snapshot(TAXONOMY)
        below = (each for c in known["category_id"] for each in taxonomy.shown_below(c))
        known["category_id"] = list(dict.fromkeys(below))
    if "seller_id" in known:
        sellers = await work.snapshot(SELLERS)
        named = (sellers.by_handle.get(s) for s in known["seller_id"])
        known["seller_id"] = [*known["seller_id"], *(s.id for s in named if s is not None)]
    for both in ("$and", "$or"):
        if both in known:
            known[both] = [await _known(work, part) for part in known[both]]
    shared = [each for each in known.get("option_value_id", ()) if each.startswith(SHARED_VALUE)]
    if shared:
        either = [{"option_value_id": known.pop("option_value_id")}, {"shared_option_value_id": shared}]
        known["$and"] = [*known.get("$and", ()), {"$or": either}]
    return known
