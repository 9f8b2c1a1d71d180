"""A product of a CSV as an entry of the seed format, so that both ways of loading are one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.imports.catalogue import Image, Product, Variant
from services.imports.skus import OwnVariant
from utils.text import cleaned, plain


@dataclass(frozen=True, slots=True)
class Target:
    """Where a file's products go. Without a currency, the file names that of each price."""

    seller: str
    seller_id: str
    currency: str | None
    sales_channels: tuple[str, ...] | None = None
    location: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What there is of a product already. `product_id` is None for a new one; `sources` are its fetched images."""

    handle: str
    product_id: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    images: frozenset[str] = frozenset()
    variants: Mapping[str, OwnVariant] = field(default_factory=dict)


def product_entry(product: Product, target: Target, standing: Standing, addresses: Mapping[str, str]) -> dict[str, Any]:
    """The entry. What the file has no column for is left out where the product is known: it stays as it is.

    `addresses` are where images are kept, by source.
    """
    new = standing.product_id is None
    html = cleaned(product.body)
    text = plain(html)
    named = {**standing.metadata, **product.metadata}
    if product.states("description"):
        named.pop("body_html", None)
        if html != text:
            named["body_html"] = html
    images = [image_entry(image, addresses.get(image.url, image.url)) for image in product.images]
    entry: dict[str, Any] = {
        "handle": standing.handle,
        "store": target.seller,
        "external_id": product.external_id,
        "title": product.title,
        "metadata": named or None,
    }
    stated: dict[str, dict[str, Any]] = {
        "description": {"description": text or None},
        "status": {"status": product.status},
        "is_giftcard": {"is_giftcard": product.is_giftcard},
        "type": {"type": product.type},
        "tags": {"tags": product.tags},
        "images": {"images": images, "thumbnail": images[0]["url"] if images else None},
        "options": {"options": options_of(product)},
    }
    for name, values in stated.items():
        if new or product.states(name):
            entry |= values
    entry |= product.more
    entry["variants"] = [variant_entry(product, variant, target, standing, addresses) for variant in product.variants]
    if target.sales_channels is not None:
        entry["sales_channels"] = list(target.sales_channels)
    return entry


def options_of(product: Product) -> list[dict[str, Any]]:
    return [
        {"title": title, "values": list(dict.fromkeys(variant.options[title] for variant in product.variants))}
        for title in product.option_titles
    ]


def variant_entry(
    product: Product, variant: Variant, target: Target, standing: Standing, addresses: Mapping[str, str]
) -> dict[str, Any]:
    own = standing.variants.get(variant.sku)
    named = {**(own.metadata if own is not None else {}), **variant.metadata}
    entry: dict[str, Any] = {
        "sku": variant.sku,
        "prices": [{"currency": code, "amount": float(amount)} for code, amount in prices_of(variant, target)],
        "metadata": named or None,
        **variant.more,
    }
    stated = {
        "options": {
            "title": variant.title or " / ".join(variant.options.values()) or "Default",
            "options": variant.options,
        },
        "inventory": {"manage_inventory": variant.manage_inventory} | stock_of(variant, target),
        "allow_backorder": {"allow_backorder": variant.allow_backorder},
        "requires_shipping": {"requires_shipping": variant.requires_shipping},
        "barcode": {"barcode": variant.barcode},
        "variant_images": {"images": [addresses.get(url, url) for url in variant.images]},
        **{name: {name: value} for name, value in variant.measures.items()},
    }
    for name, values in stated.items():
        if (own is None and name != "options") or standing.product_id is None or product.states(name):
            entry |= values
    if own is not None:
        entry.setdefault("manage_inventory", own.manage_inventory)
    return entry


def prices_of(variant: Variant, target: Target) -> Iterator[tuple[str, Any]]:
    """With a compare-at price that one is the price; what is asked now is a sale price, loaded apart."""
    if variant.price is not None:
        assert target.currency is not None, "a file that names no currencies is imported in one"
        yield target.currency, variant.price if variant.compare_at is None else variant.compare_at
    yield from variant.prices.items()


def stock_of(variant: Variant, target: Target) -> dict[str, Any]:
    if variant.quantity is None:
        return {}
    return {"stock": variant.quantity if target.location is None else {target.location: variant.quantity}}


def image_entry(image: Image, address: str) -> dict[str, Any]:
    """A fetched image remembers where it came from."""
    source = {"source": image.url} if address != image.url else None
    return {"url": address, "alt": image.alt or None, "metadata": source}
