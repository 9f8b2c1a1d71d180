"""All rows of a file by their product, kept on disk: rows of one product need not stand together."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Self

import orjson

from services.imports.csv_rows import CsvFile
from services.imports.rows import Broken, Fault, Row


@dataclass(slots=True)
class Lost:
    """A row of which nobody can say whose it is, and the products beside it."""

    fault: Fault
    beside: list[str] = field(default_factory=list)


class Spool:
    """The file, read whole: groups of rows in the order of their first, and what could not be read.

    Only places in the spool are held in memory: some hundred bytes a product and eight a row.
    """

    def __init__(self, file: CsvFile) -> None:
        self.file = file
        self.store: IO[bytes] = TemporaryFile()  # noqa: SIM115  closed with the spool
        self.places: dict[str, array[int]] = {}
        self.aliases: dict[str, str] = {}
        self.faults: list[Fault] = []
        self.lost: list[Lost] = []
        self.suspects: set[str] = set()
        self.not_loaded: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.store.close()

    def read(self) -> Iterator[Row]:
        """Read the file to its end; the rows as they come, for whoever counts."""
        previous = ""
        fresh: list[Lost] = []  # what was lost since the last row whose product is known
        for found in self.file.rows():
            item = self.filed(found) if isinstance(found, Row) else found
            keys = item.keys if isinstance(item, Broken) else (item,)
            for lost in fresh:
                lost.beside += keys
            if isinstance(item, Broken) and not keys:
                fresh.append(Lost(item.fault, [previous] if previous else []))
                self.lost.append(fresh[-1])
                continue
            if isinstance(item, Broken):
                self.faults.append(item.fault)
                self.suspects.update(keys)
            fresh, previous = [], keys[-1]
            if isinstance(found, Row):
                yield found

    def filed(self, row: Row) -> str | Broken:
        """Keep a row with those of its product, whose key is answered."""
        chosen = self.file.format
        self.count(row)
        key = chosen.key(row.get)
        if not key:
            name = self.file.header.name(chosen.key_column)
            return Broken(Fault(row.line, name, "is empty", "Every row says whose it is"))
        alias = chosen.alias(row.get)
        if alias:
            self.aliases.setdefault(alias, key)
        self.places.setdefault(key, array("Q")).append(self.store.tell())
        self.store.write(orjson.dumps([row.line, dict(row.cells)]) + b"\n")
        return key

    def count(self, row: Row) -> None:
        idle = self.file.format.idle
        for name, cell in row.others.items():
            if cell.lower() not in idle.get(name.lower(), ()):
                self.not_loaded[name] = self.not_loaded.get(name, 0) + 1

    def close(self) -> None:
        """After the reading: join rows that call their product differently, and say of what was lost who suffers."""
        for alias, key in self.aliases.items():
            if alias != key and alias in self.places:
                self.places.setdefault(key, array("Q")).extend(self.places.pop(alias))
        for key, places in self.places.items():
            self.places[key] = array("Q", sorted(places))
        self.suspects = {self.aliases.get(key, key) for key in self.suspects}
        for lost in self.lost:
            beside = list(dict.fromkeys(self.aliases.get(key, key) for key in lost.beside))
            self.suspects.update(beside)
            names = ", ".join(repr(key) for key in beside)
            hint = f"{lost.fault.hint}. It may be of {names}: left as is" if names else lost.fault.hint
            self.faults.append(replace(lost.fault, hint=hint))

    def groups(self) -> Iterator[tuple[str, list[Row]]]:
        """The rows of each product, in the order of the products' first rows."""
        for key in sorted(self.places, key=lambda key: self.places[key][0]):
            yield key, self.rows(key)

    def rows(self, key: str) -> list[Row]:
        rows: list[Row] = []
        for place in self.places[key]:
            self.store.seek(place)
            line, cells = orjson.loads(self.store.readline())
            rows.append(Row(line, cells, {}))
        return rows

    @property
    def failed(self) -> int:
        """How many products have rows that could not be read."""
        return len(self.suspects)
