"""Rows of a product CSV, one after the other and never all at once: encodings, delimiters, headers, broken rows."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, BinaryIO
from unicodedata import normalize

from services.imports.format import UNKNOWN, Format
from services.imports.formats import FORMATS
from services.imports.rows import Broken, Fault, Header, Row, UnreadableCsv

LONGEST_CELL = 1_000_000  # characters; a quote that is never closed swallows no more than that
LONGEST_LINE = 20_000_000  # characters
DELIMITERS = ",;\t|"
BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# Surrogates stand for bytes that are not text here; U+FFFD for what another program could not read.
UNREADABLE = re.compile("[\x00\ud800-\udfff\ufffd]")
NOT_TEXT = "has characters that cannot be read"
SAVE_AGAIN = "Export the file again as CSV in UTF-8"


class Lines:
    """Lines of a text, some of them read again after a record that broke."""

    def __init__(self, text: IO[str]) -> None:
        self.text = text
        self.number = 0
        self.taken: list[str] = []
        self.again: list[str] = []

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        line = self.again.pop() if self.again else self.text.readline(LONGEST_LINE)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) >= LONGEST_LINE:
            raise UnreadableCsv(f"Line {self.number} has more than {LONGEST_LINE:,} characters. Is it a CSV file?")
        self.taken.append(line)
        return line

    def put_back(self) -> None:
        """All lines taken since the last record began, but the first, are read anew."""
        self.number -= len(self.taken) - 1
        self.again.extend(reversed(self.taken[1:]))
        del self.taken[1:]


class CsvFile:
    """An open CSV file: `header` and `format`, then `rows()` once. `position` is how many bytes are read."""

    def __init__(self, path: Path, format_name: str | None = None) -> None:
        self.raw: BinaryIO = path.open("rb")
        try:
            encoding = encoding_of(self.raw.read(4))
            self.raw.seek(0)
            self.text = open_text(self.raw, encoding)
            self.lines = Lines(self.text)
            self.delimiter = self.read_delimiter()
            csv.field_size_limit(LONGEST_CELL)
            self.reader = csv.reader(self.lines, delimiter=self.delimiter, strict=True)
            self.format, self.header = self.read_header(format_name)
        except BaseException:
            self.raw.close()
            raise

    @property
    def position(self) -> int:
        return self.raw.tell()

    def close(self) -> None:
        self.text.close()

    def read_delimiter(self) -> str:
        """The delimiter of the first line that says something; a line `sep=;` is for spreadsheets only."""
        for line in self.lines:
            stated = re.fullmatch(r"\ufeff?\"?sep=(.)\"?\s*", line, re.IGNORECASE)
            if stated and stated[1] in DELIMITERS:
                return stated[1]
            if line.strip("\ufeff \r\n"):
                self.lines.number -= 1
                self.lines.again.append(line)
                return delimiter_of(line)
        raise UnreadableCsv("The file is empty. Export it again.")

    def read_header(self, format_name: str | None) -> tuple[Format, Header]:
        self.lines.taken.clear()
        try:
            cells = next(tuple(clean(cell) for cell in row) for row in self.reader if any(cell.strip() for cell in row))
        except StopIteration:
            raise UnreadableCsv("The file is empty. Export it again.") from None
        except csv.Error as error:
            raise UnreadableCsv(f"The first line is not CSV ({error}). Export the file as CSV in UTF-8.") from error
        if any(unreadable(cell) for cell in cells):
            raise UnreadableCsv(f"The first line {NOT_TEXT}. {SAVE_AGAIN}.")
        chosen = format_of(cells, format_name)
        columns = tuple(chosen.column(cell.lower()) for cell in cells)
        known: dict[str, str] = {}
        for cell, column in zip(cells, columns, strict=True):
            if column is None:
                continue
            if column in known:
                others = f"{known[column]!r} and {cell!r}" if known[column] != cell else f"{cell!r} twice"
                raise UnreadableCsv(
                    f"The first line has the columns {others}, which mean the same. Remove one of them."
                )
            known[column] = cell
        return chosen, Header(cells, columns, known)

    def rows(self) -> Iterator[Row | Broken]:
        while True:
            self.lines.taken.clear()
            line = self.lines.number + 1
            try:
                cells = next(self.reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield self.torn(line, error)
                continue
            if any(cell.strip() for cell in cells):
                yield self.row(line, cells)

    def torn(self, line: int, error: csv.Error) -> Broken:
        """A record whose quotes are wrong ends with its line: what they swallowed are rows of their own."""
        self.lines.put_back()
        hint = "Close its quotes, and double quotes inside a cell"
        return self.broken(
            Fault(line, "", f"is not a CSV row: {error}", hint), sound(self.lines.taken[0], self.delimiter)
        )

    def row(self, line: int, cells: list[str]) -> Row | Broken:
        """Cells beyond the header are a fault; cells missing at the end are empty, as spreadsheets leave them out."""
        names = self.header.cells
        extra = len(cells) - len(names)
        if extra > 0 and any(cell.strip() for cell in cells[len(names) :]):
            self.lines.put_back()
            hint = "Quote cells that have commas"
            return self.broken(
                Fault(line, "", f"has {len(cells)} cells, the first line {len(names)}", hint), cells, extra
            )
        if extra < 0 and self.is_cut_off():
            self.lines.put_back()
            return self.broken(Fault(line, "", "is where the file breaks off", "Export the file again"), cells)
        known: dict[str, str] = {}
        others: dict[str, str] = {}
        for name, column, cell in zip(names, self.header.columns, cells, strict=False):
            if unreadable(cell):
                return self.broken(Fault(line, name, NOT_TEXT, SAVE_AGAIN), cells)
            text = clean(cell)
            if column is not None:
                known[column] = text
            elif text:
                others[name] = text
        return Row(line, known, others)

    def is_cut_off(self) -> bool:
        return not self.lines.again and not self.lines.taken[-1].endswith(("\n", "\r"))

    def broken(self, fault: Fault, cells: list[str], extra: int = 0) -> Broken:
        """The fault, with the products that the cells may be of. With cells too many, any may have moved by those."""
        candidates: dict[str, list[str]] = {}
        for index, column in enumerate(self.header.columns):
            if column is not None:
                found = [clean(cell) for cell in cells[index : index + extra + 1]] or [UNKNOWN]
                candidates[column] = [UNKNOWN if unreadable(cell) else cell for cell in found]
        return Broken(fault, self.format.suspects(candidates))


def format_of(cells: tuple[str, ...], name: str | None) -> Format:
    """The format asked for, or the one that the first line is of; UnreadableCsv when it is of none, or of several."""
    if name is not None:
        missing = FORMATS[name].missing(cells)
        if missing:
            raise UnreadableCsv(
                f"The first line has no column for {', '.join(missing)}. Is it a product export of {name}?"
            )
        return FORMATS[name]
    fitting = [one for one in FORMATS.values() if not one.missing(cells)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise UnreadableCsv(f"The file may be of {' or '.join(one.name for one in fitting)}. Name one with --format.")
    lacks = "; ".join(f"{one.name}: {', '.join(one.missing(cells))}" for one in FORMATS.values())
    raise UnreadableCsv(f"The first line is of no known product export. What it has no column for: {lacks}.")


def encoding_of(start: bytes) -> str:
    for mark, encoding in BOMS:
        if start.startswith(mark):
            return encoding
    # The first character of a header is ASCII, and half of it is nothing in UTF-16.
    if len(start) >= 2 and b"\x00" in start[:2]:
        return "utf-16-be" if start[0] == 0 else "utf-16-le"
    return "utf-8-sig"


def marked(error: UnicodeError) -> tuple[str, int]:
    """In place of bytes that are no text: a character that no text has."""
    assert isinstance(error, UnicodeDecodeError), "files are only read"
    return "\udcff", error.end


def open_text(raw: BinaryIO, encoding: str) -> IO[str]:
    """Bytes that are no text come through as surrogates, so that they fail their row and not the file."""
    codecs.register_error("pasar.marked", marked)
    return io.TextIOWrapper(raw, encoding=encoding, errors="pasar.marked", newline="")


def sound(line: str, delimiter: str) -> list[str]:
    """The cells of a broken line up to the first that is not well formed."""
    mark = re.escape(delimiter)
    cell = re.compile(rf'(?:"((?:[^"]|"")*)"|([^"{mark}\r\n][^{mark}\r\n]*|))(?:{mark}|(?=[\r\n]|$))')
    cells: list[str] = []
    place = 0
    while place < len(line) and (match := cell.match(line, place)):
        cells.append(match[1].replace('""', '"') if match[1] is not None else match[2])
        if match.end() == place:
            break
        place = match.end()
    return cells


def delimiter_of(line: str) -> str:
    """The delimiter that the header has most of, outside quotes."""
    bare = "".join(part for index, part in enumerate(line.split('"')) if index % 2 == 0)
    return max(DELIMITERS, key=bare.count) if any(sign in bare for sign in DELIMITERS) else ","


def unreadable(cell: str) -> bool:
    return (not cell.isascii() and UNREADABLE.search(cell) is not None) or "\x00" in cell


def clean(cell: str) -> str:
    return normalize("NFC", cell.strip().removeprefix("\ufeff").strip())
