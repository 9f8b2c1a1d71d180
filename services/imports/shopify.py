"""Products of Shopify's export: the names of today's columns and of the older ones."""

import re
from decimal import Decimal
from typing import Any

from services.imports.catalogue import (
    FALSE,
    TRUE,
    Product,
    Reading,
    Variant,
    add_image,
    filled,
    first_row,
)
from services.imports.format import Format
from services.imports.rows import Row
from utils.text import slug

COLUMNS: dict[str, tuple[str, ...]] = {
    "handle": ("handle", "url handle"),
    "title": ("title",),
    "body": ("body (html)", "body html", "description"),
    "vendor": ("vendor",),
    "category": ("product category", "standard product type", "standardized product type"),
    "type": ("type", "custom product type"),
    "tags": ("tags",),
    "collection": ("collection",),
    "published": ("published", "published on online store"),
    "status": ("status",),
    **{f"option{n}_name": (f"option{n} name",) for n in (1, 2, 3)},
    **{f"option{n}_value": (f"option{n} value",) for n in (1, 2, 3)},
    "sku": ("variant sku", "sku"),
    "grams": ("variant grams", "weight value (grams)"),
    "weight_unit": ("variant weight unit", "weight unit for display"),
    "tracker": ("variant inventory tracker", "inventory tracker"),
    "quantity": ("variant inventory qty", "inventory quantity"),
    "policy": ("variant inventory policy", "continue selling when out of stock"),
    "price": ("variant price", "price"),
    "compare_at": ("variant compare at price", "compare-at price", "compare at price"),
    "requires_shipping": ("variant requires shipping", "requires shipping"),
    "taxable": ("variant taxable", "charge tax"),
    "barcode": ("variant barcode", "barcode"),
    "image": ("image src", "product image url"),
    "image_position": ("image position",),
    "image_alt": ("image alt text",),
    "gift_card": ("gift card",),
    "seo_title": ("seo title",),
    "seo_description": ("seo description",),
    "variant_image": ("variant image", "variant image url"),
    "cost": ("cost per item",),
    "tax_code": ("variant tax code", "tax code"),
}
PATTERNS = (
    (re.compile(r".*\(product\.metafields\.([\w.-]+)\)"), r"metafield:\1"),
    (re.compile(r".*\(variant\.metafields\.([\w.-]+)\)"), r"variant_metafield:\1"),
    (re.compile(r"google shopping / (.+)"), r"google:\1"),
    (re.compile(r"unit price (total measure|total measure unit|base measure|base measure unit)"), r"unit_price:\1"),
)
IN_METADATA = ("vendor", "seo_title", "seo_description", "collection")
NO_OPTION = ("title", "default title")  # how the format says that a product has one variant and no options


def read(reading: Reading, rows: list[Row]) -> Product | None:
    """The product of all rows of a handle: its own cells stand in any of them, each of its variants in one."""
    first = rows[0]
    title = reading.shared(rows, "title")
    if not title:
        reading.fault(first, "title", "is empty", "One row of each product has its title")
    if not slug(first.get("handle")):
        reading.fault(first, "handle", f"{first.get('handle')!r} has no letter or digit", "Choose another handle")
    tags = reading.shared(rows, "tags").split(",")
    product = Product(
        line=first.line,
        handle=first.get("handle"),
        external_id=first.get("handle"),
        title=title,
        body=reading.shared(rows, "body"),
        type=reading.shared(rows, "type") or None,
        tags=list(dict.fromkeys(tag.strip() for tag in tags if tag.strip())),
        status=status_of(reading, rows),
        is_giftcard=reading.flag(first_row(rows, "gift_card"), "gift_card", False),
        metadata=metadata_of(reading, rows),
        option_titles=option_titles(reading, rows),
        stated=stated(reading),
    )
    for row in rows:
        read_image(reading, product, row)
        if is_variant(row, product):
            read_variant(reading, product, row)
    product.images.sort(key=lambda image: image.position)
    if not product.variants and not reading.faults:
        reading.fault(first, "price", "no row has a price", "Give at least one row a price")
    return None if reading.faults else product


def stated(reading: Reading) -> frozenset[str]:
    has = reading.header.has
    fields = {
        "description": has("body"),
        "type": has("type"),
        "tags": has("tags"),
        "status": has("status", "published"),
        "is_giftcard": has("gift_card"),
        "images": has("image", "variant_image"),
        "options": has("option1_name", "option1_value"),
        "inventory": has("tracker"),
        "allow_backorder": has("policy"),
        "requires_shipping": has("requires_shipping"),
        "weight": has("grams"),
        "barcode": has("barcode"),
        "variant_images": has("variant_image"),
    }
    return frozenset(name for name, there in fields.items() if there)


def status_of(reading: Reading, rows: list[Row]) -> str:
    published = reading.flag(first_row(rows, "published"), "published", True)
    row = first_row(rows, "status")
    status = reading.shared(rows, "status").lower()
    if status not in ("", "active", "draft", "archived", "unlisted"):
        reading.fault(row, "status", f"{row.get('status')!r} is not known", "Write active, draft or archived")
    return "published" if published and status in ("", "active") else "draft"


def metadata_of(reading: Reading, rows: list[Row]) -> dict[str, Any]:
    """What has no field of its own, so that nothing the file says is lost."""
    found = filled({key: reading.shared(rows, key) for key in IN_METADATA})
    found |= filled({"product_category": reading.shared(rows, "category")})
    google = {
        snake(column.removeprefix("google:")): first_row(rows, column).get(column)
        for column in reading.header.starting("google:")
    }
    fields = {
        column.removeprefix("metafield:"): reading.shared(rows, column)
        for column in reading.header.starting("metafield:")
    }
    return found | filled_groups(google_shopping=google, metafields=fields)


def filled_groups(**groups: dict[str, str]) -> dict[str, Any]:
    return {name: cells for name, group in groups.items() if (cells := filled(group))}


def option_titles(reading: Reading, rows: list[Row]) -> list[str]:
    """Titles of the options; none for a product with nothing to choose."""
    first = first_row(rows, "option1_name")
    titles = [reading.shared(rows, f"option{n}_name") for n in (1, 2, 3)]
    while titles and not titles[-1]:
        titles.pop()
    values = {row.get("option1_value").lower() for row in rows if row.get("option1_value")}
    if len(titles) == 1 and titles[0].lower() == NO_OPTION[0] and values <= {NO_OPTION[1]}:
        return []
    for number, title in enumerate(titles, 1):
        if not title:
            message = "is empty, but a later option has a name"
            reading.fault(first, f"option{number}_name", message, "Move the options up")
    if len({title.lower() for title in titles}) < len(titles):
        reading.fault(first, "option1_name", "two options have the same name", "Rename one of them")
    return titles


def is_variant(row: Row, product: Product) -> bool:
    """Rows without a price and options only add an image."""
    if any(row.get(column) for column in ("price", "sku", "option2_value", "option3_value")):
        return True
    return bool(row.get("option1_value")) and bool(product.option_titles)


def read_image(reading: Reading, product: Product, row: Row) -> None:
    url = row.get("image")
    position = reading.whole(row, "image_position")
    if url and reading.address(row, "image", url):
        add_image(product, row, url, position, row.get("image_alt"))
    elif not url and row.get("image_alt"):
        reading.skip("image_alt", "without an image")


def read_variant(reading: Reading, product: Product, row: Row) -> None:
    options = chosen(reading, product, row)
    price = reading.money(row, "price")
    if price is None and not row.get("price"):
        reading.fault(row, "price", "is empty", "Every variant has a price")
    url = row.get("variant_image")
    if url and reading.address(row, "variant_image", url):
        add_image(product, row, url, 10_000 + len(product.images))
    variant = Variant(
        line=row.line,
        sku=reading.code(row, "sku"),
        options=options,
        price=price,
        compare_at=compare_at(reading, row, price),
        quantity=quantity_of(reading, row),
        manage_inventory=bool(row.get("tracker")),
        allow_backorder=backorders(reading, row),
        requires_shipping=reading.flag(row, "requires_shipping", True),
        measures={"weight": reading.measure(row, "grams")},
        barcode=reading.code(row, "barcode") or None,
        images=[url] if url else [],
        metadata=variant_metadata(reading, product, row),
    )
    reading.add_variant(product, row, variant)


def compare_at(reading: Reading, row: Row, price: Decimal | None) -> Decimal | None:
    """What it cost before; nothing where that is no more than what is asked now."""
    amount = reading.money(row, "compare_at")
    if amount is None or price is None or amount > price:
        return amount
    if amount:
        reading.skip("compare_at", "that is not above the price")
    return None


def chosen(reading: Reading, product: Product, row: Row) -> dict[str, str]:
    options: dict[str, str] = {}
    for number, title in enumerate(product.option_titles, 1):
        value = row.get(f"option{number}_value")
        if not value:
            message = f"is empty, but the product has the option {title!r}"
            reading.fault(row, f"option{number}_value", message, "Fill it in")
        options[title] = value
    for number in range(len(product.option_titles) + 1, 4):
        value = row.get(f"option{number}_value")
        if value and not (number == 1 and value.lower() == NO_OPTION[1]):
            message = "belongs to an option without a name"
            reading.fault(row, f"option{number}_value", message, "Name it in the first row")
    return options


def quantity_of(reading: Reading, row: Row) -> int | None:
    """Pieces to sell: None without a tracker, and nothing where the other system had sold too much."""
    quantity = reading.whole(row, "quantity")
    if row.get("tracker"):
        return max(quantity or 0, 0)
    if quantity:
        reading.skip("quantity", "without an inventory tracker")
    return None


def backorders(reading: Reading, row: Row) -> bool:
    policy = row.get("policy").lower()
    if policy not in ("", "deny", "continue", *TRUE, *FALSE):
        reading.fault(row, "policy", f"{row.get('policy')!r} is not known", "Write deny or continue")
    return policy == "continue" or policy in TRUE


def variant_metadata(reading: Reading, product: Product, row: Row) -> dict[str, Any]:
    found = filled({key: row.get(key) for key in ("cost", "tax_code", "weight_unit")})
    start = reading.header.starting
    unit = {snake(column.partition(":")[2]): row.get(column) for column in start("unit_price:")}
    fields = {column.partition(":")[2]: row.get(column) for column in start("variant_metafield:")}
    of_all = product.metadata.get("google_shopping", {})
    google = {snake(column.partition(":")[2]): row.get(column) for column in start("google:")}
    google = {key: value for key, value in google.items() if value != of_all.get(key)}
    found |= filled_groups(unit_price=unit, metafields=fields, google_shopping=google)
    return found if reading.flag(row, "taxable", True) else found | {"taxable": False}


def snake(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


FORMAT = Format(
    name="shopify",
    columns=COLUMNS,
    needed=(("handle",), ("title",), ("price",)),
    read=read,
    patterns=PATTERNS,
    idle={"variant fulfillment service": ("manual",)},
    kept=(
        *("vendor", "seo_", "collection", "category", "cost", "tax_code", "weight_unit"),
        *("metafield:", "variant_metafield:", "google:", "unit_price:"),
    ),
)
