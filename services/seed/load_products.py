"""Load products with options, variants and images, some hundred at a time."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select

from models.schema.identity import sales_channel
from models.schema.product import (
    product,
    product_category_product,
    product_image,
    product_option,
    product_option_value,
    product_sales_channel,
    product_tag_product,
    product_variant,
    shipping_profile,
    variant_image,
    variant_option_value,
)
from services.seed.load_prices import load_variant_prices
from services.seed.load_stock import load_needs
from services.seed.loading import Loading, columns, rich_entry
from services.seed.survey_catalogue import image_url
from services.seed.sync import Kind, Row

PRODUCT = Kind(product, "handle", ("handle",), "prod")
OPTION = Kind(product_option, "product_id", ("product_id", "title"), "opt")
VALUE = Kind(product_option_value, "option_id", ("option_id", "value"), "optval")
VARIANT = Kind(product_variant, "product_id", ("product_id", "sku"), "variant")
CHOICE = Kind(variant_option_value, "variant_id", ("variant_id", "option_value_id"))
IMAGE = Kind(product_image, "product_id", ("product_id", "url"), "img")
VARIANT_IMAGE = Kind(variant_image, "variant_id", ("variant_id", "image_id"))
LINKS = {
    "categories": Kind(product_category_product, "product_id", ("product_id", "category_id")),
    "tags": Kind(product_tag_product, "product_id", ("product_id", "tag_id")),
    "sales_channels": Kind(product_sales_channel, "product_id", ("product_id", "sales_channel_id")),
}
MEASURES = ("weight", "length", "height", "width", "hs_code", "origin_country", "mid_code", "material")
TEXTS = (
    "handle",
    "title",
    "subtitle",
    "description",
    "status",
    "is_giftcard",
    "discountable",
    "thumbnail",
    "external_id",
)
SWITCHES = ("manage_inventory", "allow_backorder", "requires_shipping", "order_limit")
CODES = ("title", "sku", "barcode", "ean", "upc", "thumbnail")
SLICE_PRODUCTS = 250
CHANNELS = select(sales_channel.c.name, sales_channel.c.id)
DEFAULT_PROFILE = (
    select(shipping_profile.c.id)
    .where(shipping_profile.c.type == "default")
    .order_by(shipping_profile.c.created_at, shipping_profile.c.id)
    .limit(1)
)

Entry = Mapping[str, Any]


async def load_products(loading: Loading) -> None:
    entries = loading.entries("products")
    if not entries:
        return
    for row in await loading.work.execute(CHANNELS):
        loading.names.put("sales_channels", row.name, row.id)
    profile = (await loading.work.execute(DEFAULT_PROFILE)).scalar()
    for start in range(0, len(entries), SLICE_PRODUCTS):
        part = entries[start : start + SLICE_PRODUCTS]
        await load_slice(loading, part, profile)
        loading.progress(len(part))


async def load_slice(loading: Loading, part: list[Any], profile: str | None) -> None:
    entries = {entry["handle"]: entry for entry in part}
    found = await loading.rows(
        PRODUCT,
        [product_row(loading, entry) for entry in entries.values()],
        fresh=lambda key: new_product(entries[key[0]], profile),
    )
    products = {identity: entries[handle] for (handle,), identity in found.ids.items()}
    new = {found.ids[key] for key in found.created}
    for (handle,), identity in found.ids.items():
        loading.names.put("products", handle, identity)
    for key in LINKS:
        await load_links(loading, key, products, new)
    values = await load_options(loading, products)
    images = await load_images(loading, products)
    variants = await load_variants(loading, products, new)
    await load_choices(loading, variants, values)
    await load_variant_images(loading, variants, images)
    await load_needs(loading, {identity: (entry["store"], v) for identity, (_, entry, v) in variants.items()})
    await load_variant_prices(loading, {identity: v for identity, (_, _, v) in variants.items()})


def product_row(loading: Loading, entry: Entry) -> Row:
    row = columns(rich_entry(entry), *TEXTS, *MEASURES, "metadata") | {
        "seller_id": loading.names.id("stores", entry["store"])
    }
    for key, column, kind in (
        ("collection", "collection_id", "collections"),
        ("type", "type_id", "types"),
        ("shipping_profile", "shipping_profile_id", "shipping_profiles"),
    ):
        if key in entry:
            row[column] = loading.names.id(kind, entry[key]) if entry[key] is not None else None
    return row


def new_product(entry: Entry, profile: str | None) -> Row:
    images = entry.get("images") or (None,)
    first = image_url(images[0]) if images[0] is not None else None
    return {"status": "published", "thumbnail": first, "shipping_profile_id": profile}


async def load_links(loading: Loading, key: str, products: dict[str, Entry], new: set[str]) -> None:
    """What a product is filed under; a new product that names no channel is sold in all."""
    stated = {identity: entry[key] for identity, entry in products.items() if key in entry}
    if key == "sales_channels":
        stated |= {identity: list(loading.names.ids[key]) for identity in new if identity not in stated}
    kind = LINKS[key]
    rows = [
        {"product_id": identity, kind.key[1]: loading.names.id(key, name)}
        for identity, names in stated.items()
        for name in names
    ]
    await loading.rows(kind, rows, owners=stated, whole=True)


async def load_options(loading: Loading, products: dict[str, Entry]) -> dict[tuple[str, str, str], str]:
    """Options and their values; ids of the values by (product, option title, value)."""
    stated = {identity: entry["options"] for identity, entry in products.items() if "options" in entry}
    rows = [
        {"product_id": identity, "rank": rank} | columns(option, "title", "metadata")
        for identity, options in stated.items()
        for rank, option in enumerate(options)
    ]
    options = (await loading.rows(OPTION, rows, owners=stated, whole=True)).ids
    places = {
        (options[(identity, option["title"])], value): (identity, option["title"], value, rank)
        for identity, entries in stated.items()
        for option in entries
        for rank, value in enumerate(option["values"])
    }
    rows = [{"option_id": option, "value": value, "rank": place[3]} for (option, value), place in places.items()]
    found = await loading.rows(VALUE, rows, owners=options.values(), whole=True)
    return {places[(key[0], key[1])][:3]: identity for key, identity in found.ids.items()}


async def load_images(loading: Loading, products: dict[str, Entry]) -> dict[tuple[str, str], str]:
    """Images; their ids by (product, address)."""
    stated = {identity: entry["images"] for identity, entry in products.items() if "images" in entry}
    rows = [
        {"product_id": identity, "rank": rank, "url": image_url(image)}
        | ({} if isinstance(image, str) else columns(image, "alt", "metadata"))
        for identity, images in stated.items()
        for rank, image in enumerate(images)
    ]
    found = await loading.rows(IMAGE, rows, owners=stated, whole=True)
    return {(key[0], key[1]): identity for key, identity in found.ids.items()}


# By variant id: its product's id and entry, and its own entry.
Variants = dict[str, tuple[str, Entry, Entry]]


async def load_variants(loading: Loading, products: dict[str, Entry], new: set[str]) -> Variants:
    places = {
        (identity, variant["sku"]): (entry, variant)
        for identity, entry in products.items()
        for variant in entry["variants"]
    }
    ranks = {id(v): rank for entry in products.values() for rank, v in enumerate(entry["variants"])}
    rows = [
        columns(variant, *CODES, *SWITCHES, *MEASURES, "metadata")
        | {
            "product_id": identity,
            "seller_id": loading.names.id("stores", entry["store"]),
            "variant_rank": ranks[id(variant)],
        }
        for (identity, _), (entry, variant) in places.items()
    ]
    found = await loading.rows(
        VARIANT, rows, owners=products, whole=True, fresh=lambda key: {"title": title_of(*places[(key[0], key[1])])}
    )
    variants: Variants = {}
    for (identity, sku), variant_id in found.ids.items():
        entry, variant = places[(identity, sku)]
        variants[variant_id] = (identity, entry, variant)
        loading.names.put("variants", f"{entry['store']}/{sku}", variant_id)
    return variants


def title_of(entry: Entry, variant: Entry) -> str:
    chosen = variant.get("options", {})
    return " / ".join(chosen[option["title"]] for option in entry.get("options", ())) or "Default"


async def load_choices(loading: Loading, variants: Variants, values: dict[tuple[str, str, str], str]) -> None:
    stated = {identity: place for identity, place in variants.items() if "options" in place[1]}
    await loading.rows(CHOICE, choices(stated, values), owners=stated, whole=True)


def choices(variants: Variants, values: dict[tuple[str, str, str], str]) -> Iterator[Row]:
    for identity, (product_id, _, variant) in variants.items():
        for title, value in variant.get("options", {}).items():
            yield {"variant_id": identity, "option_value_id": values[(product_id, title, value)]}


async def load_variant_images(loading: Loading, variants: Variants, images: dict[tuple[str, str], str]) -> None:
    stated = {identity: place for identity, place in variants.items() if "images" in place[2]}
    rows = [
        {"variant_id": identity, "image_id": images[(product_id, url)]}
        for identity, (product_id, _, variant) in stated.items()
        for url in variant["images"]
    ]
    await loading.rows(VARIANT_IMAGE, rows, owners=stated, whole=True)
