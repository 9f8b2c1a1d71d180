"""What products are shown with to those who run shops: what they are filed under, where they are sold, their stock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.product import write as rows
from models.product.product import Product
from services.infrastructure.database.database import UnitOfWork
from services.inventory import availability
from services.product.category_cache import TAXONOMY, Taxonomy
from services.seller.cache import SELLERS, Sellers


@dataclass(frozen=True, slots=True)
class Related:
    """Rows by id: sales channels and shipping profiles; by variant id the pieces that can be sold."""

    taxonomy: Taxonomy
    sellers: Sellers
    channels: Mapping[str, Any]
    profiles: Mapping[str, Any]
    levels: Mapping[str, int | None]


async def related_to(
    work: UnitOfWork, products: Sequence[Product], *, with_channels: bool = False, with_stock: bool = True
) -> Related:
    """What the products are shown with; at most three statements, of which channels and profiles take two."""
    taxonomy, sellers = await work.snapshot(TAXONOMY), await work.snapshot(SELLERS)
    channels: Mapping[str, Any] = {}
    profiles: Mapping[str, Any] = {}
    if with_channels:
        channel_ids = {channel_id for product in products for channel_id in product.sales_channel_ids}
        profile_ids = {one.shipping_profile_id for one in products if one.shipping_profile_id is not None}
        channels = {row.id: row for row in await work.execute(rows.CHANNELS, {"ids": list(channel_ids)})}
        profiles = {row.id: row for row in await work.execute(rows.PROFILES, {"ids": list(profile_ids)})}
    variants = [variant for product in products for variant in product.variants]
    levels = await availability.available(work, variants) if with_stock else {}
    return Related(taxonomy, sellers, channels, profiles, levels)
