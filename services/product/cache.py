"""Products as buyers read them: whole, held ready in the process, dropped exactly when they change."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence

from models.product.product import CHANGED_PRODUCTS, LOAD_PRODUCTS, LOAD_PRODUCTS_OF_VARIANTS, Product, Variant, decoded
from services.infrastructure.cache.version_stamps import VersionStamps
from services.infrastructure.database.database import UnitOfWork
from services.seller.cache import SELLERS
from utils.errors import NotFound
from utils.sql import Prepared

DEFAULT_COUNT = 5000
SCOPE = "catalogue"


class ProductCache:
    """Up to `count` products by id, the least recently used leaving first; `seen` is the counter they are good for."""

    def __init__(self, count: int = DEFAULT_COUNT) -> None:
        self.count = count
        self.seen = 0
        self.on_drop: list[Callable[[tuple[str, ...] | None], None]] = []
        self._products: OrderedDict[str, Product] = OrderedDict()
        self._owners: dict[str, str] = {}
        self._ticks = VersionStamps()

    def get(self, product_id: str) -> Product | None:
        found = self._products.get(product_id)
        if found is not None:
            self._products.move_to_end(product_id)
        return found

    def owner(self, variant_id: str) -> Product | None:
        """The held product of a variant."""
        product_id = self._owners.get(variant_id)
        return self.get(product_id) if product_id is not None else None

    async def load(self, work: UnitOfWork, statement: Prepared, ids: Sequence[str]) -> list[Product]:
        """Products by a statement that takes `ids`; they are held unless they changed while they were read."""
        since = self._ticks.now
        found = [decoded(document) for document in (await work.execute(statement, {"ids": ids})).scalars()]
        # What a transaction has changed itself is not for others until it commits.
        if not any(scope == SCOPE for scope, _ in work.touched):
            for product in found:
                if not self._ticks.moved((product.id,), since):
                    self._hold(product)
        return found

    def drop(self, product_ids: Iterable[str]) -> None:
        """These products have changed; listeners hear of them also when none is held."""
        changed = tuple(product_ids)
        self._ticks.change(changed)
        for product_id in changed:
            self._release(product_id)
        for listener in self.on_drop:
            listener(changed)

    def clear(self) -> None:
        self._ticks.change_all()
        self._products.clear()
        self._owners.clear()
        for listener in self.on_drop:
            listener(None)

    def _hold(self, product: Product) -> None:
        self._release(product.id)
        self._products[product.id] = product
        self._owners.update(dict.fromkeys((v.id for v in product.variants), product.id))
        while len(self._products) > self.count:
            self._release(next(iter(self._products)))

    def _release(self, product_id: str) -> None:
        former = self._products.pop(product_id, None)
        if former is not None:
            for variant in former.variants:
                self._owners.pop(variant.id, None)


async def catch_up(work: UnitOfWork) -> None:
    """Drop the products that changed since the cache last looked; no statement unless the counter is ahead."""
    newest = work.snapshots.versions.get(SCOPE, 0)
    cache = work.snapshots.cache(ProductCache)
    if newest <= cache.seen:
        return
    if (
        cache.seen == 0
    ):  # the first counter this process hears: asking for all that changed before it would list every product
        cache.clear()
    else:
        rows = (await work.execute(CHANGED_PRODUCTS, {"seen": cache.seen})).all()
        cache.drop(row.id for row in rows)
    cache.seen = max(cache.seen, newest)


async def products_by_id(work: UnitOfWork, product_ids: Iterable[str]) -> dict[str, Product]:
    """Products of any status by id; unknown ids are absent. One statement at most for those that are not held."""
    await catch_up(work)
    cache = work.snapshots.cache(ProductCache)
    found: dict[str, Product] = {}
    missing: list[str] = []
    for product_id in dict.fromkeys(product_ids):
        product = cache.get(product_id)
        if product is None:
            missing.append(product_id)
        else:
            found[product_id] = product
    if missing:
        found |= {product.id: product for product in await cache.load(work, LOAD_PRODUCTS, missing)}
    return found


async def products_by_variant(work: UnitOfWork, variant_ids: Iterable[str]) -> dict[str, tuple[Product, Variant]]:
    """Variants with their products, of any status; unknown ids are absent. One statement at most."""
    await catch_up(work)
    cache = work.snapshots.cache(ProductCache)
    wanted = dict.fromkeys(variant_ids)
    products = {owner.id: owner for owner in map(cache.owner, wanted) if owner is not None}
    missing = [variant_id for variant_id in wanted if cache.owner(variant_id) is None]
    if missing:
        products |= {product.id: product for product in await cache.load(work, LOAD_PRODUCTS_OF_VARIANTS, missing)}
    return {v.id: (product, v) for product in products.values() for v in product.variants if v.id in wanted}


async def get_visible(work: UnitOfWork, *, product_id: str, channels: Sequence[str]) -> Product:
    """A product that buyers of these channels may see; NotFound otherwise."""
    product = (await products_by_id(work, [product_id])).get(product_id)
    if product is None or not await is_visible(work, product, channels):
        raise NotFound(what="Product", id=product_id)
    return product


async def get_visible_variant(work: UnitOfWork, *, variant_id: str, channels: Sequence[str]) -> tuple[Product, Variant]:
    """A variant of a product that buyers of these channels may see; NotFound otherwise."""
    found = (await products_by_variant(work, [variant_id])).get(variant_id)
    if found is None or not await is_visible(work, found[0], channels):
        raise NotFound(what="Product variant", id=variant_id)
    return found


async def is_visible(work: UnitOfWork, product: Product, channels: Sequence[str]) -> bool:
    """Published, sold in one of the channels, and of a seller that is listed."""
    seller = (await work.snapshot(SELLERS)).by_id.get(product.seller_id)
    return seller is not None and seller.is_listed and product.is_sold_in(channels)
