"""Wishlists: what customers call."""

from pasar.web import CUSTOMER, delete, get, post, schemas
from pasar_wishlist.controllers import seller
from pasar_wishlist.models.wishlist import NameTaken, TooManyWishlists, WishlistFull
from pasar_wishlist.routes import shapes

_mine = {"who": CUSTOMER, "tag": "Wishlists"}
_one = {**_mine, "reply": schemas.single("wishlist", shapes.WISHLIST)}

ROUTES = (
    get(
        "/store/wishlists",
        seller.index,
        **_mine,
        summary="List one's wishlists",
        query=shapes.LIST,
        reply=schemas.page("wishlists", shapes.WISHLIST),
    ),
    post(
        "/store/wishlists",
        seller.create,
        **_one,
        summary="Make a wishlist",
        body=shapes.CREATE,
        errors=(NameTaken, TooManyWishlists),
    ),
    get("/store/wishlists/{id}", seller.retrieve, **_one, summary="Read one of one's wishlists"),
    post(
        "/store/wishlists/{id}",
        seller.rename,
        **_one,
        summary="Rename one of one's wishlists",
        body=shapes.CREATE,
        errors=(NameTaken,),
    ),
    delete(
        "/store/wishlists/{id}",
        seller.remove,
        **_mine,
        summary="Remove one of one's wishlists",
        reply=schemas.deleted("wishlist"),
    ),
    post(
        "/store/wishlists/{id}/items",
        seller.add_item,
        **_one,
        summary="Put a product on a wishlist",
        body=shapes.ADD_ITEM,
        errors=(WishlistFull,),
    ),
    delete(
        "/store/wishlists/{id}/items/{item_id}",
        seller.remove_item,
        **_one,
        summary="Take a product off a wishlist",
    ),
)
