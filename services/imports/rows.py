"""What a file of products consists of: header, rows, rows that cannot be read, and faults told by line and column."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from utils.errors import AppError


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
    """Names of the columns in the file's own words, and ours for those that its format knows."""

    cells: tuple[str, ...]
    columns: tuple[str | None, ...]
    known: Mapping[str, str]

    def name(self, column: str) -> str:
        return self.known.get(column, column.replace("_", " "))

    def has(self, *columns: str) -> bool:
        return any(column in self.known for column in columns)

    def starting(self, prefix: str) -> list[str]:
        """Our names of the columns that begin so, in the file's order."""
        return [column for column in self.columns if column is not None and column.startswith(prefix)]


@dataclass(frozen=True, slots=True)
class Row:
    """One record: trimmed cells by our column names, and those that are filled but unknown by their header.

    `used` are the columns that a format has asked for.
    """

    line: int
    cells: Mapping[str, str]
    others: Mapping[str, str]
    used: set[str] = field(default_factory=set, compare=False)

    def get(self, column: str) -> str:
        self.used.add(column)
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class Broken:
    """A record that cannot be read, and the products that it may belong to; none when that cannot be read either."""

    fault: Fault
    keys: tuple[str, ...] = ()
