"""A product of a CSV as an entry of the seed format, so that both ways of loading are one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.imports.shopify import Image, Product, Variant
from utils.text import cleaned, plain


@dataclass(frozen=True, slots=True)
class Target:
    """Where a file's products go."""

    store: str
    currency: str
    sales_channels: tuple[str, ...] | None = None
    location: str | None = None


def product_entry(
    product: Product, target: Target, handle: str, metadata: Mapping[str, Any], addresses: Mapping[str, str]
) -> dict[str, Any]:
    """The entry. `metadata` is what the product has already, `addresses` where its images are kept by source."""
    html = cleaned(product.body)
    text = plain(html)
    named = {**metadata, **product.metadata}
    named.pop("body_html", None)
    if html != text:
        named["body_html"] = html
    images = [image_entry(image, addresses.get(image.url, image.url)) for image in product.images]
    entry: dict[str, Any] = {
        "handle": handle,
        "store": target.store,
        "external_id": product.handle,
        "title": product.title,
        "description": text or None,
        "status": product.status,
        "is_giftcard": product.is_giftcard,
        "type": product.type,
        "tags": product.tags,
        "images": images,
        "thumbnail": images[0]["url"] if images else None,
        "options": options_of(product),
        "variants": [variant_entry(variant, target, addresses) for variant in product.variants],
        "metadata": named or None,
    }
    if target.sales_channels is not None:
        entry["sales_channels"] = list(target.sales_channels)
    return entry


def options_of(product: Product) -> list[dict[str, Any]]:
    return [
        {"title": title, "values": list(dict.fromkeys(variant.options[title] for variant in product.variants))}
        for title in product.option_titles
    ]


def variant_entry(variant: Variant, target: Target, addresses: Mapping[str, str]) -> dict[str, Any]:
    """With a compare-at price that one is the price; what is asked now is a sale price, loaded apart."""
    amount = variant.price if variant.compare_at is None else variant.compare_at
    entry: dict[str, Any] = {
        "sku": variant.sku,
        "title": " / ".join(variant.options.values()) or "Default",
        "options": variant.options,
        "prices": [{"currency": target.currency, "amount": float(amount)}],
        "manage_inventory": variant.quantity is not None,
        "allow_backorder": variant.allow_backorder,
        "requires_shipping": variant.requires_shipping,
        "barcode": variant.barcode,
        "weight": variant.grams,
        "images": [addresses.get(variant.image, variant.image)] if variant.image is not None else [],
        "metadata": variant.metadata or None,
    }
    if variant.quantity is not None:
        entry["stock"] = variant.quantity if target.location is None else {target.location: variant.quantity}
    return entry


def image_entry(image: Image, address: str) -> dict[str, Any]:
    """A fetched image remembers where it came from."""
    source = {"source": image.url} if address != image.url else None
    return {"url": address, "alt": image.alt or None, "metadata": source}
