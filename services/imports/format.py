"""What a format of product files is: its columns, whose product a row is of, and how rows become a product."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from services.imports.catalogue import Product, Reading
from services.imports.rows import Row

UNKNOWN = "\x00"  # a cell that is not there, or cannot be read
Cells = Callable[[str], str]


def key_of_handle(cells: Cells) -> str:
    """Rows of one handle are of one product, however it is capitalised."""
    return cells("handle").casefold()


def suspects_by_handle(candidates: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The products that a broken row may be of, by what may be its handle."""
    found = candidates.get("handle", (UNKNOWN,))
    return tuple(dict.fromkeys(cell.casefold() for cell in found if cell and UNKNOWN not in cell))


def no_alias(cells: Cells) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Format:
    """A format of product files.

    `columns` are our names with those that files use (lower case), `patterns` names with something in them, as regular
    expressions with what they expand to. Of each tuple of `needed`, one column must be there. `idle` are values that
    say nothing, by the file's column in lower case; `kept` begins the names of columns that become metadata only;
    `derived` are columns that say again what others do, so that nothing is lost where they are not used.
    """

    name: str
    columns: Mapping[str, tuple[str, ...]]
    needed: tuple[tuple[str, ...], ...]
    read: Callable[[Reading, list[Row]], Product | None]
    key: Callable[[Cells], str] = key_of_handle
    alias: Callable[[Cells], str] = no_alias
    suspects: Callable[[Mapping[str, Sequence[str]]], tuple[str, ...]] = suspects_by_handle
    patterns: tuple[tuple[re.Pattern[str], str], ...] = ()
    idle: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kept: tuple[str, ...] = ()
    derived: tuple[str, ...] = ()
    key_column: str = "handle"
    names_currency: bool = False

    def column(self, name: str) -> str | None:
        """Our name of a column; None for one that is not known."""
        for column, names in self.columns.items():
            if name in names:
                return column
        for pattern, ours in self.patterns:
            if match := pattern.fullmatch(name):
                return match.expand(ours)
        return None

    def left_out(self, rows: Sequence[Row]) -> Iterator[str]:
        """The column of each filled cell of a product that was read without it; a cell that says the same as one that
        was used is no loss."""
        for row in rows:
            self.key(row.get), self.alias(row.get)
        used = {(column, row.cells.get(column, "").casefold()) for row in rows for column in row.used}
        for row in rows:
            for column, cell in row.cells.items():
                if cell and column not in row.used.union(self.derived) and (column, cell.casefold()) not in used:
                    yield column

    def kept_only(self, rows: Sequence[Row]) -> Iterator[str]:
        """The column of each filled cell of a product that became metadata."""
        for row in rows:
            yield from (column for column in row.cells if column.startswith(self.kept) and self.is_used(row, column))

    @staticmethod
    def is_used(row: Row, column: str) -> bool:
        return bool(row.cells[column]) and column in row.used

    def missing(self, cells: Sequence[str]) -> list[str]:
        there = {self.column(cell.lower()) for cell in cells}
        return [
            " or ".join(self.columns[column][0] for column in group)
            for group in self.needed
            if not there.intersection(group)
        ]
