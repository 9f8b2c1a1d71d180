"""Settings of the plug-in: PASAR_WISHLIST_LISTS and PASAR_WISHLIST_ITEMS."""

from dataclasses import dataclass

from pasar import setting, whole


@dataclass(frozen=True, slots=True)
class WishlistSettings:
    lists: int = setting(20, whole(1, 1000), "lists that a customer may have (count)")
    items: int = setting(200, whole(1, 10_000), "products that a wishlist may hold (count)")
