"""Products and variants for buyers: lists joined from ready parts, and single ones."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson
from aiohttp import web

from controllers.http import DEPS, FIELDS, NOTE, PRINCIPAL, QUERY, PageNote, dump, reply
from controllers.views.product import ProductContext, variant_alone, view
from models.product.product import OrderLimit, Product, Variant
from services.cache_invalidation import PRODUCTS, STOCK
from services.infrastructure.cache.pages import Fragments, Page
from services.infrastructure.database.database import UnitOfWork
from services.inventory import availability
from services.product import cache as product_service
from services.product import search as product_search
from services.product.category_cache import TAXONOMY
from services.product.price_display import PriceDisplay, price_display
from services.seller.cache import SELLERS
from utils.clock import now
from utils.fields import Selection
from utils.query import ordering

PLACE = ("region_id", "country_code", "province", "cart_id")
NOT_FILTERS = frozenset((*PLACE, "order", "locale", "with_deleted"))
SCOPES = ("regions", "sellers", "taxonomy")


async def list_products(request: web.Request) -> web.Response:
    query, who = request[QUERY], request[PRINCIPAL]
    async with request.app[DEPS].database.reading() as work:
        fields, prices = await pricing(work, request, "variants.calculated_price")
        found = await product_search.search_products(work, who=who, **question(request))
        parts = await rendered(work, found.ids, fields, prices)
    request[NOTE] = note(parts, prices, shows_stock(fields, "variants."))
    return reply({"products": [orjson.Fragment(p.body) for p in parts], "count": found.count, **page_of(query)})


async def retrieve_product(request: web.Request) -> web.Response:
    product_id, who = request.match_info["id"], request[PRINCIPAL]
    async with request.app[DEPS].database.reading() as work:
        fields, prices = await pricing(work, request, "variants.calculated_price")
        await product_service.get_visible(work, product_id=product_id, channels=product_search.channels_of(who))
        parts = await rendered(work, [product_id], fields, prices)
    request[NOTE] = note(parts, prices, True)
    return reply({"product": orjson.Fragment(parts[0].body)})


async def list_variants(request: web.Request) -> web.Response:
    query, who = request[QUERY], request[PRINCIPAL]
    async with request.app[DEPS].database.reading() as work:
        fields, prices = await pricing(work, request, "calculated_price")
        found = await product_search.search_variants(work, who=who, **question(request))
        held = await product_service.products_by_variant(work, found.ids)
        pairs = [held[variant_id] for variant_id in found.ids if variant_id in held]
        context = await context_of(work, pairs, prices, shows_stock(fields))
    request[NOTE] = variant_note(pairs, context, prices)
    shown = [fields(variant_alone(*pair, context, fields.wants)) for pair in pairs]
    return reply({"variants": shown, "count": found.count, **page_of(query)})


async def retrieve_variant(request: web.Request) -> web.Response:
    who = request[PRINCIPAL]
    async with request.app[DEPS].database.reading() as work:
        fields, prices = await pricing(work, request, "calculated_price")
        pair = await product_service.get_visible_variant(
            work, variant_id=request.match_info["id"], channels=product_search.channels_of(who)
        )
        context = await context_of(work, [pair], prices, shows_stock(fields))
    request[NOTE] = variant_note([pair], context, prices)
    return reply({"variant": fields(variant_alone(*pair, context, fields.wants))})


def filters(query: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in query.items() if name not in NOT_FILTERS}


def question(request: web.Request) -> dict[str, Any]:
    """The query of a list as arguments: filters, the page's limits, and the order."""
    query = request[QUERY]
    return {**filters(query), "order": ordering(query.get("order"))}


def page_of(query: Mapping[str, Any]) -> dict[str, int]:
    return {"offset": query["offset"], "limit": query["limit"]}


async def pricing(work: UnitOfWork, request: web.Request, path: str) -> tuple[Selection, PriceDisplay | None]:
    """The prices to show, if any: a region in the query brings them whatever the fields say."""
    query, fields = request[QUERY], request[FIELDS]
    if "region_id" in query:
        fields = fields.adding(path)
    elif not fields.wants(path) and not fields.wants(path.replace("calculated_price", "price_tiers")):
        return fields, None
    place = {name: query[name] for name in PLACE if name in query}
    return fields, await price_display(work, who=request[PRINCIPAL], **place)


async def rendered(
    work: UnitOfWork, product_ids: Iterable[str], fields: Selection, prices: PriceDisplay | None
) -> list[Page]:
    """Each product's JSON; what is not ready is made from products that are held, or loaded in one statement."""
    fragments = work.snapshots.cache(Fragments)
    await product_service.catch_up(work)
    mark = fragments.mark(SCOPES)
    key = prices.key if prices is not None else None
    found = {product_id: fragments.find((product_id, fields, key)) for product_id in product_ids}
    missing = [product_id for product_id, page in found.items() if page is None]
    if missing:
        products = await product_service.products_by_id(work, missing)
        pairs = [(product, variant) for product in products.values() for variant in product.variants]
        context = await context_of(work, pairs, prices, shows_stock(fields, "variants."))
        wants = remembered(fields.wants)
        for product in products.values():
            body = dump(cut(product, context, fields, wants))
            tags, until = shown_tags(product, product.variants, context), expiry(prices, product, context)
            found[product.id] = fragments.keep((product.id, fields, key), body, mark, tags, until)
    return [page for page in found.values() if page is not None]


async def context_of(
    work: UnitOfWork, pairs: Iterable[tuple[Product, Variant]], prices: PriceDisplay | None, with_stock: bool
) -> ProductContext:
    levels = await availability.available(work, (variant for _, variant in pairs)) if with_stock else None
    held = (await work.snapshot(TAXONOMY), await work.snapshot(SELLERS))
    return ProductContext(*held, prices, levels, now(), work.snapshots.cache(OrderLimit))


def shows_stock(fields: Selection, above: str = "") -> bool:
    return fields.wants(f"{above}inventory_quantity") or fields.wants(f"{above}unavailable_reason")


def cut(product: Product, context: ProductContext, fields: Selection, wants: Callable[[str], bool]) -> Any:
    full = view(product, context, wants)
    # Clients know the key as absent on a product without categories, unless they ask for whole ones.
    if not full.get("categories", True) and fields.paths.isdisjoint(("categories", "*categories")):
        del full["categories"]
    return fields(full)


def remembered(wants: Callable[[str], bool]) -> Callable[[str], bool]:
    known: dict[str, bool] = {}

    def ask(path: str) -> bool:
        found = known.get(path)
        if found is None:
            found = known[path] = wants(path)
        return found

    return ask


def expiry(prices: PriceDisplay | None, product: Product, context: ProductContext) -> float | None:
    """When time alone changes what is shown: a price list begins or ends, or the seller's closure does."""
    seller = context.sellers.by_id.get(product.seller_id)
    closure = seller.next_change(context.moment) if seller is not None and context.moment is not None else None
    moments = (closure, prices.valid_until if prices is not None else None)
    return min((moment.timestamp() for moment in moments if moment is not None), default=None)


def soonest(moments: Iterable[float | None]) -> float | None:
    return min((moment for moment in moments if moment is not None), default=None)


def shown_tags(product: Product, variants: Iterable[Variant], context: ProductContext) -> list[str]:
    tags = [PRODUCTS, product.id]
    if context.levels is not None:
        tags += [STOCK, *(need.item_id for variant in variants for need in variant.items)]
    return tags


def note(parts: list[Page], prices: PriceDisplay | None, with_tags: bool) -> PageNote:
    """A list stands under the catalogue's counter; beyond it only stock matters to it."""
    tags = frozenset[str]().union(*(part.tags for part in parts)) if with_tags else frozenset[str]()
    return PageNote(tuple(tags), soonest(part.expires_at for part in parts), prices is None or prices.is_keepable)


def variant_note(
    pairs: list[tuple[Product, Variant]], context: ProductContext, prices: PriceDisplay | None
) -> PageNote:
    tags = [tag for product, variant in pairs for tag in shown_tags(product, (variant,), context)]
    until = soonest(expiry(prices, product, context) for product, _ in pairs)
    return PageNote(tuple(tags), until, prices is None or prices.is_keepable)
