"""Sellers: the stores of the marketplace."""

from controllers import store
from routes.schemas import common as c
from routes.schemas import store as s
from routes.schemas.fields import catalogue as f
from routes.schemas.product import SELLER
from routes.table import ANYONE, get

ROUTES = [
    get(
        "/store/sellers",
        store.list_sellers,
        who=ANYONE,
        summary="List sellers",
        tag="Sellers",
        query=s.LIST,
        fields=f.SELLER,
        reply=c.page("sellers", SELLER),
        cached=("stores",),
    ),
    get(
        "/store/sellers/{id}",
        store.retrieve_seller,
        who=ANYONE,
        summary="Get a seller by id or handle",
        tag="Sellers",
        query=s.RETRIEVE,
        fields=f.SELLER,
        reply=c.single("seller", SELLER),
        errors=(404,),
        cached=("stores",),
    ),
]
