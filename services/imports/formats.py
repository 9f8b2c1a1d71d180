"""The formats of product files that can be imported, by the name that --format takes."""

from services.imports import medusa, shopify, woocommerce
from services.imports.format import Format

FORMATS: dict[str, Format] = {one.name: one for one in (shopify.FORMAT, woocommerce.FORMAT, medusa.FORMAT)}
