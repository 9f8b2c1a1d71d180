"""The sellers of the marketplace."""

from controllers.store import seller as store_seller
from routes.schemas.fields import catalogue as f
from routes.schemas.shared import common as c
from routes.schemas.store import seller as s
from routes.schemas.store.product import SELLER
from routes.table import ANYONE, get

ROUTES = [
    get(
        "/store/sellers",
        store_seller.list_sellers,
        who=ANYONE,
        summary="List sellers",
        tag="Sellers",
        query=s.LIST,
        fields=f.SELLER,
        reply=c.page("sellers", SELLER),
        cached=("sellers",),
    ),
    get(
        "/store/sellers/{id}",
        store_seller.retrieve_seller,
        who=ANYONE,
        summary="Get a seller by id or handle",
        tag="Sellers",
        query=s.RETRIEVE,
        fields=f.SELLER,
        reply=c.single("seller", SELLER),
        errors=(404,),
        cached=("sellers",),
    ),
]
