"""Wishlists: tables, the statements that find them, and what may be wrong with them."""

from datetime import datetime
from typing import Any, ClassVar

import msgspec
from sqlalchemy import Column, ForeignKey, Table, Text, UniqueConstraint, func, select

from pasar import plugin_metadata
from pasar.data import customer, id_column, product, stamps
from pasar.web import AppError

metadata = plugin_metadata()

wishlist = Table(
    "wishlist",
    metadata,
    id_column(),
    Column("customer_id", ForeignKey(customer.c.id, ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    *stamps(),
    UniqueConstraint("customer_id", "name"),
)

wishlist_item = Table(
    "wishlist_item",
    metadata,
    id_column(),
    Column("wishlist_id", ForeignKey("wishlist.id", ondelete="CASCADE"), nullable=False),
    Column("product_id", ForeignKey(product.c.id, ondelete="CASCADE"), nullable=False, index=True),
    stamps()[0],
    UniqueConstraint("wishlist_id", "product_id"),
)


class NameTaken(AppError):
    code, kind = "wishlist_name_taken", "duplicate"
    message = "You have a wishlist called {name} already."


class TooManyWishlists(AppError):
    code, kind = "too_many_wishlists", "not_allowed"
    message = "You have {limit} wishlists, and may have no more. Remove one first."


class WishlistFull(AppError):
    code, kind = "wishlist_full", "not_allowed"
    message = "The wishlist holds {limit} products, and may hold no more. Take one off first."


class ItemAdded(msgspec.Struct, frozen=True):
    """A customer put a product on a list."""

    topic: ClassVar[str] = "wishlist.item_added"
    wishlist_id: str
    product_id: str
    customer_id: str


class Item(msgspec.Struct, frozen=True):
    """A product on a list."""

    id: str
    product_id: str
    created_at: datetime


class Wishlist(msgspec.Struct, frozen=True):
    """A customer's list with what is on it, the newest last."""

    id: str
    customer_id: str
    name: str
    created_at: datetime
    updated_at: datetime
    items: tuple[Item, ...]


ITEMS = (
    select(
        func.coalesce(
            func.json_agg(
                func.json_build_object(
                    "id",
                    wishlist_item.c.id,
                    "product_id",
                    wishlist_item.c.product_id,
                    "created_at",
                    wishlist_item.c.created_at,
                )
            ),
            func.json_build_array(),
        )
    )
    .where(wishlist_item.c.wishlist_id == wishlist.c.id)
    .scalar_subquery()
    .label("items")
)
WHOLE = select(wishlist, ITEMS)


def read(row: Any) -> Wishlist:
    """A list from a row of WHOLE."""
    values = dict(row._mapping)
    items = sorted(msgspec.convert(values.pop("items"), tuple[Item, ...]), key=lambda item: (item.created_at, item.id))
    return Wishlist(**values, items=tuple(items))
