"""What administrators keep: kinds of rows that are listed, made, changed and removed alike, told apart by a table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Table, true

from models.shared.filters import Special
from utils.errors import AppError


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
class Noun:
    """One kind of row.

    `name` is what programs call it (in the audit log), `what` what people do. A body may set the columns `said`.
    No two rows share the value of `unique`. `scope` is the change counter that copies of such rows stand under.
    Of people (`is_personal`) the audit log, which cannot forget, keeps which columns were set and not to what.
    """

    table: Table
    name: str
    what: str
    prefix: str
    said: tuple[str, ...]
    unique: str | None = None
    scope: str | None = None
    searched: tuple[str, ...] = ()
    key: str = "id"
    is_personal: bool = False
    special: Special = field(default_factory=dict)

    def told(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values as the audit log may keep them."""
        return dict.fromkeys(values, "(set)") if self.is_personal else dict(values)

    @property
    def is_live(self) -> ColumnElement[bool]:
        """Rows that were removed and kept are not there."""
        return self.table.c.deleted_at.is_(None) if "deleted_at" in self.table.c else true()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Link:
    """Rows of two kinds joined by a table: `own` names the noun's column, `other` the column of the joined."""

    table: Table
    own: str
    other: str
    target: Table
    what: str
    scope: str  # what changes for the joined rows

    def row(self, own_id: str, other_id: str) -> dict[str, Any]:
        return {self.own: own_id, self.other: other_id}
