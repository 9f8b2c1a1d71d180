"""How much of a variant can be bought, as buyers are shown it; what is sold is decided by `services.inventory.hold`."""

from collections.abc import Iterable

from models.inventory.availability import AVAILABLE
from models.product.product import Variant
from services.infrastructure.cache.version_stamps import VersionStamps
from services.infrastructure.database.database import UnitOfWork

ITEMS_HELD = 200_000


class StockCache:
    """Pieces on hand by inventory item, over all its locations."""

    def __init__(self) -> None:
        self.held: dict[str, int] = {}
        self._ticks = VersionStamps()

    def drop(self, item_ids: Iterable[str]) -> None:
        changed = tuple(item_ids)
        self._ticks.change(changed)
        for item_id in changed:
            self.held.pop(item_id, None)

    def clear(self) -> None:
        self._ticks.change_all()
        self.held.clear()

    async def get(self, work: UnitOfWork, item_ids: set[str]) -> dict[str, int]:
        """Pieces by item, 0 for items without stock anywhere; one statement when something is not held."""
        found = {item_id: self.held[item_id] for item_id in item_ids if item_id in self.held}
        missing = sorted(item_ids - found.keys())
        if missing:
            since = self._ticks.now
            fresh = dict.fromkeys(missing, 0)
            fresh |= {row.item_id: row.available for row in await work.execute(AVAILABLE, {"items": missing})}
            if len(self.held) + len(fresh) > ITEMS_HELD:
                self.held.clear()
            # A transaction sees its own stock movements; they are not for others until it commits.
            if not any(scope == "stock" for scope, _ in work.touched):
                self.held |= {item_id: n for item_id, n in fresh.items() if not self._ticks.moved((item_id,), since)}
            found |= fresh
        return found


async def available(work: UnitOfWork, variants: Iterable[Variant]) -> dict[str, int | None]:
    """Pieces that can be bought by variant id; None for variants whose stock is not counted. One statement at most."""
    wanted = list(variants)
    items = {need.item_id for variant in wanted if variant.manage_inventory for need in variant.items}
    levels = await work.snapshots.cache(StockCache).get(work, items) if items else {}
    return {variant.id: on_hand(variant, levels) for variant in wanted}


def on_hand(variant: Variant, levels: dict[str, int]) -> int | None:
    if not variant.manage_inventory:
        return None
    return min((levels[need.item_id] // need.required_quantity for need in variant.items), default=0)
