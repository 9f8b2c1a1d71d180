"""A product of a CSV as an entry of the seed format, so that both ways of loading are one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

import nh3

from services.imports.shopify import Image, Product, Variant

TAGS = set("a b blockquote br em h1 h2 h3 h4 h5 h6 hr i li ol p pre s small span strong sub sup".split()) | set(
    "table tbody td th thead tr u ul".split()
)
BREAKS = re.compile(r"(?i)<(?:br|hr|/p|/h[1-6]|/li|/tr|/ul|/ol|/blockquote|/pre|/table)\b[^>]*>")
ITEMS = re.compile(r"(?i)<li\b[^>]*>")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a file's products go."""

    store: str
    currency: str
    sales_channels: tuple[str, ...] | None = None
    location: str | None = None


def cleaned(body: str) -> str:
    """HTML without anything that runs, loads or looks like our own page."""
    schemes = {"http", "https", "mailto"}
    return nh3.clean(body, tags=TAGS, attributes={"a": {"href", "title"}}, url_schemes=schemes).strip()


def plain(html: str) -> str:
    """The text of cleaned HTML: what storefronts show as a description, which they do not read as HTML."""
    marked = ITEMS.sub("- ", BREAKS.sub("\n", re.sub(r"\s+", " ", html)))
    text = unescape(nh3.clean(marked, tags=set()))
    lines = [" ".join(line.split()) for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


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
