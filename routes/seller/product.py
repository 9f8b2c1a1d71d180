"""A seller's products, whole: with their options, variants, prices and images."""

from controllers.seller import product
from models.pricing.rules import PriceQuantitiesInvalid, PriceRepeated
from models.product import rules as r
from models.region.region import CurrencyNotFound
from routes.schemas.fields import seller as f
from routes.schemas.seller import product as s
from routes.schemas.shared import common as c
from routes.table import SELLER, delete, get, post
from utils.money import InvalidAmount

_reads = {"who": SELLER, "grant": "catalogue:read", "tag": "Seller products", "fields": f.PRODUCT}
_writes = {"who": SELLER, "grant": "catalogue:write", "tag": "Seller products", "fields": f.PRODUCT}
REFUSALS = (
    *(r.HandleTaken, r.SkuTaken, r.ExternalIdTaken, r.OptionTaken, r.OptionValueRepeated, r.OptionUnknown),
    *(r.OptionValueUnknown, r.OptionsIncomplete, r.CombinationTaken, r.TooMany, r.NothingToSell, r.WasRejected),
    *(
        PriceRepeated,
        PriceQuantitiesInvalid,
        r.PriceCurrencyMismatch,
        r.ImageNotUploaded,
        r.ImageUnnamed,
        r.UploadNotReady,
    ),
    *(CurrencyNotFound, InvalidAmount),
)

ROUTES = [
    get(
        "/vendor/products",
        product.list_products,
        summary="List the store's products",
        **_reads,
        query=s.LIST,
        reply=s.PAGE,
    ),
    post(
        "/vendor/products",
        product.create,
        summary="Create a product",
        **_writes,
        body=s.CREATE,
        reply=s.ONE,
        errors=REFUSALS,
    ),
    post(
        "/vendor/products/batch",
        product.batch,
        summary="Create, update and delete products: all of it or nothing",
        **_writes,
        body=s.BATCH,
        reply=s.batched(s.PRODUCT),
        errors=(*REFUSALS, r.OptionValueUsed, r.BatchEmpty, r.BatchRepeats, r.BatchTooLarge),
    ),
    get("/vendor/products/{id}", product.retrieve, summary="Get a product", **_reads, reply=s.ONE, errors=(404,)),
    post(
        "/vendor/products/{id}",
        product.update,
        summary="Change a product; options, variants and images are whole lists",
        **_writes,
        body=s.UPDATE,
        reply=s.ONE,
        errors=(404, *REFUSALS, r.OptionValueUsed),
    ),
    delete(
        "/vendor/products/{id}",
        product.remove,
        summary="Delete a product; its handle and SKUs are free again",
        who=SELLER,
        grant="catalogue:write",
        tag="Seller products",
        reply=c.deleted("product"),
        errors=(404,),
    ),
]
