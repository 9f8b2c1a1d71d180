"""Wishlists: a plug-in with routes, tables with owners, an event, a grant, settings, a seed section and a command."""

from pathlib import Path

from pasar import Command, Grant, Migrations, Owned, Plugin, Section
from pasar.data import owner_above
from pasar_wishlist.commands import report
from pasar_wishlist.config import WishlistSettings
from pasar_wishlist.models.wishlist import ItemAdded, wishlist, wishlist_item
from pasar_wishlist.routes.admin import ROUTES as ADMIN
from pasar_wishlist.routes.store import ROUTES as STORE
from pasar_wishlist.services.seed import SCHEMA, load, survey

PLUGIN = Plugin(
    name="wishlist",
    about="customers keep lists of products",
    routes=(*STORE, *ADMIN),
    emits=(ItemAdded,),
    grants=(Grant(name="wishlists:read", actor="user", roles=("support",)),),
    owned=(
        Owned(wishlist, "Wishlist", wishlist.c.customer_id, "customer"),
        Owned(
            wishlist_item,
            "Wishlist item",
            owner_above(wishlist_item.c.wishlist_id, wishlist, wishlist.c.customer_id),
            "customer",
        ),
    ),
    tables=(wishlist, wishlist_item),
    migrations=Migrations(folder=Path(__file__).parent / "migrations", depends_on="0003"),
    settings=WishlistSettings,
    commands=(Command(name="wishlist-report", about="Print the products that stand on most wishlists.", run=report),),
    sections=(Section("wishlists", "Lists of customers; by customer and name.", SCHEMA, load, survey),),
)
