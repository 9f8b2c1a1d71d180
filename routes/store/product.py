"""Products, variants and options."""

from controllers.store import product, product_option
from routes.schemas.fields import catalogue as f
from routes.schemas.shared import common as c
from routes.schemas.store import product as s
from routes.table import ANYONE, get
from services.product.price_display import RegionMissing, RegionUnknown
from services.product.search import NoSalesChannel

SCOPES = ("regions", "sellers", "taxonomy")
REFUSALS = (NoSalesChannel, RegionMissing, RegionUnknown)

ROUTES = [
    get(
        "/store/products",
        product.list_products,
        who=ANYONE,
        summary="List products",
        tag="Products",
        query=s.LIST,
        fields=f.PRODUCT,
        reply=c.page("products", s.PRODUCT),
        errors=REFUSALS,
        cached=("catalogue", *SCOPES),
    ),
    get(
        "/store/products/{id}",
        product.retrieve_product,
        who=ANYONE,
        summary="Get a product",
        tag="Products",
        query=s.RETRIEVE,
        fields=f.PRODUCT,
        reply=c.single("product", s.PRODUCT),
        errors=(404, *REFUSALS),
        cached=SCOPES,
    ),
    get(
        "/store/product-variants",
        product.list_variants,
        who=ANYONE,
        summary="List variants",
        tag="Products",
        query=s.LIST_VARIANTS,
        fields=f.VARIANT,
        reply=c.page("variants", s.VARIANT_ALONE),
        errors=REFUSALS,
        cached=("catalogue", *SCOPES),
    ),
    get(
        "/store/product-variants/{id}",
        product.retrieve_variant,
        who=ANYONE,
        summary="Get a variant",
        tag="Products",
        query=s.RETRIEVE,
        fields=f.VARIANT,
        reply=c.single("variant", s.VARIANT_ALONE),
        errors=(404, *REFUSALS),
        cached=SCOPES,
    ),
    get(
        "/store/product-options",
        product_option.list_options,
        who=ANYONE,
        summary="List product options",
        tag="Products",
        query=s.LIST_OPTIONS,
        fields=f.OPTION,
        reply=c.page("product_options", s.OPTION),
        errors=(NoSalesChannel,),
        cached=("catalogue", "sellers"),
    ),
    get(
        "/store/product-options/{id}",
        product_option.retrieve_option,
        who=ANYONE,
        summary="Get a product option",
        tag="Products",
        fields=f.OPTION,
        reply=c.single("product_option", s.OPTION),
        errors=(404, NoSalesChannel),
        cached=("catalogue", "sellers"),
    ),
]
