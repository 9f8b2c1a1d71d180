"""A product as every format's reader yields it, and what readers share: cells as flags, numbers and amounts."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from hashlib import sha256
from typing import Any

from services.imports.rows import Fault, Header, Row
from utils.money import exponent
from utils.text import slug

WHOLE = re.compile(r"[-+]?\d{1,10}([.,]0*)?")
NUMBER = re.compile(r"\d{1,15}([.,]\d{0,20})?|[.,]\d{1,20}")
THOUSANDS = re.compile(r"[1-9]\d{0,2},\d{3}")  # 1,800 may be 1800 or 1.8
COUNT_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}[.,]000")  # 1.000 pieces may be 1000 or 1
POINTED = re.compile(r"[1-9]\d{0,2}\.\d{3}")  # of a price: 150.000 rupiah are more often 150000 than 150
THOUSAND_DIGITS = 3  # digits of currencies that write prices so: 1.800 dinars
SHORTENED = re.compile(r"\d([.,]\d+)?E\+?\d+", re.IGNORECASE)  # what spreadsheets make of long numbers
TRUE, FALSE = ("true", "yes", "1"), ("false", "no", "0")


@dataclass(slots=True)
class Image:
    line: int
    url: str
    position: int
    alt: str


@dataclass(slots=True)
class Variant:
    """Amounts as the file writes them, by currency (none for that of the import); measures in grams and millimetres.

    `quantity` is None where stock is not counted. An empty `sku` is filled when it is known which are taken.
    """

    line: int
    sku: str
    options: dict[str, str]
    price: Decimal | None
    compare_at: Decimal | None = None
    prices: dict[str, Decimal] = field(default_factory=dict)
    quantity: int | None = None
    manage_inventory: bool = False
    allow_backorder: bool = False
    requires_shipping: bool = True
    measures: dict[str, Any] = field(default_factory=dict)
    barcode: str | None = None
    images: list[str] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)
    title: str = ""
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Product:
    """`external_id` finds it again. `stated` are the fields that the file has columns for: others stay as they are."""

    line: int
    handle: str
    external_id: str
    title: str
    body: str = ""
    type: str | None = None
    tags: list[str] = field(default_factory=list)
    status: str = "published"
    is_giftcard: bool = False
    metadata: dict[str, Any] = field(default_factory=dict)
    option_titles: list[str] = field(default_factory=list)
    variants: list[Variant] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    stated: frozenset[str] = frozenset()
    more: dict[str, Any] = field(default_factory=dict)

    def states(self, *fields: str) -> bool:
        return any(name in self.stated for name in fields)


@dataclass(slots=True)
class Reading:
    """One product being read: what is wrong with it so far, what to look at, and filled cells that are not used."""

    header: Header
    currency: str | None = None  # of prices whose column names none
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)

    def fault(self, row: Row, column: str, message: str, hint: str) -> None:
        self.faults.append(Fault(row.line, self.header.name(column) if column else "", message, hint))

    def warn(self, row: Row, column: str, message: str, hint: str) -> None:
        self.warnings.append(Fault(row.line, self.header.name(column), message, hint))

    def skip(self, column: str, why: str = "") -> None:
        """Note a filled cell that is not loaded."""
        self.unused.append(f"{self.header.name(column)}{why and ' '}{why}")

    def flag(self, row: Row, column: str, default: bool) -> bool:
        text = row.get(column).lower()
        if text and text not in (*TRUE, *FALSE):
            self.fault(row, column, f"{row.get(column)!r} is neither true nor false", "Write TRUE or FALSE")
        return text in TRUE if text else default

    def whole(self, row: Row, column: str) -> int | None:
        text = row.get(column).removeprefix("'")
        if text and (not WHOLE.fullmatch(text) or COUNT_THOUSANDS.fullmatch(text)):
            hint = "Write it without units and thousands signs, as 250"
            self.fault(row, column, f"{text!r} is not a whole number", hint)
            return None
        return int(re.split("[.,]", text)[0]) if text else None

    def measure(self, row: Row, column: str, factor: Decimal = Decimal(1)) -> int | None:
        """A measure as a whole number of our unit, rounded half up; None for nothing."""
        text = row.get(column).removeprefix("'")
        value = number(text)
        if text and value is None:
            self.fault(row, column, f"{text!r} is not a number", "Write it without units and thousands signs, as 250.5")
        return int((value * factor).to_integral_value(ROUND_HALF_UP)) or None if value is not None else None

    def money(self, row: Row, column: str, currency: str | None = None) -> Decimal | None:
        text = row.get(column).removeprefix("'")
        value = number(text)
        hint = "Write it as 1234.50, without currency and thousands signs"
        if text and value is None:
            self.fault(row, column, f"{text!r} is not a price", hint)
        elif POINTED.fullmatch(text) and exponent(currency or self.currency or "") != THOUSAND_DIGITS:
            self.fault(row, column, f"{text!r} can be read in two ways", hint)
        return value

    def code(self, row: Row, column: str) -> str:
        """A SKU or barcode. Spreadsheets put an apostrophe before numbers that are to stay text, or shorten them."""
        text = row.get(column).removeprefix("'")
        if SHORTENED.fullmatch(text):
            self.warn(row, column, f"{text!r} looks like a number that a spreadsheet has shortened", "Compare it")
        return text

    def shared(self, rows: Iterable[Row], column: str) -> str:
        """A product's own cell: the first that is filled. Others that differ are told."""
        first: Row | None = None
        for row in rows:
            text = row.get(column)
            if first is None and text:
                first = row
            elif first is not None and text and text.casefold() != first.get(column).casefold():
                message = f"differs from line {first.line}, which counts for the product"
                self.warn(row, column, message, "Write the same in all rows, or only in the first")
                break
        return first.get(column) if first is not None else ""

    def address(self, row: Row, column: str, url: str) -> bool:
        if is_address(url):
            return True
        self.fault(row, column, f"{url[:80]!r} is not an http(s) address", "Correct it, or leave it empty")
        return False

    def add_variant(self, product: Product, row: Row, variant: Variant) -> None:
        """Add a variant unless there is one of the same choice."""
        for other in product.variants:
            if other.options == variant.options:
                message = f"is the variant of line {other.line} again"
                self.fault(row, "option1_value", message, "Remove one of the two rows")
                return
        product.variants.append(variant)


def first_row(rows: list[Row], column: str) -> Row:
    """The first row that fills a column, or the first of all."""
    return next((row for row in rows if row.get(column)), rows[0])


def add_image(product: Product, row: Row, url: str, position: int | None = None, alt: str = "") -> None:
    for image in product.images:
        if image.url == url:
            image.alt = image.alt or alt
            return
    product.images.append(Image(row.line, url, len(product.images) + 1 if position is None else position, alt))


def number(text: str) -> Decimal | None:
    """A number with a decimal point or comma; None where it is none, or where a comma may part thousands."""
    if not NUMBER.fullmatch(text) or THOUSANDS.fullmatch(text):
        return None
    return Decimal(text.replace(",", "."))


def made_sku(handle: str, values: list[str], apart: bool = False) -> str:
    """A SKU for a variant that has none: always the same for the same handle and option values.

    `apart` marks it with a hash of both, for when the plain one is taken.
    """
    parts = [slug(handle), *(slug(value) for value in values)]
    if not apart and all(slug(value).replace("-", " ") == value.lower() for value in values):
        return "-".join(parts).upper()
    # Signs were dropped, and two values may now look alike.
    told = [handle, *values] if apart else values
    mark = sha256("\0".join(told).encode()).hexdigest()[:6]
    return "-".join(part for part in (*parts, mark) if part).upper()


def is_address(url: str) -> bool:
    return re.fullmatch(r"https?://[^\s/?#]+[^\s]*", url) is not None and len(url) <= 2_000


def filled(named: Mapping[str, str]) -> dict[str, Any]:
    return {key: value for key, value in named.items() if value}
