"""Products of Medusa's export: the columns of its second version, and of its first."""

import json
import re
from decimal import Decimal
from typing import Any

from services.imports.catalogue import Product, Reading, Variant, add_image, filled, first_row
from services.imports.format import UNKNOWN, Cells, Format
from services.imports.rows import Row
from utils.text import slug

MEASURES = ("weight", "length", "height", "width")
CODES = ("hs_code", "mid_code", "material")
COLUMNS: dict[str, tuple[str, ...]] = {
    "id": ("product id",),
    "handle": ("product handle",),
    "title": ("product title",),
    "subtitle": ("product subtitle",),
    "body": ("product description",),
    "status": ("product status",),
    "thumbnail": ("product thumbnail",),
    "type": ("product type",),
    "type_id": ("product type id",),
    "tags": ("product tags",),
    "collection": ("product collection handle",),
    "collection_title": ("product collection title",),
    "collection_id": ("product collection id",),
    "discountable": ("product discountable",),
    "gift_card": ("product is giftcard",),
    "old_external_id": ("product external id",),
    "metadata": ("product metadata",),
    "sku": ("variant sku",),
    "variant_title": ("variant title",),
    "barcode": ("variant barcode",),
    "ean": ("variant ean",),
    "upc": ("variant upc",),
    "quantity": ("variant inventory quantity",),
    "manage_inventory": ("variant manage inventory",),
    "allow_backorder": ("variant allow backorder",),
    "rank": ("variant variant rank",),
    "variant_metadata": ("variant metadata",),
    **{
        f"{of}_{name}": (f"{of} {name.replace('_', ' ')}",)
        for of in ("product", "variant")
        for name in (*MEASURES, *CODES)
    },
    **{f"{of}_country": (f"{of} origin country",) for of in ("product", "variant")},
}
PATTERNS = (
    (re.compile(r"(?:variant )?price ([a-z]{3})"), r"price:\1"),
    (re.compile(r"(?:variant )?option (\d+) name"), r"option_name:\1"),
    (re.compile(r"(?:variant )?option (\d+) value"), r"option_value:\1"),
    (re.compile(r"product image (\d+)|image (\d+) url"), r"image:\1\2"),
    (re.compile(r"variant image (\d+)"), r"variant_image:\1"),
    (re.compile(r"product tag (\d+)"), r"tag:\1"),
    (re.compile(r"product category (\d+)"), r"category:\1"),
)
IN_METADATA = ("collection", "collection_title", "collection_id", "type_id", "old_external_id")


def key(cells: Cells) -> str:
    return (cells("handle") or cells("id")).casefold()


def read(reading: Reading, rows: list[Row]) -> Product | None:
    """The product of all rows of a handle; each is a variant."""
    first = rows[0]
    title = reading.shared(rows, "title")
    if not title:
        reading.fault(first, "title", "is empty", "One row of each product has its title")
    status = reading.shared(rows, "status").lower() or "draft"
    if status not in ("draft", "proposed", "published", "rejected"):
        reading.fault(first_row(rows, "status"), "status", f"{status!r} is not known", "Write draft or published")
    product = Product(
        line=first.line,
        handle=first.get("handle") or slug(title),
        external_id=first.get("id") or first.get("handle"),
        title=title,
        body=reading.shared(rows, "body"),
        type=reading.shared(rows, "type") or None,
        tags=tags_of(reading, rows),
        status=status,
        is_giftcard=reading.flag(first_row(rows, "gift_card"), "gift_card", False),
        metadata=metadata_of(reading, rows),
        stated=stated(reading),
        more=more_of(reading, rows),
    )
    product.option_titles = list(dict.fromkeys(name for row in rows for name in options_of(reading, row)))
    if not slug(product.handle):
        reading.fault(first, "handle", f"{product.handle!r} has no letter or digit", "Choose another handle")
    for row in rows:
        for column in [*sorted_by_number(reading, "image:"), *sorted_by_number(reading, "variant_image:")]:
            if row.get(column) and reading.address(row, column, row.get(column)):
                add_image(product, row, row.get(column))
    for row in sorted(rows, key=lambda row: reading.whole(row, "rank") or 0):
        read_variant(reading, product, row)
    return None if reading.faults else product


def sorted_by_number(reading: Reading, prefix: str) -> list[str]:
    return sorted(reading.header.starting(prefix), key=lambda column: int(column.removeprefix(prefix)))


def stated(reading: Reading) -> frozenset[str]:
    has, starting = reading.header.has, reading.header.starting
    fields = {
        "description": has("body"),
        "type": has("type"),
        "tags": has("tags") or bool(starting("tag:")),
        "status": has("status"),
        "is_giftcard": has("gift_card"),
        "images": bool(starting("image:")),
        "options": bool(starting("option_name:")),
        "inventory": has("manage_inventory", "quantity"),
        "allow_backorder": has("allow_backorder"),
        "barcode": has("barcode"),
        "variant_images": bool(starting("variant_image:")),
        **{name: has(f"variant_{name}") for name in MEASURES},
    }
    return frozenset(name for name, there in fields.items() if there)


def tags_of(reading: Reading, rows: list[Row]) -> list[str]:
    tags = reading.shared(rows, "tags").split(",")
    tags += [row.get(column) for row in rows for column in sorted_by_number(reading, "tag:")]
    return list(dict.fromkeys(tag.strip() for tag in tags if tag.strip()))


def metadata_of(reading: Reading, rows: list[Row]) -> dict[str, Any]:
    found = json_of(reading, rows, "metadata") | filled({name: reading.shared(rows, name) for name in IN_METADATA})
    categories = [row.get(column) for row in rows for column in sorted_by_number(reading, "category:")]
    named = list(dict.fromkeys(name for name in categories if name))
    return found | ({"categories": named} if named else {})


def json_of(reading: Reading, rows: list[Row], column: str) -> dict[str, Any]:
    row = first_row(rows, column)
    try:
        found = json.loads(row.get(column) or "{}")
    except ValueError:
        found = None
    if isinstance(found, dict):
        return found
    reading.fault(row, column, "is not a JSON object", "Correct it, or leave it empty")
    return {}


def more_of(reading: Reading, rows: list[Row]) -> dict[str, Any]:
    """What only this format states of a product, where it has the column."""
    more: dict[str, Any] = {}
    if reading.header.has("subtitle"):
        more["subtitle"] = reading.shared(rows, "subtitle") or None
    if reading.header.has("discountable"):
        more["discountable"] = reading.flag(first_row(rows, "discountable"), "discountable", True)
    url = reading.shared(rows, "thumbnail")
    if url and reading.address(first_row(rows, "thumbnail"), "thumbnail", url):
        more["thumbnail"] = url
    return more | goods_of(reading, first_row(rows, "title"), "product")


def goods_of(reading: Reading, row: Row, of: str) -> dict[str, Any]:
    """Codes of customs and, of products, measures; of variants these are stated apart."""
    has = reading.header.has
    goods: dict[str, Any] = {name: row.get(f"{of}_{name}") or None for name in CODES if has(f"{of}_{name}")}
    if has(f"{of}_country"):
        goods["origin_country"] = row.get(f"{of}_country").lower() or None
    names = [name for name in MEASURES if of == "product" and has(f"{of}_{name}")]
    return goods | {name: reading.measure(row, f"{of}_{name}") for name in names}


def options_of(reading: Reading, row: Row) -> dict[str, str]:
    numbers = [column.removeprefix("option_name:") for column in sorted_by_number(reading, "option_name:")]
    return {
        row.get(f"option_name:{number}"): row.get(f"option_value:{number}")
        for number in numbers
        if row.get(f"option_name:{number}")
    }


def read_variant(reading: Reading, product: Product, row: Row) -> None:
    own = options_of(reading, row)
    for title in product.option_titles:
        if not own.get(title):
            reading.fault(row, "variant_title", f"has no value of the option {title!r}", "Fill it in")
    managed = reading.flag(row, "manage_inventory", bool(row.get("quantity")))
    quantity = reading.whole(row, "quantity")
    if quantity and not managed:
        reading.skip("quantity", "where stock is not counted")
    counted = max(quantity, 0) if managed and quantity is not None else None
    variant = Variant(
        line=row.line,
        sku=reading.code(row, "sku"),
        options={title: own.get(title, "") for title in product.option_titles},
        price=None,
        prices=prices_of(reading, row),
        quantity=counted,
        manage_inventory=managed,
        allow_backorder=reading.flag(row, "allow_backorder", False),
        measures={name: reading.measure(row, f"variant_{name}") for name in MEASURES},
        barcode=reading.code(row, "barcode") or None,
        images=[url for c in sorted_by_number(reading, "variant_image:") if (url := row.get(c))],
        metadata=json_of(reading, [row], "variant_metadata"),
        title=row.get("variant_title"),
        more=goods_of(reading, row, "variant")
        | {name: row.get(name) or None for name in ("ean", "upc") if reading.header.has(name)},
    )
    reading.add_variant(product, row, variant)


def prices_of(reading: Reading, row: Row) -> dict[str, Decimal]:
    """Prices by currency; those of a region have columns that are not loaded."""
    columns = reading.header.starting("price:")
    codes = {column: column.removeprefix("price:").lower() for column in columns}
    found = {code: reading.money(row, column, code) for column, code in codes.items()}
    if not any(row.get(column) for column in columns):
        column = columns[0] if columns else "title"
        reading.fault(row, column, "no column with a currency has a price", "Give the variant a price")
    return {code: amount for code, amount in found.items() if amount is not None}


def suspects(candidates: Any) -> tuple[str, ...]:
    """The products that a broken row may be of, by what may be its handle, or else its id."""
    cells = candidates.get("handle") or candidates.get("id") or (UNKNOWN,)
    if UNKNOWN in cells[0]:
        return ()
    return tuple(dict.fromkeys(cell.casefold() for cell in cells if cell and UNKNOWN not in cell))


FORMAT = Format(
    name="medusa",
    columns=COLUMNS,
    needed=(("handle", "id"), ("title",), ("sku", "variant_title")),
    read=read,
    key=key,
    suspects=suspects,
    patterns=PATTERNS,
    kept=("collection", "type_id", "old_external_id", "category:", "metadata", "variant_metadata"),
    names_currency=True,
)
