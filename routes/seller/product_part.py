"""Parts of a seller's product: variants with their prices and images, and options."""

from controllers.seller import product_part as part
from models.pricing.rules import PriceQuantitiesInvalid, PriceRepeated
from models.product import rules as r
from models.region.region import CurrencyNotFound
from routes.schemas.fields import seller as f
from routes.schemas.seller import product as s
from routes.schemas.shared import common as c
from routes.table import SELLER, delete, get, post
from utils.money import InvalidAmount

_reads = {"who": SELLER, "grant": "catalogue:read", "tag": "Seller products"}
_writes = {"who": SELLER, "grant": "catalogue:write", "tag": "Seller products"}
_changes = {**_writes, "fields": f.PRODUCT, "reply": s.ONE}
_prices = (PriceRepeated, PriceQuantitiesInvalid, r.PriceCurrencyMismatch, CurrencyNotFound, InvalidAmount)
_variants = (
    *(404, r.SkuTaken, r.OptionUnknown, r.OptionValueUnknown, r.OptionsIncomplete, r.CombinationTaken, r.TooMany),
    *(r.NothingToSell, r.ImageNotUploaded, *_prices),
)
_options = (404, r.OptionTaken, r.OptionValueRepeated, r.OptionValueUsed, r.CombinationTaken, r.TooMany)
VARIANTS = "/vendor/products/{id}/variants"
VARIANT = "/vendor/products/{id}/variants/{variant_id}"
OPTIONS = "/vendor/products/{id}/options"
OPTION = "/vendor/products/{id}/options/{option_id}"

ROUTES = [
    get(
        VARIANTS,
        part.list_variants,
        summary="List a product's variants",
        **_reads,
        fields=f.VARIANT,
        query=s.PART_LIST,
        reply=s.VARIANT_PAGE,
        errors=(404,),
    ),
    post(
        VARIANTS,
        part.create_variant,
        summary="Add a variant",
        **_changes,
        body=s.VARIANT_CREATE,
        errors=_variants,
    ),
    post(
        f"{VARIANTS}/batch",
        part.batch_variants,
        summary="Create, update and delete variants: all of it or nothing",
        **_writes,
        fields=f.VARIANT,
        body=s.VARIANTS,
        reply=s.batched(s.VARIANT),
        errors=(*_variants, r.BatchRepeats, r.BatchTooLarge),
    ),
    get(
        VARIANT,
        part.retrieve_variant,
        summary="Get a variant",
        **_reads,
        fields=f.VARIANT,
        reply=s.ONE_VARIANT,
        errors=(404,),
    ),
    post(VARIANT, part.update_variant, summary="Change a variant", **_changes, body=s.VARIANT_UPDATE, errors=_variants),
    delete(
        VARIANT,
        part.remove_variant,
        summary="Delete a variant",
        **_writes,
        fields=f.PRODUCT,
        reply=c.deleted("variant", s.PRODUCT),
        errors=(404, r.NothingToSell),
    ),
    post(
        f"{VARIANT}/prices",
        part.write_prices,
        summary="Create, update and delete a variant's prices",
        **_changes,
        body=s.PRICES,
        errors=(404, r.NothingToSell, r.TooMany, r.BatchRepeats, *_prices),
    ),
    post(
        f"{VARIANT}/images/batch",
        part.write_variant_images,
        summary="Say which of the product's images show a variant",
        **_writes,
        body=s.VARIANT_IMAGES,
        reply=s.IMAGES_CHANGED,
        errors=(404,),
    ),
    get(
        OPTIONS,
        part.list_options,
        summary="List a product's options",
        **_reads,
        query=s.PART_LIST,
        reply=s.OPTION_PAGE,
        errors=(404,),
    ),
    post(
        OPTIONS,
        part.create_option,
        summary="Add an option; variants that are there get its first value",
        **_changes,
        body=s.OPTION_CREATE,
        errors=_options,
    ),
    get(OPTION, part.retrieve_option, summary="Get an option", **_reads, reply=s.ONE_OPTION, errors=(404,)),
    post(
        OPTION,
        part.update_option,
        summary="Rename an option, or add, rename and remove its values",
        **_changes,
        body=s.OPTION_UPDATE,
        errors=_options,
    ),
    delete(
        OPTION,
        part.remove_option,
        summary="Delete an option",
        **_writes,
        fields=f.PRODUCT,
        reply=c.deleted("product_option", s.PRODUCT),
        errors=_options,
    ),
]
