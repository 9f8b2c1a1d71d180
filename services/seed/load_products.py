"""Load products with options, variants, prices and images, some hundred at a time, as changes of the catalogue."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from models.product import write as rows
from models.product.plan import Change, Part, Row
from models.product.product import MEASURES, Product
from models.product.sales_channel import CHANNEL_NAMES
from services.product import bulk
from services.seed.load_prices import price_row
from services.seed.load_stock import needs_of
from services.seed.loading import Loading, columns, rich_entry
from services.seed.problems import Problem, SeedErrors
from services.seed.survey import spread

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
# Keys of an entry that name one thing, and that name several: the column or field, and their kind of name.
NAMED = {"collection": ("collection_id", "collections"), "type": ("type_id", "types")}
NAMED |= {"shipping_profile": ("shipping_profile_id", "shipping_profiles")}
FILED = {"categories": "category_ids", "tags": "tag_ids", "sales_channels": "sales_channel_ids"}
SLICE_PRODUCTS = 250
HINT = "Correct the product; nothing was written"

Entry = Mapping[str, Any]


async def load_products(loading: Loading) -> None:
    entries = [(f"products[{index}]", entry) for index, entry in enumerate(loading.entries("products"))]
    if not entries:
        return
    for row in await loading.work.execute(CHANNEL_NAMES):
        loading.names.put("sales_channels", row.name, row.id)
    profile = (await loading.work.execute(rows.DEFAULTS)).first().profile
    for start in range(0, len(entries), SLICE_PRODUCTS):
        part = entries[start : start + SLICE_PRODUCTS]
        await load_slice(loading, part, profile)
        loading.progress(len(part))


async def load_slice(loading: Loading, part: list[tuple[str, Entry]], profile: str | None) -> None:
    """Some hundred products, seller by seller."""
    befores = await bulk.lock_by_handle(loading.work, [entry["handle"] for _, entry in part])
    part = sorted(part, key=lambda placed: placed[1]["store"])
    for seller, placed in groupby(part, key=lambda placed: placed[1]["store"]):
        entries = list(placed)
        changes = [change_of(loading, entry, befores.get(entry["handle"]), profile) for _, entry in entries]
        try:
            written = await bulk.put(loading.work, seller_id=loading.names.id("stores", seller), changes=changes)
        except bulk.ProductRefused as refused:
            place = next(p for (p, _), change in zip(entries, changes, strict=True) if change is refused.change)
            raise SeedErrors([Problem(place, refused.error.text.rstrip("."), HINT)]) from refused
        bulk.count(loading.tally, written)
        for made in written.products:
            loading.names.put("products", made.handle, made.id)
            for variant in made.variants:
                loading.names.put("variants", f"{seller}/{variant.sku}", variant.id)


def change_of(loading: Loading, entry: Entry, before: Product | None, profile: str | None) -> Change:
    """The change that makes a product what the entry states. What it does not state stays, or is as for a new one."""
    fields = columns(rich_entry(entry), *TEXTS, *MEASURES, "metadata")
    for key, (column, kind) in NAMED.items():
        if key in entry:
            fields[column] = loading.names.id(kind, entry[key]) if entry[key] is not None else None
    for key, name in FILED.items():
        if key in entry:
            fields[name] = [loading.names.id(key, one) for one in entry[key]]
    if before is None:  # a new product that names no channel is sold in all
        channels = list(loading.names.ids["sales_channels"].values())
        fields = {"status": "published", "shipping_profile_id": profile, "sales_channel_ids": channels} | fields
    else:
        fields.pop("handle")
    return Change(
        before,
        fields,
        options=Part([columns(one, "title", "values", "metadata") for one in entry["options"]], whole=True)
        if "options" in entry
        else None,
        images=Part([image_of(image) for image in entry["images"]], whole=True) if "images" in entry else None,
        variants=Part(variants_of(loading, entry, before), whole=True),
    )


def image_of(image: str | Entry) -> Row:
    return {"url": image} if isinstance(image, str) else columns(image, "url", "alt", "metadata")


def variants_of(loading: Loading, entry: Entry, before: Product | None) -> list[Row]:
    """The variants of an entry; one of a SKU that the product has is that one."""
    ids = {variant.sku: variant.id for variant in before.variants} if before is not None else {}
    found: list[Row] = []
    for variant in entry["variants"]:
        row = columns(variant, *CODES, *SWITCHES, *MEASURES, "metadata", "options", image_urls="images")
        if variant["sku"] in ids:
            row["id"] = ids[variant["sku"]]
        if "prices" in variant:
            row["prices"] = [price_row(loading, price) for _, price in spread(variant["prices"], "")]
        found.append(row | needs_of(loading, entry["store"], variant))
    return found
