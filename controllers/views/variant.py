"""The product and variant behind a line of a cart or order, as the catalogue has them now."""

from functools import lru_cache
from typing import Any

from controllers.views import product as views_product
from controllers.views.product import ProductContext
from services.pricing.sources import LineDetails
from utils.fields import Selection

# What a cart line always knows of its product; more than that is read from the catalogue.
BRIEF = frozenset({"id", "collection_id", "type_id", "categories.id", "tags.id", "categories", "tags"})


class Wanted:
    """What a selection shows of the products and variants under `path`."""

    def __init__(self, fields: Selection, path: str) -> None:
        self.fields, self.path = fields, path
        prefix = f"{path}.product"
        bare = [chosen.removeprefix("*") for chosen in fields.paths]
        starred = f"*{prefix}" in fields.paths
        self.product = starred or any(p.startswith(prefix + ".") and p[len(prefix) + 1 :] not in BRIEF for p in bare)
        self.variant = fields.wants(f"{path}.variant")
        self.variant_product = fields.wants(f"{path}.variant.product")
        self._known: dict[str, bool] = {}

    def wants(self, path: str) -> bool:
        found = self._known.get(path)
        if found is None:
            found = self._known[path] = self.fields.wants(f"{self.path}.{path}")
        return found


@lru_cache(maxsize=512)
def wanted(fields: Selection, path: str) -> Wanted:
    return Wanted(fields, path)


def wants_variants(fields: Selection, path: str) -> bool:
    """Does a selection show what only the catalogue knows of the lines under `path`?"""
    asked = wanted(fields, path)
    return asked.product or asked.variant


def views_of_variants(details: LineDetails, fields: Selection, path: str) -> dict[str, dict[str, Any]]:
    """`{product?, variant?}` by variant id, as far as they are asked for and still there."""
    asked = wanted(fields, path)
    if not asked.product and not asked.variant:
        return {}
    context = ProductContext(details.taxonomy, details.sellers)
    shown: dict[str, dict[str, Any]] = {}
    for variant_id, (product, variant) in details.variants.items():
        about = shown[variant_id] = {}
        if asked.product:
            about["product"] = views_product.view(product, context, lambda p: asked.wants("product." + p))
        if asked.variant:
            about["variant"] = views_product.variant_alone(
                product, variant, context, lambda p: asked.wants("variant." + p)
            )
            if asked.variant_product:
                whole = views_product.view(product, context, lambda p: asked.wants("variant.product." + p))
                about["variant"]["product"] = whole
    return shown
