"""What a change makes stale in this process: ties notices and commits to the caches of goods, stock and pages.

Logins hear for themselves (services/infrastructure/cache/session_cache.py, middleware/sockets.py).

Tags of pages: names of counters; ids of products and inventory items; PRODUCTS on every page of single products and
`stock` on every page that shows quantities, for the rare notice that cannot say which ones changed.
"""

import asyncio

from services.infrastructure.cache.pages import Fragments, Pages
from services.infrastructure.database.change_notices import Changes
from services.infrastructure.database.database import Database
from services.inventory.availability import StockCache
from services.product.cache import SCOPE as CATALOGUE
from services.product.cache import ProductCache, catch_up

PRODUCTS, STOCK = "products", "stock"


class CacheInvalidation:
    """Listens to commits of this process and to notices of others, and drops what they make stale."""

    def __init__(self, database: Database, pages: Pages, *, product_count: int) -> None:
        self.database = database
        self.snapshots = database.snapshots
        self.products = self.snapshots.caches[ProductCache] = ProductCache(product_count)
        self.stock = self.snapshots.cache(StockCache)
        self.pages = (pages, self.snapshots.cache(Fragments))
        self._catching_up: asyncio.Task[None] | None = None
        self.products.on_drop.append(self._on_products_dropped)
        self.snapshots.on_change(self._on_counter)
        database.on_commit.append(self._on_commit)

    def attach(self, changes: Changes) -> None:
        """Hear the notices that name ids: products that were deleted, stock that moved."""
        changes.listeners.append(self._invalidate)

    def _on_commit(self, scope: str, ids: tuple[str, ...]) -> None:
        if scope == STOCK:  # a commit always names its items; none means that none moved
            if ids:
                self._invalidate(STOCK, ids)
        elif scope == CATALOGUE:
            self._invalidate("product", ids)
        else:
            self.snapshots.forget(scope)
            self._drop((scope,))

    def _invalidate(self, scope: str, ids: tuple[str, ...]) -> None:
        """Rows of these ids changed; no ids means any of them."""
        if scope == STOCK and ids:
            self.stock.drop(ids)
            self._drop(ids)
        elif scope == STOCK:
            self.stock.clear()
            self._drop((STOCK,))
        elif scope == "product" and ids:
            self.products.drop(ids)
        elif scope == "product":
            self.products.clear()

    def _on_counter(self, scope: str) -> None:
        """A counter moved. Lists of products go at once; which products changed takes a statement to learn."""
        self._drop((scope,))
        if scope == CATALOGUE and (self._catching_up is None or self._catching_up.done()):
            self._catching_up = asyncio.get_running_loop().create_task(self._catch_up(), name="changes")

    async def _catch_up(self) -> None:
        while self.products.seen < self.snapshots.versions.get(CATALOGUE, 0):
            try:
                async with self.database.reading() as work:
                    await catch_up(work)
            except Exception:
                # Without an answer any product may have changed.
                self.products.clear()
                raise

    def _on_products_dropped(self, ids: tuple[str, ...] | None) -> None:
        self._drop((CATALOGUE, PRODUCTS) if ids is None else (CATALOGUE, *ids))

    def _drop(self, tags: tuple[str, ...]) -> None:
        for pages in self.pages:
            pages.drop(tags)
