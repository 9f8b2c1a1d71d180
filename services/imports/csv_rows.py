"""Rows of a product CSV, one after the other and never all at once: encodings, delimiters, headers, broken rows."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from utils.errors import AppError

LONGEST_CELL = 1_000_000  # characters; a quote that is never closed swallows no more than that
DELIMITERS = ",;\t|"
BOM_UTF16 = (b"\xff\xfe", b"\xfe\xff")

# What we read -> how files call it, in lower case: the names of today's exports and of the older ones.
COLUMNS: dict[str, tuple[str, ...]] = {
    "handle": ("handle", "url handle"),
    "title": ("title",),
    "body": ("body (html)", "body html", "description"),
    "vendor": ("vendor",),
    "category": ("product category", "standard product type"),
    "type": ("type", "custom product type"),
    "tags": ("tags",),
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
NEEDED = ("handle", "title", "price")
KNOWN = {name: column for column, names in COLUMNS.items() for name in names}


class UnreadableCsv(AppError):
    code, kind = "unreadable_csv", "invalid"
    message = "The file cannot be read as a product CSV."


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at a line of the file, and what to do. The first line is the header's: 1."""

    line: int
    column: str
    message: str
    hint: str

    def __str__(self) -> str:
        where = f"line {self.line}, {self.column}" if self.column else f"line {self.line}"
        return f"{where}: {self.message}. {self.hint}"


@dataclass(frozen=True, slots=True)
class Header:
    """Names of the columns in the file's own words."""

    cells: tuple[str, ...]
    known: Mapping[str, str]

    def name(self, column: str) -> str:
        return self.known.get(column, column)


@dataclass(frozen=True, slots=True)
class Row:
    """One record: trimmed cells by our column names, and those we do not know by their header."""

    line: int
    cells: Mapping[str, str]
    others: Mapping[str, str]

    def get(self, column: str) -> str:
        return self.cells.get(column, "")


class CsvFile:
    """An open CSV file: `header`, then `rows()` once. `position` is how many bytes are read, for a progress bar."""

    def __init__(self, path: Path) -> None:
        self.raw: BinaryIO = path.open("rb")
        start = self.raw.read(2)
        self.raw.seek(0)
        self.encoding = "utf-16" if start in BOM_UTF16 else "utf-8-sig"
        self.text = open_text(self.raw, self.encoding)
        first = self.text.readline()
        self.text.seek(0)
        self.reader = csv.reader(self.text, delimiter=delimiter_of(first), strict=True)
        csv.field_size_limit(LONGEST_CELL)
        self.header = self.read_header()

    @property
    def position(self) -> int:
        return self.raw.tell()

    def close(self) -> None:
        self.text.close()

    def read_header(self) -> Header:
        try:
            cells = [clean(cell) for cell in next(self.reader)]
        except StopIteration:
            raise UnreadableCsv("The file is empty. Export it again.") from None
        except csv.Error as error:
            raise UnreadableCsv(f"The first line is not CSV ({error}). Export the file as CSV in UTF-8.") from error
        known: dict[str, str] = {}
        for cell in cells:
            column = KNOWN.get(cell.lower())
            if column in known:
                raise UnreadableCsv(f"Two columns are called {cell!r}. Remove one of them.")
            if column is not None:
                known[column] = cell
        missing = [COLUMNS[column][0] for column in NEEDED if column not in known]
        if missing:
            raise UnreadableCsv(f"The first line has no column for {', '.join(missing)}. Is it a product export?")
        return Header(tuple(cells), known)

    def rows(self) -> Iterator[Row | Fault]:
        while True:
            line = self.reader.line_num + 1
            try:
                cells = next(self.reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Fault(line, "", f"is not a CSV row: {error}", "Close its quotes, and double quotes inside a cell")
                continue
            if any(cell.strip() for cell in cells):
                yield self.row(line, cells)

    def row(self, line: int, cells: list[str]) -> Row | Fault:
        """Cells beyond the header are a fault; cells missing at the end are empty, as spreadsheets leave them out."""
        names = self.header.cells
        if len(cells) > len(names) and any(cell.strip() for cell in cells[len(names) :]):
            return Fault(
                line, "", f"has {len(cells)} cells, the first line {len(names)}", "Quote cells that have commas"
            )
        known: dict[str, str] = {}
        others: dict[str, str] = {}
        for name, cell in zip(names, cells, strict=False):
            if "\x00" in cell or (not cell.isascii() and any("\ud800" <= character <= "\udfff" for character in cell)):
                return Fault(
                    line, name, "has bytes that are not text in UTF-8", "Export the file again as CSV in UTF-8"
                )
            column = KNOWN.get(name.lower())
            if column is not None:
                known[column] = clean(cell)
            elif cell.strip():
                others[name] = clean(cell)
        return Row(line, known, others)


def open_text(raw: BinaryIO, encoding: str) -> IO[str]:
    """Bytes that are no text come through as surrogates, so that they fail their row and not the file."""
    import io

    errors = "surrogateescape" if encoding.startswith("utf-8") else "replace"
    return io.TextIOWrapper(raw, encoding=encoding, errors=errors, newline="")


def delimiter_of(line: str) -> str:
    """The delimiter that the header has most of, outside quotes."""
    bare = "".join(part for index, part in enumerate(line.split('"')) if index % 2 == 0)
    return max(DELIMITERS, key=bare.count) if any(sign in bare for sign in DELIMITERS) else ","


def clean(cell: str) -> str:
    return cell.strip().removeprefix("\ufeff")
