"""Bring rows of a table to a stated form: delete what a whole list leaves out, update what differs, insert what is new.

Nothing is written that is as stated already: statement triggers fire for statements without rows too, and a change
counter that moves makes every process load again.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson

from models.shared.kinds import Kind, rows_of_owners
from services.infrastructure.database.database import UnitOfWork
from utils.bulk import change, insertion, removal
from utils.ids import ordered_id

Row = dict[str, Any]
Key = tuple[Any, ...]
BATCH_ROWS = 2_000  # one JSON parameter of some hundred kilobytes


@dataclass(slots=True)
class Tally:
    """How many rows of each table were created, updated, removed, or were as stated."""

    created: Counter[str] = field(default_factory=Counter)
    updated: Counter[str] = field(default_factory=Counter)
    removed: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)

    def count(self, name: str, stated: int, created: int, updated: int, removed: int) -> None:
        self.created[name] += created
        self.updated[name] += updated
        self.removed[name] += removed
        self.unchanged[name] += stated - created - updated

    @property
    def changed(self) -> int:
        return self.created.total() + self.updated.total() + self.removed.total()


@dataclass(slots=True)
class Outcome:
    """Ids by key (link tables: None) and the keys that are new."""

    ids: dict[Key, str]
    created: set[Key]


def same(held: Any, stated: Any) -> bool:
    """Whether a stated value is what the row holds; numbers by value, moments by instant."""
    if isinstance(held, Decimal) and stated is not None:
        return held == Decimal(str(stated))
    return bool(held == stated)


def key_of(kind: Kind, row: Mapping[str, Any]) -> Key:
    """The row's key; lists and objects in it as their JSON."""
    return tuple(
        orjson.dumps(value, option=orjson.OPT_SORT_KEYS) if isinstance(value := row[name], (list, dict)) else value
        for name in kind.key
    )


def encode(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, datetime) else value


def batches(rows: list[Row]) -> Iterator[tuple[tuple[str, ...], list[Row]]]:
    """Rows that state the same columns, at most BATCH_ROWS at once."""
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row), []).append({name: encode(value) for name, value in row.items()})
    for names, group in groups.items():
        for start in range(0, len(group), BATCH_ROWS):
            yield names, group[start : start + BATCH_ROWS]


async def sync(
    work: UnitOfWork,
    kind: Kind,
    rows: Iterable[Row],
    *,
    tally: Tally,
    owners: Collection[str] | None = None,
    fresh: Callable[[Key], Row] | None = None,
    whole: bool = False,
) -> Outcome:
    """Make `rows` true. Columns a row does not state stay as they are; `fresh` completes a new row by its key.

    `owners` are looked at in any case (the owners of the rows when left out); with `whole` what they have beyond the
    rows is deleted. Of rows with the same key the last one counts.
    """
    stated = {key_of(kind, row): row for row in rows}
    looked_at = list({row[kind.owner] for row in stated.values()} if owners is None else set(owners))
    if not looked_at:
        return Outcome({}, set())
    held, surplus = await held_rows(work, kind, looked_at, stated, whole)
    identity = tuple(c.name for c in kind.table.primary_key.columns)
    await remove(work, kind, surplus)
    plan = Plan({}, [], [], set())
    for key, row in stated.items():
        plan.take(kind, key, row, held.get(key), fresh)
    for names, batch in batches(plan.changes):
        await work.execute(change(kind.table, names[len(identity) :]), {"rows": batch})
    for names, batch in batches(plan.additions):
        await work.execute(insertion(kind.table, names), {"rows": batch})
    tally.count(kind.table.name, len(stated), len(plan.additions), len(plan.changes), len(surplus))
    return Outcome(plan.ids, plan.created)


@dataclass(slots=True)
class Plan:
    """What has to be written for the rows taken so far."""

    ids: dict[Key, str]
    changes: list[Row]
    additions: list[Row]
    created: set[Key]

    def take(
        self, kind: Kind, key: Key, row: Row, before: Mapping[str, Any] | None, fresh: Callable[[Key], Row] | None
    ) -> None:
        if before is None:
            named = {"id": ordered_id(kind.prefix)} if kind.prefix else {}
            addition = named | (fresh(key) if fresh else {}) | row
            self.ids[key] = addition.get("id", "")
            self.created.add(key)
            self.additions.append(addition)
            return
        self.ids[key] = before["id"] if kind.prefix else ""
        difference = {name: value for name, value in row.items() if not same(before[name], value)}
        if difference:
            identity = {column.name: before[column.name] for column in kind.table.primary_key.columns}
            self.changes.append(identity | difference)


async def held_rows(
    work: UnitOfWork, kind: Kind, owners: list[str], stated: Mapping[Key, Row], whole: bool
) -> tuple[dict[Key, Mapping[str, Any]], list[Mapping[str, Any]]]:
    """Rows of the owners by key, and those that a whole list does not name (twins of a key among them)."""
    held: dict[Key, Mapping[str, Any]] = {}
    surplus: list[Mapping[str, Any]] = []
    for found in (await work.execute(rows_of_owners(kind), {"owners": owners})).mappings():
        row: Mapping[str, Any] = dict(found)
        key = key_of(kind, row)
        if whole and (key not in stated or key in held):
            surplus.append(row)
        else:
            held.setdefault(key, row)
    return held, surplus


async def remove(work: UnitOfWork, kind: Kind, rows: list[Mapping[str, Any]]) -> None:
    identity = tuple(column.name for column in kind.table.primary_key.columns)
    named = [{name: row[name] for name in identity} for row in rows]
    for start in range(0, len(named), BATCH_ROWS):
        await work.execute(removal(kind.table), {"rows": named[start : start + BATCH_ROWS]})
