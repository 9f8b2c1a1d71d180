"""Collections, categories, tags and types on the wire."""

from typing import Any

from routes.schemas.shared import common as c
from routes.schemas.store.product import CATEGORY_SCALARS, PRODUCT, STAMPS, TEXT_OR_NULL

FILED = {"id": c.STRING, "external_id": TEXT_OR_NULL, "metadata": c.FREE, **STAMPS, "products": c.array(PRODUCT)}
COLLECTION = c.entity("Collection", "products", title=c.STRING, handle=c.STRING, **FILED)
TAG = c.entity("ProductTag", "products", value=c.STRING, **FILED)
TYPE = c.entity("ProductType", "products", value=c.STRING, **FILED)
NEIGHBOUR = {"type": "object", "description": "A category, as deep as it was asked for.", "additionalProperties": True}
CATEGORY = c.entity(
    "ProductCategory",
    "products mpath is_active is_internal",
    **CATEGORY_SCALARS,
    parent_category=c.nullable(NEIGHBOUR),
    category_children=c.array(NEIGHBOUR),
    products=c.array(PRODUCT),
)

COMMON: dict[str, Any] = {
    "id": c.many(),
    "q": c.SEARCH,
    "external_id": c.many(c.TEXT),
    "created_at": c.MOMENTS,
    "updated_at": c.MOMENTS,
}
COLLECTION_FILTERS: dict[str, Any] = {**COMMON, "title": c.many(c.TEXT), "handle": c.many(c.TEXT)}
VALUE_FILTERS: dict[str, Any] = {**COMMON, "value": c.many(c.TEXT)}
CATEGORY_FILTERS: dict[str, Any] = {
    **COMMON,
    "name": c.many(c.TEXT),
    "handle": c.many(c.TEXT),
    "description": c.many(c.TEXT),
    "parent_category_id": c.many(),
}
TREES: dict[str, Any] = {"include_ancestors_tree": c.FLAG, "include_descendants_tree": c.FLAG}
MORE_COLLECTIONS = {"type": "array", "items": c.query(**COLLECTION_FILTERS), "maxItems": 20}
AND_OR_MORE_COLLECTIONS: dict[str, Any] = {"$and": MORE_COLLECTIONS, "$or": MORE_COLLECTIONS}
MORE_VALUES = {"type": "array", "items": c.query(**VALUE_FILTERS), "maxItems": 20}
AND_OR_MORE_VALUES: dict[str, Any] = {"$and": MORE_VALUES, "$or": MORE_VALUES}
MORE_CATEGORIES = {"type": "array", "items": c.query(**CATEGORY_FILTERS), "maxItems": 20}
AND_OR_MORE_CATEGORIES: dict[str, Any] = {"$and": MORE_CATEGORIES, "$or": MORE_CATEGORIES}

LIST_COLLECTIONS = c.listing(
    "id title handle created_at updated_at",
    limit=10,
    most=1000,
    with_deleted=c.WITH_DELETED,
    **COLLECTION_FILTERS,
    **AND_OR_MORE_COLLECTIONS,
)
LIST_VALUES = c.listing(
    "id value created_at updated_at",
    most=1000,
    with_deleted=c.WITH_DELETED,
    **VALUE_FILTERS,
    **AND_OR_MORE_VALUES,
)
LIST_CATEGORIES = c.listing(
    "id name handle rank mpath created_at updated_at",
    most=1000,
    with_deleted=c.WITH_DELETED,
    **CATEGORY_FILTERS,
    **TREES,
    **AND_OR_MORE_CATEGORIES,
)
RETRIEVE = c.query()
RETRIEVE_CATEGORY = c.query(**TREES)
