"""Categories, collections, tags and types of products."""

from controllers import taxonomy
from routes.schemas import common as c
from routes.schemas import taxonomy as s
from routes.schemas.fields import catalogue as f
from routes.table import ANYONE, get
from services.product_search import NoSalesChannel

SCOPES = ("taxonomy", "catalogue", "stores")
REFUSALS = (NoSalesChannel,)

ROUTES = [
    get(
        "/store/collections",
        taxonomy.list_collections,
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
        taxonomy.retrieve_collection,
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
        taxonomy.list_categories,
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
        taxonomy.retrieve_category,
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
        taxonomy.list_tags,
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
        taxonomy.retrieve_tag,
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
        taxonomy.list_types,
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
        taxonomy.retrieve_type,
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
