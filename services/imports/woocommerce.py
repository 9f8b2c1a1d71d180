"""Products of WooCommerce's product exporter, with the English names of its columns."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from services.imports.catalogue import Product, Reading, Variant, add_image, filled
from services.imports.format import UNKNOWN, Cells, Format
from services.imports.rows import Row
from utils.text import slug

COLUMNS: dict[str, tuple[str, ...]] = {
    "id": ("id",),
    "kind": ("type",),
    "sku": ("sku",),
    "barcode": ("gtin, upc, ean, or isbn",),
    "title": ("name",),
    "published": ("published",),
    "short": ("short description",),
    "body": ("description",),
    "sale_starts": ("date sale price starts",),
    "sale_ends": ("date sale price ends",),
    "tax_status": ("tax status",),
    "tax_class": ("tax class",),
    "in_stock": ("in stock?",),
    "quantity": ("stock",),
    "backorders": ("backorders allowed?",),
    "sale_price": ("sale price",),
    "price": ("regular price",),
    "categories": ("categories",),
    "tags": ("tags",),
    "brands": ("brands",),
    "shipping_class": ("shipping class",),
    "image": ("images",),
    "parent": ("parent",),
    "position": ("position",),
    "cost": ("cost of goods",),
    "purchase_note": ("purchase note",),
}
PATTERNS = (
    (re.compile(r"attribute (\d+) name"), r"attribute_name:\1"),
    (re.compile(r"attribute (\d+) value\(s\)"), r"attribute_values:\1"),
    (re.compile(r"(weight|length|width|height) \((\w+)\)"), r"\1:\2"),
    (re.compile(r"meta: (.+)"), r"meta:\1"),
)
GRAMS = {"kg": Decimal(1000), "g": Decimal(1), "lbs": Decimal("453.59237"), "oz": Decimal("28.349523125")}
MILLIMETRES = {"m": Decimal(1000), "cm": Decimal(10), "mm": Decimal(1), "in": Decimal("25.4"), "yd": Decimal("914.4")}
UNITS = {"weight": GRAMS, "length": MILLIMETRES, "width": MILLIMETRES, "height": MILLIMETRES}
IN_METADATA = ("categories", "brands", "purchase_note", "shipping_class")
OF_VARIANT = ("cost", "tax_class", "shipping_class")
VARIATION, SOLD = "variation", ("simple", "variable")


def key(cells: Cells) -> str:
    """A variation is of its parent, which it calls by `id:` or by SKU; others are products of their own."""
    if kinds_of(cells("kind"))[0] == VARIATION:
        parent = unescaped(cells("parent"))
        return parent.casefold() if parent.casefold().startswith("id:") else f"sku:{parent}" if parent else ""
    if cells("id"):
        return f"id:{cells('id')}"
    return f"sku:{cells('sku')}" if cells("sku") else ""


def alias(cells: Cells) -> str:
    """How variations may call the product: by its SKU."""
    return f"sku:{unescaped(cells('sku'))}" if cells("sku") and kinds_of(cells("kind"))[0] != VARIATION else ""


def suspects(candidates: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The products that a broken row may be of; none where one of the cells that say it cannot be read."""
    kind = candidates.get("kind", (UNKNOWN,))[0]
    if UNKNOWN in kind:
        return ()
    named = "parent" if kinds_of(kind)[0] == VARIATION else "id" if "id" in candidates else "sku"
    cells = candidates.get(named, (UNKNOWN,))
    if UNKNOWN in cells[0]:
        return ()
    found = [key({"kind": kind, named: cell}.get) for cell in cells if cell and UNKNOWN not in cell]  # type: ignore[arg-type]
    return tuple(dict.fromkeys(one for one in found if one))


def read(reading: Reading, rows: list[Row]) -> Product | None:
    """A product of its own row and those of its variations."""
    variations = [row for row in rows if kinds_of(row.get("kind"))[0] == VARIATION]
    heads = [row for row in rows if row not in variations]
    if len(heads) != 1:
        message = "is of a parent that the file does not have" if not heads else "is in the file twice"
        hint = "Export the products together with their variations" if not heads else "Keep one of the rows"
        reading.fault((heads or rows)[-1], "parent" if not heads else "id", message, hint)
        return None
    head = heads[0]
    kinds = kinds_of(head.get("kind"))
    if kinds[0] not in SOLD:
        reading.fault(
            head, "kind", f"{kinds[0]!r} is no kind of product that is sold here", "Make it simple or variable"
        )
        return None
    if not head.get("title"):
        reading.fault(head, "title", "is empty", "Every product has a name")
    product = product_of(reading, head, [row for row in variations if attributes_of(row)])
    sold = [row for row in variations if is_sold(reading, row)] if kinds[0] == "variable" else [head]
    if kinds[0] == "variable" and not sold:
        reading.fault(head, "kind", "has no variation that is published", "Publish one, or make it simple")
    for row in sorted(sold, key=lambda row: reading.whole(row, "position") or 0):
        read_variant(reading, product, head, row)
    return None if reading.faults else product


def product_of(reading: Reading, head: Row, variations: list[Row]) -> Product:
    titles = list(dict.fromkeys(title for row in variations for title in attributes_of(row)))
    of_all = {name: ", ".join(values) for name, values in attributes_of(head).items() if name not in titles}
    meta = {column.removeprefix("meta:"): head.get(column) for column in reading.header.starting("meta:")}
    named = filled({name: head.get(name) for name in IN_METADATA})
    named |= {name: cells for name, cells in (("attributes", filled(of_all)), ("meta", filled(meta))) if cells}
    if kinds_of(head.get("kind"))[0] == "variable":
        # The parent cannot be bought; what it is called by would go with it.
        named |= filled({name: head.get(name) for name in ("sku", "barcode")})
    if head.get("body") and head.get("short"):
        named["short_description"] = text_of(head.get("short"))
    product = Product(
        line=head.line,
        handle=slug(head.get("title")) or f"product-{head.get('id')}",
        external_id=f"woocommerce:{head.get('id') or head.get('sku')}",
        title=head.get("title"),
        body=text_of(head.get("body") or head.get("short")),
        tags=list(dict.fromkeys(listed(head.get("tags")))),
        status="published" if reading.whole(head, "published") in (1, None) else "draft",
        metadata=named,
        option_titles=titles,
        stated=stated(reading),
    )
    for url in listed(head.get("image")):
        if reading.address(head, "image", url):
            add_image(product, head, url)
    return product


def stated(reading: Reading) -> frozenset[str]:
    has = reading.header.has
    fields = {
        "description": has("body", "short"),
        "tags": has("tags"),
        "status": has("published"),
        "images": has("image"),
        "options": bool(reading.header.starting("attribute_name:")),
        "inventory": has("quantity", "in_stock"),
        "allow_backorder": has("backorders"),
        "requires_shipping": True,
        "barcode": has("barcode"),
        "variant_images": has("image"),
        **{name: bool(reading.header.starting(f"{name}:")) for name in UNITS},
    }
    return frozenset(name for name, there in fields.items() if there)


def is_sold(reading: Reading, row: Row) -> bool:
    if row.get("published") in ("", "1", "-1"):
        return True
    reading.skip("published", "of variations that are not published")
    return False


def read_variant(reading: Reading, product: Product, head: Row, row: Row) -> None:
    price, compare_at = prices_of(reading, row)
    options = chosen(reading, product, row) if row is not head else {}
    images = listed(row.get("image")) if row is not head else []
    for url in images:
        if reading.address(row, "image", url):
            add_image(product, row, url)
    status = row.get("tax_status") or head.get("tax_status")
    named = filled({name: row.get(name) or head.get(name) for name in OF_VARIANT})
    if row is not head:
        meta = {column.removeprefix("meta:"): row.get(column) for column in reading.header.starting("meta:")}
        named |= {"meta": filled(meta)} if filled(meta) else {}
        named |= filled({"description": text_of(row.get("body"))})
    variant = Variant(
        line=row.line,
        # A simple product has its only SKU; the parent's own is nobody's who can be bought.
        sku=reading.code(row, "sku"),
        options=options,
        price=price,
        compare_at=compare_at,
        allow_backorder=row.get("backorders") in ("1", "notify"),
        requires_shipping="virtual" not in kinds_of(row.get("kind")),
        measures=measures_of(reading, head, row),
        barcode=reading.code(row, "barcode") or None,
        images=images,
        metadata=named | ({"taxable": False} if status == "none" else {}),
    )
    reading.add_variant(product, row, with_stock(reading, head, row, variant))


def prices_of(reading: Reading, row: Row) -> tuple[Decimal | None, Decimal | None]:
    """What is asked now, and what was before. One with dates is not loaded: the list has other dates."""
    price, sale = reading.money(row, "price"), reading.money(row, "sale_price")
    if price is None and not row.get("price"):
        reading.fault(row, "price", "is empty", "Everything that is sold has a price")
    if sale is None or price is None:
        return price, None
    if row.get("sale_starts") or row.get("sale_ends"):
        reading.skip("sale_price", "with dates")
        return price, None
    if sale >= price:
        reading.skip("sale_price", "that is not below the regular price")
        return price, None
    return sale, price


def with_stock(reading: Reading, head: Row, row: Row, variant: Variant) -> Variant:
    """Stock is counted where it has a number, or where there is none. One count for all variations cannot be shared."""
    if row.get("quantity").lower() == "parent" or (
        row is not head and not row.get("quantity") and head.get("quantity")
    ):
        message = "is that of the parent, which all variations share"
        reading.fault(row, "quantity", message, "Count the stock of each variation")
        return variant
    quantity = reading.whole(row, "quantity")
    if quantity is not None:
        return replace(variant, quantity=max(quantity, 0), manage_inventory=True)
    if row.get("in_stock") == "0":
        return replace(variant, quantity=0, manage_inventory=True)
    return variant


def measures_of(reading: Reading, head: Row, row: Row) -> dict[str, Any]:
    """Weight in grams, sizes in millimetres; a variation without its own has the parent's."""
    found: dict[str, Any] = {}
    for name, units in UNITS.items():
        for column in reading.header.starting(f"{name}:"):
            factor = units.get(column.partition(":")[2])
            own = row if row.get(column) else head
            if factor is None and own.get(column):
                reading.fault(own, column, "is in an unknown unit", f"Use one of {', '.join(units)}")
            elif factor is not None:
                found[name] = reading.measure(own, column, factor)
    return found


def chosen(reading: Reading, product: Product, row: Row) -> dict[str, str]:
    own = attributes_of(row)
    options: dict[str, str] = {}
    for title in product.option_titles:
        values = own.get(title, [])
        if not values:
            message = f"has no value of {title!r}: it stands for any"
            reading.fault(row, "parent", message, "Make a variation for each value")
        options[title] = values[0] if values else ""
    return options


def attributes_of(row: Row) -> dict[str, list[str]]:
    """Values by name of an attribute, in the order of the columns."""
    numbers = [column.partition(":")[2] for column in row.cells if column.startswith("attribute_name:")]
    return {
        row.get(f"attribute_name:{number}"): listed(row.get(f"attribute_values:{number}"))
        for number in numbers
        if row.get(f"attribute_name:{number}")
    }


def kinds_of(cell: str) -> list[str]:
    """What a product is: simple, virtual."""
    return [kind.strip().lower() for kind in cell.split(",")]


def listed(cell: str) -> list[str]:
    """The values of a cell with commas between them; those inside a value have a backslash."""
    return [text for part in re.split(r"(?<!\\),", cell) if (text := unescaped(part.strip()))]


def unescaped(text: str) -> str:
    """Text as it was: exports put an apostrophe before what a spreadsheet would take for a formula."""
    return re.sub(r"^'(?=[=+\-@])", "", text).replace("\\,", ",")


def text_of(cell: str) -> str:
    """Exports write line breaks as backslash and n."""
    return re.sub(r"(?<!\\)\\n", "\n", unescaped(cell)).replace("\\\\n", "\\n")


FORMAT = Format(
    name="woocommerce",
    columns=COLUMNS,
    needed=(("id", "sku"), ("kind",), ("title",), ("price",)),
    read=read,
    key=key,
    alias=alias,
    suspects=suspects,
    patterns=PATTERNS,
    idle={
        "is featured?": ("0",),
        "visibility in catalog": ("visible",),
        "sold individually?": ("0",),
        "allow customer reviews?": ("0", "1"),
        **{f"attribute {n} visible": ("0", "1") for n in range(1, 21)},
        **{f"attribute {n} global": ("0", "1") for n in range(1, 21)},
    },
    kept=("categories", "brands", "purchase_note", "shipping_class", "tax_class", "cost", "meta:"),
    # The name of a variation is made of the product's and its values; where stock is counted, the count says if any is.
    derived=("id", "title", "in_stock", "position"),
    key_column="parent",
)
