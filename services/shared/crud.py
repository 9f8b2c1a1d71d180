"""CRUD on rows that administrators keep; every change is recorded in the audit log."""

from collections.abc import Iterable, Mapping
from typing import Any

from models.identity.principal import Principal
from models.shared.commands import Command
from models.shared.crud import TAKEN, Association, Resource, Table, insert_rows, keep_rows, lock_rows
from models.shared.list_query import ListQuery
from services.audit import log as audit_log
from services.infrastructure.database.database import UnitOfWork
from services.infrastructure.database.failures import ConcurrencyConflict
from utils.errors import AppError, NotFound
from utils.ids import ordered_id

Row = Any  # of the resource's table
Values = Command | Mapping[str, Any]  # a request's command, or values of columns that a service made of it


class InUse(AppError):
    code, kind = "in_use", "conflict"
    message = "{what} {id} cannot be removed: {users} refer to it."


async def page(
    work: UnitOfWork,
    resource: Resource,
    *,
    limit: int,
    offset: int,
    order: tuple[str, bool] | None = None,
    **filters: Any,
) -> tuple[list[Row], int]:
    """A page of the rows that fit, and how many fit; the oldest first unless an order is named."""
    rows, count, params = resource.page(ListQuery(limit, offset, order, filters))
    page = list((await work.execute(rows, params)).all())
    return page, (await work.execute(count, params)).scalar_one()


async def get(work: UnitOfWork, resource: Resource, row_id: str) -> Row:
    """The row, or NotFound."""
    return await _get(work, resource, row_id, lock=False)


async def lock(work: UnitOfWork, resource: Resource, row_id: str) -> Row:
    """The row, locked for a change, or NotFound: rows that come to refer to it wait until this transaction ends."""
    return await _get(work, resource, row_id, lock=True)


async def _get(work: UnitOfWork, resource: Resource, row_id: str, *, lock: bool) -> Row:
    row = (await work.execute(resource.find(row_id, lock=lock))).one_or_none()
    if row is None:
        raise NotFound(what=resource.what, id=row_id)
    return row


async def ensure(work: UnitOfWork, table: Table, what: str, ids: Iterable[str | None], key: str = "id") -> None:
    """NotFound unless every id (None is ignored) is there; nobody deletes these rows before the transaction ends."""
    wanted = sorted({row_id for row_id in ids if row_id is not None})
    if not wanted:
        return
    kept = set((await work.execute(keep_rows(table, key, wanted))).scalars())
    for row_id in wanted:
        if row_id not in kept:
            raise NotFound(what=what, id=row_id)


async def lock_each(work: UnitOfWork, table: Table, ids: Iterable[str]) -> None:
    """Lock rows for a change, in the order in which everybody does; those that are not there are ignored."""
    await work.execute(lock_rows(table, ids))


async def create(work: UnitOfWork, resource: Resource, *, who: Principal, values: Values, **more: Any) -> str:
    """Insert a row of the given values (and `more`, which no request sets); its id. Refused where its name is taken.

    The audit log records all the given values: the caller writes those that stand in other tables.
    """
    given = named(values)
    row = {"id": ordered_id(resource.prefix), **_own(resource, given), **more}
    row_id = (await work.execute(resource.insert(row))).scalar_one_or_none()
    if row_id is None:
        raise taken(resource, row)
    await note(work, resource, "create", who=who, row_id=row_id, after=resource.told(given))
    return str(row_id)


async def change(
    work: UnitOfWork,
    resource: Resource,
    *,
    who: Principal,
    row_id: str,
    values: Values,
    noted: Mapping[str, Any] | None = None,
    **more: Any,
) -> Row:
    """Update the columns whose given values differ; the row as it was.

    `noted` is what the caller changes in other tables, for the audit log.
    """
    was = await lock(work, resource, row_id)
    before, after = audit_log.changes(was._asdict(), _own(resource, named(values)))
    if resource.unique is not None and resource.unique in after:
        others = resource.others_with(after[resource.unique], row_id)
        if (await work.execute(others)).first() is not None:
            raise taken(resource, after)
    await work.execute(resource.update(row_id, {**after, **more}))
    facts = {"before": resource.told(before), "after": resource.told({**after, **(noted or {})})}
    await note(work, resource, "update", who=who, row_id=row_id, **facts)
    return was


async def remove(work: UnitOfWork, resource: Resource, *, who: Principal, row_id: str) -> None:
    """Delete the row; a soft delete where its table has `deleted_at`."""
    was = await lock(work, resource, row_id)
    await work.execute(resource.delete(row_id))
    before = {name: was._mapping[name] for name in resource.writable}
    await note(work, resource, "delete", who=who, row_id=row_id, before=before)


async def refuse_used(work: UnitOfWork, resource: Resource, row_id: str, users: Mapping[str, Any]) -> None:
    """InUse when one of the statements finds a row; lock the row first, and it stays so."""
    for name, rows in users.items():
        if (await work.execute(rows.limit(1))).first() is not None:
            raise InUse(what=resource.what, id=row_id, users=name)


async def note(work: UnitOfWork, resource: Resource, verb: str, *, who: Principal, row_id: str, **facts: Any) -> None:
    """Record the change in the audit log; this process drops its copies of the row when the change commits."""
    if resource.scope is not None:
        work.touch(resource.scope)
    action = f"{resource.name}.{verb}"
    await audit_log.record(work, who=who, action=action, entity=resource.name, entity_id=row_id, **facts)


def taken(resource: Resource, row: Mapping[str, Any]) -> AppError:
    """The error of a row that collides with another; who came second may look again."""
    if resource.unique is None:
        return ConcurrencyConflict()
    return TAKEN[resource.unique](what=resource.what, value=row.get(resource.unique))


async def join(
    work: UnitOfWork,
    resource: Resource,
    link: Association,
    *,
    who: Principal,
    row_id: str,
    add: Iterable[str] = (),
    remove: Iterable[str] = (),
) -> None:
    """Link rows to this one and unlink others; linking twice and unlinking what is not linked change nothing."""
    await lock(work, resource, row_id)
    await lock_each(work, link.target, (*add, *remove))
    await ensure(work, link.target, link.what, add)
    removed = list((await work.execute(link.unlink(row_id, remove))).scalars())
    new = list(dict.fromkeys(add))
    added = list((await work.execute(link.link(row_id, new))).scalars()) if new else []
    if added or removed:
        work.touch(link.scope, (*added, *removed))
    before, after = {link.other: sorted(removed)}, {link.other: sorted(added)}
    await note(work, resource, "link", who=who, row_id=row_id, before=before, after=after)


async def insert_all(work: UnitOfWork, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert the rows, if there are any, in one statement."""
    if rows:
        await work.execute(insert_rows(table), rows)


def named(values: Values) -> Mapping[str, Any]:
    """The values by name."""
    return values.plain() if isinstance(values, Command) else values


def _own(resource: Resource, values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the values that are columns of the resource."""
    return {name: values[name] for name in resource.writable if name in values}
