"""Rows that administrators keep: kinds that are listed, created, updated and deleted alike, told apart by a table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Executable,
    Select,
    Table,
    Text,
    Update,
    bindparam,
    delete,
    func,
    insert,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from models.shared.list_query import OLDEST_FIRST, ListQuery
from models.shared.list_sql import Fields, SqlList, count_of, fields_of, rows_of, words
from utils.errors import AppError

__all__ = ["TAKEN", "Association", "Resource", "Table", "insert_new", "insert_rows", "keep_rows", "lock_rows"]


class NameTaken(AppError):
    code, kind = "name_taken", "duplicate"
    message = "{what} with name: {value} already exists."


class HandleTaken(AppError):
    code, kind = "handle_taken", "duplicate"
    message = "{what} with handle: {value} already exists."


class ValueTaken(AppError):
    code, kind = "value_taken", "duplicate"
    message = "{what} with value: {value} already exists."


TAKEN: dict[str, type[AppError]] = {"name": NameTaken, "handle": HandleTaken, "value": ValueTaken}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Resource:
    """One kind of row, with the statements that read and write it.

    `name` is what programs call it (in the audit log), `what` what people do. A request may set the columns `writable`.
    No two rows share the value of `unique`. `scope` is the change counter that copies of such rows stand under.
    Of people (`is_personal`) the audit log, which cannot forget, keeps which columns were set and not to what.
    """

    table: Table
    name: str
    what: str
    prefix: str
    writable: tuple[str, ...]
    unique: str | None = None
    scope: str | None = None
    searched: tuple[str, ...] = ()
    key: str = "id"
    is_personal: bool = False
    special: Fields = field(default_factory=dict)

    def told(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values as the audit log may keep them."""
        return dict.fromkeys(values, "(set)") if self.is_personal else dict(values)

    @property
    def is_live(self) -> ColumnElement[bool]:
        """The condition of rows that are not soft-deleted."""
        return is_live(self.table)

    def page(self, query: ListQuery) -> tuple[Select[Any], Select[Any], dict[str, Any]]:
        """The statements of a page and of the count of all that fit, and their parameters."""
        listing = listing_of(self)
        shape, order, params = listing.asked(query)
        return rows_of(listing, shape, order), count_of(listing, shape), params

    def find(self, row_id: str, *, lock: bool = False) -> Select[Any]:
        """The live row of the key."""
        rows = select(self.table).where(self.table.c[self.key] == row_id, self.is_live)
        return rows.with_for_update() if lock else rows

    def insert(self, row: Mapping[str, Any]) -> Executable:
        """A new row; no id comes back where it collides with another."""
        return upsert(self.table).values(row).on_conflict_do_nothing().returning(self.table.c.id)

    def others_with(self, value: Any, row_id: str) -> Select[Any]:
        """Other live rows that have the unique value."""
        assert self.unique is not None, "the resource has no unique column"
        column = self.table.c[self.unique]
        return select(self.table.c.id).where(column == value, self.table.c.id != row_id, self.is_live)

    def update(self, row_id: str, values: Mapping[str, Any]) -> Update:
        stamped = {**values, "updated_at": func.now()}
        return update(self.table).where(self.table.c.id == row_id).values(stamped)

    def delete(self, row_id: str) -> Executable:
        """Soft delete where the table has `deleted_at`; the row goes otherwise."""
        own = self.table.c.id == row_id
        if "deleted_at" in self.table.c:
            return update(self.table).where(own).values(deleted_at=func.now())
        return delete(self.table).where(own)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Association:
    """Rows of two kinds linked by a table: `own` names the resource's column, `other` that of the linked row."""

    table: Table
    own: str
    other: str
    target: Table
    what: str
    scope: str  # what changes for the linked rows

    def link(self, own_id: str, other_ids: Iterable[str]) -> Executable:
        """Link rows; ids of those that were not linked come back."""
        rows = [{self.own: own_id, self.other: other_id} for other_id in other_ids]
        return upsert(self.table).values(rows).on_conflict_do_nothing().returning(self.table.c[self.other])

    def unlink(self, own_id: str, other_ids: Iterable[str]) -> Executable:
        """Unlink rows; ids of those that were linked come back."""
        own, other = self.table.c[self.own], self.table.c[self.other]
        ids = bindparam("ids", list(other_ids), type_=ARRAY(Text))
        return delete(self.table).where(own == own_id, other == func.any(ids)).returning(other)


@cache
def listing_of(resource: Resource) -> SqlList:
    """The list of a resource: by its columns and its special filters, the oldest row first."""
    table = resource.table
    search = {"q": words(*(table.c[name] for name in resource.searched))}
    return SqlList(
        rows=table,
        key=table.c[resource.key],
        fields={**fields_of(table.c), **search, **resource.special},
        sorts=dict(table.c),
        scope=resource.is_live,
        order=OLDEST_FIRST,
    )


def is_live(table: Table) -> ColumnElement[bool]:
    """Rows that are not soft-deleted."""
    return table.c.deleted_at.is_(None) if "deleted_at" in table.c else true()


def keep_rows(table: Table, key: str, ids: Sequence[str]) -> Select[Any]:
    """The live rows of the keys, which nobody deletes before the transaction ends."""
    column = table.c[key]
    rows = select(column).where(column.in_(ids), is_live(table)).order_by(column)
    return rows.with_for_update(read=True, key_share=True)


def lock_rows(table: Table, ids: Iterable[str]) -> Select[Any]:
    """The rows locked in the order of their ids, as everybody locks them."""
    rows = select(table.c.id).where(table.c.id.in_(sorted(set(ids)))).order_by(table.c.id)
    return rows.with_for_update(key_share=True)


def insert_rows(table: Table) -> Executable:
    """An insert that takes a list of rows as its parameters."""
    return insert(table)


def insert_new(table: Table) -> Executable:
    """As `insert_rows`; those that collide with others are left out."""
    return upsert(table).on_conflict_do_nothing()
