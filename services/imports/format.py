"""What a format of product files is: its columns, whose product a row is of, and how rows become a product."""

import re
from collections.abc import Callable, Mapping, Sequence
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
    say nothing, by the file's column in lower case; `kept` begins the names of columns that become metadata only.
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

    def missing(self, cells: Sequence[str]) -> list[str]:
        there = {self.column(cell.lower()) for cell in cells}
        return [
            " or ".join(self.columns[column][0] for column in group)
            for group in self.needed
            if not there.intersection(group)
        ]
