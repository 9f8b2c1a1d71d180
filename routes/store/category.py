"""Categories, collections, tags and types of products."""

from controllers.store import category as store_category
from routes.schemas.fields import catalogue as f
from routes.schemas.shared import common as c
from routes.schemas.store import category as s
from routes.table import ANYONE, get
from services.product.search import NoSalesChannel

SCOPES = ("taxonomy", "catalogue", "sellers")
REFUSALS = (NoSalesChannel,)

ROUTES = [
    get(
        "/store/collections",
        store_category.list_collections,
        who=ANYONE,
        summary="List collections",
        tag="Collections",
        query=s.LIST_COLLECTIONS,
        fields=f.COLLECTION,
        reply=c.page("collections", s.COLLECTION),
        errors=REFUSALS,
        cached=SCOPES,
    ),
    get(
        "/store/collections/{id}",
        store_category.retrieve_collection,
        who=ANYONE,
        summary="Get a collection",
        tag="Collections",
        query=s.RETRIEVE,
        fields=f.COLLECTION,
        reply=c.single("collection", s.COLLECTION),
        errors=(404, *REFUSALS),
        cached=SCOPES,
    ),
    get(
        "/store/product-categories",
        store_category.list_categories,
        who=ANYONE,
        summary="List categories",
        tag="Categories",
        query=s.LIST_CATEGORIES,
        fields=f.CATEGORY,
        reply=c.page("product_categories", s.CATEGORY),
        errors=REFUSALS,
        cached=SCOPES,
    ),
    get(
        "/store/product-categories/{id}",
        store_category.retrieve_category,
        who=ANYONE,
        summary="Get a category",
        tag="Categories",
        query=s.RETRIEVE_CATEGORY,
        fields=f.CATEGORY,
        reply=c.single("product_category", s.CATEGORY),
        errors=(404, *REFUSALS),
        cached=SCOPES,
    ),
    get(
        "/store/product-tags",
        store_category.list_tags,
        who=ANYONE,
        summary="List tags",
        tag="Tags and types",
        query=s.LIST_VALUES,
        fields=f.TAG,
        reply=c.page("product_tags", s.TAG),
        errors=REFUSALS,
        cached=SCOPES,
    ),
    get(
        "/store/product-tags/{id}",
        store_category.retrieve_tag,
        who=ANYONE,
        summary="Get a tag",
        tag="Tags and types",
        query=s.RETRIEVE,
        fields=f.TAG,
        reply=c.single("product_tag", s.TAG),
        errors=(404, *REFUSALS),
        cached=SCOPES,
    ),
    get(
        "/store/product-types",
        store_category.list_types,
        who=ANYONE,
        summary="List types",
        tag="Tags and types",
        query=s.LIST_VALUES,
        fields=f.TYPE,
        reply=c.page("product_types", s.TYPE),
        errors=REFUSALS,
        cached=SCOPES,
    ),
    get(
        "/store/product-types/{id}",
        store_category.retrieve_type,
        who=ANYONE,
        summary="Get a type",
        tag="Tags and types",
        query=s.RETRIEVE,
        fields=f.TYPE,
        reply=c.single("product_type", s.TYPE),
        errors=(404, *REFUSALS),
        cached=SCOPES,
    ),
]
