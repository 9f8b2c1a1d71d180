"""A product out of its CSV rows: the first row has what all variants share, the others add variants and images."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Any

from services.imports.csv_rows import CsvFile, Fault, Header, Row
from utils.text import slug

WHOLE = re.compile(r"[-+]?\d{1,10}(\.0+)?")
PRICE = re.compile(r"\d{1,15}(\.\d{1,10})?")
METAFIELD = re.compile(r"\((?:product|variant)\.metafields\.([\w.-]+)\)\s*$")
GOOGLE = "Google Shopping / "
TRUE, FALSE = ("true", "yes", "1"), ("false", "no", "0")
NO_OPTION = ("title", "default title")  # how the format says that a product has one variant and no options


@dataclass(slots=True)
class Image:
    line: int
    url: str
    position: int
    alt: str


@dataclass(slots=True)
class Variant:
    """Amounts as the file writes them, weight in grams; `quantity` is None where stock is not counted."""

    line: int
    sku: str
    options: dict[str, str]
    price: Decimal
    compare_at: Decimal | None
    quantity: int | None
    allow_backorder: bool
    requires_shipping: bool
    grams: int | None
    barcode: str | None
    image: str | None
    metadata: dict[str, Any]


@dataclass(slots=True)
class Product:
    line: int
    handle: str
    title: str
    body: str
    type: str | None
    tags: list[str]
    status: str
    is_giftcard: bool
    metadata: dict[str, Any]
    option_titles: list[str]
    variants: list[Variant] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)


@dataclass(slots=True)
class Reading:
    """One product being read, and what is wrong with it so far."""

    header: Header
    faults: list[Fault] = field(default_factory=list)

    def fault(self, row: Row, column: str, message: str, hint: str) -> None:
        self.faults.append(Fault(row.line, self.header.name(column) if column else "", message, hint))

    def flag(self, row: Row, column: str, default: bool) -> bool:
        text = row.get(column).lower()
        if text and text not in (*TRUE, *FALSE):
            self.fault(row, column, f"{row.get(column)!r} is neither true nor false", "Write TRUE or FALSE")
        return text in TRUE if text else default

    def whole(self, row: Row, column: str) -> int | None:
        text = row.get(column)
        if text and not WHOLE.fullmatch(text):
            self.fault(row, column, f"{text!r} is not a whole number", "Write it without units, as 250")
            return None
        return int(text.partition(".")[0]) if text else None

    def money(self, row: Row, column: str) -> Decimal | None:
        text = row.get(column)
        if not text:
            return None
        try:
            if not PRICE.fullmatch(text):
                raise InvalidOperation
            return Decimal(text)
        except InvalidOperation:
            self.fault(
                row, column, f"{text!r} is not a price", "Write it as 1234.50, without currency and thousands signs"
            )
            return None


# A product, or None when its rows have faults; and the faults.
Read = tuple[Product | None, list[Fault]]


def products(file: CsvFile) -> Iterator[Read]:
    """The products of a file in order; rows of one product stand together."""
    done: dict[str, int] = {}
    held: list[Row] = []
    broken: list[Fault] = []
    for row in file.rows():
        if isinstance(row, Fault):
            # A row that cannot be read may belong to the product before it: better no product than half of it.
            broken.append(row)
            continue
        handle = row.get("handle")
        if held and handle == held[0].get("handle"):
            held.append(row)
            continue
        yield from closed(file.header, held, broken, done)
        held, broken = [row], []
    yield from closed(file.header, held, broken, done)


def closed(header: Header, held: list[Row], broken: list[Fault], done: dict[str, int]) -> Iterator[Read]:
    if not held:
        if broken:
            yield None, broken
        return
    handle, line = held[0].get("handle"), held[0].line
    if not handle:
        for row in held:
            broken.append(Fault(row.line, header.name("handle"), "is empty", "Every row names its product's handle"))
        yield None, broken
    elif handle in done:
        hint = "Put all rows of a product together"
        yield (
            None,
            [*broken, Fault(line, header.name("handle"), f"{handle!r} began at line {done[handle]} already", hint)],
        )
    else:
        done[handle] = line
        product, faults = read_product(header, held)
        yield (None if broken else product), [*broken, *faults]


def read_product(header: Header, rows: list[Row]) -> Read:
    reading = Reading(header)
    first = rows[0]
    if not first.get("title"):
        reading.fault(first, "title", "is empty", "The first row of a product has its title")
    if not slug(first.get("handle")):
        reading.fault(first, "handle", f"{first.get('handle')!r} has no letter or digit", "Choose another handle")
    product = Product(
        line=first.line,
        handle=first.get("handle"),
        title=first.get("title"),
        body=first.get("body"),
        type=first.get("type") or None,
        tags=list(dict.fromkeys(tag.strip() for tag in first.get("tags").split(",") if tag.strip())),
        status=status_of(reading, first),
        is_giftcard=reading.flag(first, "gift_card", False),
        metadata=metadata_of(first),
        option_titles=option_titles(reading, rows),
    )
    for row in rows:
        add_image(reading, product, row)
        if is_variant(row, product):
            add_variant(reading, product, row)
    product.images.sort(key=lambda image: image.position)
    if not product.variants and not reading.faults:
        reading.fault(first, "price", "no row has a price", "Give at least one row a price")
    return (None if reading.faults else product), reading.faults


def status_of(reading: Reading, row: Row) -> str:
    published = reading.flag(row, "published", True)
    status = row.get("status").lower()
    if status not in ("", "active", "draft", "archived", "unlisted"):
        reading.fault(row, "status", f"{row.get('status')!r} is not known", "Write active, draft or archived")
    return "published" if published and status in ("", "active") else "draft"


def metadata_of(row: Row) -> dict[str, Any]:
    """What has no field of its own, so that nothing the file says is lost."""
    named = {key: row.get(key) for key in ("vendor", "seo_title", "seo_description")} | {
        "product_category": row.get("category")
    }
    found: dict[str, Any] = {key: value for key, value in named.items() if value}
    google = {snake(name.removeprefix(GOOGLE)): value for name, value in row.others.items() if name.startswith(GOOGLE)}
    fields = {match[1]: value for name, value in row.others.items() if (match := METAFIELD.search(name))}
    return found | ({"google_shopping": google} if google else {}) | ({"metafields": fields} if fields else {})


def option_titles(reading: Reading, rows: list[Row]) -> list[str]:
    """Titles of the options; none for a product with nothing to choose."""
    first = rows[0]
    titles = [first.get(f"option{n}_name") for n in (1, 2, 3)]
    while titles and not titles[-1]:
        titles.pop()
    if len(titles) == 1 and (titles[0].lower(), first.get("option1_value").lower()) == NO_OPTION:
        return []
    for number, title in enumerate(titles, 1):
        if not title:
            reading.fault(
                first, f"option{number}_name", "is empty, but a later option has a name", "Move the options up"
            )
    if len({title.lower() for title in titles}) < len(titles):
        reading.fault(first, "option1_name", "two options have the same name", "Rename one of them")
    return titles


def is_variant(row: Row, product: Product) -> bool:
    """Rows without a price and options only add an image."""
    if any(row.get(column) for column in ("price", "sku", "option2_value", "option3_value")):
        return True
    return bool(row.get("option1_value")) and bool(product.option_titles)


def add_image(reading: Reading, product: Product, row: Row) -> None:
    url = row.get("image")
    if not url:
        return
    position = reading.whole(row, "image_position")
    if not is_address(url):
        reading.fault(row, "image", f"{url[:80]!r} is not an http(s) address", "Correct it, or leave it empty")
    elif url not in {image.url for image in product.images}:
        fallback = len(product.images) + 1
        product.images.append(
            Image(row.line, url, position if position is not None else fallback, row.get("image_alt"))
        )


def add_variant(reading: Reading, product: Product, row: Row) -> None:
    options = chosen(reading, product, row)
    price = reading.money(row, "price")
    if price is None and not row.get("price"):
        reading.fault(row, "price", "is empty", "Every variant has a price")
    compare_at = reading.money(row, "compare_at")
    url = row.get("variant_image") or None
    if url is not None and not is_address(url):
        reading.fault(row, "variant_image", f"{url[:80]!r} is not an http(s) address", "Correct it, or leave it empty")
    elif url is not None and url not in {image.url for image in product.images}:
        product.images.append(Image(row.line, url, 10_000 + len(product.images), ""))
    # Spreadsheets put an apostrophe before numbers that are to stay text.
    sku = row.get("sku").removeprefix("'") or made_sku(product.handle, list(options.values()))
    for other in product.variants:
        if other.options == options and (options or product.variants):
            reading.fault(
                row, "option1_value", f"is the variant of line {other.line} again", "Remove one of the two rows"
            )
            return
        if other.sku == sku:
            reading.fault(row, "sku", f"{sku!r} is the SKU of line {other.line} too", "Give each variant its own")
            return
    product.variants.append(
        Variant(
            line=row.line,
            sku=sku,
            options=options,
            price=price or Decimal(0),
            compare_at=compare_at if compare_at is not None and price is not None and compare_at > price else None,
            quantity=quantity_of(reading, row),
            allow_backorder=backorders(reading, row),
            requires_shipping=reading.flag(row, "requires_shipping", True),
            grams=reading.whole(row, "grams") or None,
            barcode=row.get("barcode").removeprefix("'") or None,
            image=url,
            metadata=variant_metadata(reading, row),
        )
    )


def chosen(reading: Reading, product: Product, row: Row) -> dict[str, str]:
    options: dict[str, str] = {}
    for number, title in enumerate(product.option_titles, 1):
        value = row.get(f"option{number}_value")
        if not value:
            reading.fault(
                row, f"option{number}_value", f"is empty, but the product has the option {title!r}", "Fill it in"
            )
        options[title] = value
    for number in range(len(product.option_titles) + 1, 4):
        value = row.get(f"option{number}_value")
        if value and not (number == 1 and value.lower() == NO_OPTION[1]):
            reading.fault(
                row, f"option{number}_value", "belongs to an option without a name", "Name it in the first row"
            )
    return options


def quantity_of(reading: Reading, row: Row) -> int | None:
    """Pieces to sell: None without a tracker, and nothing where the other system had sold too much."""
    quantity = reading.whole(row, "quantity")
    return max(quantity or 0, 0) if row.get("tracker") else None


def backorders(reading: Reading, row: Row) -> bool:
    policy = row.get("policy").lower()
    if policy not in ("", "deny", "continue", *TRUE, *FALSE):
        reading.fault(row, "policy", f"{row.get('policy')!r} is not known", "Write deny or continue")
    return policy == "continue" or policy in TRUE


def variant_metadata(reading: Reading, row: Row) -> dict[str, Any]:
    found: dict[str, Any] = {key: row.get(key) for key in ("cost", "tax_code", "weight_unit") if row.get(key)}
    return found if reading.flag(row, "taxable", True) else found | {"taxable": False}


def made_sku(handle: str, values: list[str]) -> str:
    """A SKU for a variant that has none: always the same for the same handle and option values."""
    parts = [slug(handle), *(slug(value) for value in values)]
    if all(slug(value).replace("-", " ") == value.lower() for value in values):
        return "-".join(parts).upper()
    # Signs were dropped, and two values may now look alike.
    mark = sha256("\0".join(values).encode()).hexdigest()[:6]
    return "-".join(part for part in (*parts, mark) if part).upper()


def snake(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def is_address(url: str) -> bool:
    return re.fullmatch(r"https?://[^\s/?#]+[^\s]*", url) is not None and len(url) <= 2_000
