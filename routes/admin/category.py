"""Categories, collections, tags and types, as administrators keep them."""

from controllers.admin import category as admin_category
from routes.schemas.admin import category as s
from routes.schemas.admin import forms
from routes.schemas.fields import admin as f
from routes.schemas.shared import common as c
from routes.table import USER, crud_routes, post

_links = {"who": USER, "grant": "catalogue:write", "tag": "Admin taxonomy", "body": forms.JOIN}

ROUTES = [
    *crud_routes(
        "/admin/product-categories",
        admin_category.CATEGORIES,
        area="catalogue",
        tag="Admin taxonomy",
        a="a product category",
        entity=s.CATEGORY,
        forms=s.CATEGORIES,
        fields=f.CATEGORY,
    ),
    post(
        "/admin/product-categories/{id}/products",
        admin_category.CATEGORIES.join,
        **_links,
        summary="File products under a category, or no longer",
        fields=f.CATEGORY,
        reply=c.single("product_category", s.CATEGORY),
    ),
    *crud_routes(
        "/admin/collections",
        admin_category.COLLECTIONS,
        area="catalogue",
        tag="Admin taxonomy",
        a="a collection",
        entity=s.COLLECTION,
        forms=s.COLLECTIONS,
        fields=f.COLLECTION,
    ),
    post(
        "/admin/collections/{id}/products",
        admin_category.collect,
        **_links,
        summary="Put products into a collection, or take them out",
        fields=f.COLLECTION,
        reply=c.single("collection", s.COLLECTION),
    ),
    *crud_routes(
        "/admin/product-tags",
        admin_category.TAGS,
        area="catalogue",
        tag="Admin taxonomy",
        a="a product tag",
        entity=s.TAG,
        forms=s.LABEL,
        fields=f.LABEL,
    ),
    *crud_routes(
        "/admin/product-types",
        admin_category.TYPES,
        area="catalogue",
        tag="Admin taxonomy",
        a="a product type",
        entity=s.TYPE,
        forms=s.LABEL,
        fields=f.LABEL,
    ),
]
