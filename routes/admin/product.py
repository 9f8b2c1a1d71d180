"""Products of all sellers, and the platform's word on them."""

from controllers.admin import product
from models.product import rules as r
from routes.schemas.fields import seller as f
from routes.schemas.seller import product as s
from routes.table import USER, get, post

_reads = {"who": USER, "grant": "catalogue:read", "tag": "Admin products", "fields": f.PRODUCT}
_writes = {"who": USER, "grant": "catalogue:write", "tag": "Admin products", "fields": f.PRODUCT}

ROUTES = [
    get("/admin/products", product.list_products, summary="List products", **_reads, query=s.LIST_ALL, reply=s.PAGE),
    get("/admin/products/{id}", product.retrieve, summary="Get a product", **_reads, reply=s.ONE, errors=(404,)),
    post(
        "/admin/products/{id}/reject",
        product.reject,
        summary="Take a product out of the shop, and tell its seller why",
        **_writes,
        body=s.REJECT,
        reply=s.ONE,
        errors=(404, r.AlreadyDecided),
    ),
    post(
        "/admin/products/{id}/publish",
        product.publish,
        summary="Let a product be sold, whatever was said of it before",
        **_writes,
        reply=s.ONE,
        errors=(404, r.AlreadyDecided, r.NothingToSell),
    ),
]
