"""The usual things done to rows that administrators keep; every change is noted in the audit log."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ARRAY, Row, Select, Table, Text, bindparam, delete, func, insert, select, true, update
from sqlalchemy.dialects.postgresql import insert as upsert

from models.identity.principal import Principal
from models.shared.crud import TAKEN, Link, Noun
from models.shared.filters import condition
from models.shared.sorting import sorted_by
from services.audit import log as audit_log
from services.infrastructure.database.database import UnitOfWork
from services.infrastructure.database.failures import Conflicted
from utils.errors import AppError, NotFound
from utils.ids import ordered_id

Found = Row[Any]


class InUse(AppError):
    code, kind = "in_use", "conflict"
    message = "{what} {id} cannot be removed: {users} refer to it."


async def page(
    work: UnitOfWork, noun: Noun, *, limit: int, offset: int, order: tuple[str, bool] | None = None, **filters: Any
) -> tuple[list[Found], int]:
    """A page of the rows that fit, and how many fit; the oldest first unless an order is named."""
    table = noun.table
    fits = noun.is_live & condition(table, filters, searched=noun.searched, special=noun.special)
    column, descending = order or ("created_at", False)
    keys = sorted_by(table.c[column], table.c[noun.key], descending)
    rows = await work.execute(select(table).where(fits).order_by(*keys).limit(limit).offset(offset))
    count = await work.execute(select(func.count()).select_from(table).where(fits))
    return list(rows.all()), count.scalar_one()


async def find(work: UnitOfWork, noun: Noun, row_id: str) -> Found:
    """The row, or NotFound."""
    return await _one(work, noun, row_id, select(noun.table))


async def lock(work: UnitOfWork, noun: Noun, row_id: str) -> Found:
    """The row, held for a change: rows that come to refer to it wait until this transaction ends."""
    return await _one(work, noun, row_id, select(noun.table).with_for_update())


async def _one(work: UnitOfWork, noun: Noun, row_id: str, rows: Select[Any]) -> Found:
    found = (await work.execute(rows.where(noun.table.c[noun.key] == row_id, noun.is_live))).one_or_none()
    if found is None:
        raise NotFound(what=noun.what, id=row_id)
    return found


async def ensure(work: UnitOfWork, table: Table, what: str, ids: Iterable[str | None], key: str = "id") -> None:
    """NotFound unless every id (None counts for nothing) is there; none of them goes while this transaction lasts."""
    wanted = sorted({row_id for row_id in ids if row_id is not None})
    if not wanted:
        return
    column = table.c[key]
    live = table.c.deleted_at.is_(None) if "deleted_at" in table.c else true()
    held = select(column).where(column.in_(wanted), live).order_by(column).with_for_update(read=True, key_share=True)
    found = set((await work.execute(held)).scalars())
    for row_id in wanted:
        if row_id not in found:
            raise NotFound(what=what, id=row_id)


async def lock_each(work: UnitOfWork, table: Table, ids: Iterable[str]) -> None:
    """Hold rows for a change, in the order in which everybody does; those that are not there are passed over."""
    rows = select(table.c.id).where(table.c.id.in_(sorted(set(ids)))).order_by(table.c.id)
    await work.execute(rows.with_for_update(key_share=True))


async def create(work: UnitOfWork, noun: Noun, *, who: Principal, body: Mapping[str, Any], **more: Any) -> str:
    """A new row of what the body says (and `more`, which nobody says); its id. Refused where its name is taken.

    The audit log gets the whole body: what of it stands in other tables is set by the caller.
    """
    said = {name: body[name] for name in noun.said if name in body}
    row = {"id": ordered_id(noun.prefix), **said, **more}
    made = upsert(noun.table).values(row).on_conflict_do_nothing().returning(noun.table.c.id)
    row_id = (await work.execute(made)).scalar_one_or_none()
    if row_id is None:
        raise taken(noun, row)
    await note(work, noun, "create", who=who, row_id=row_id, after=noun.told(body))
    return str(row_id)


async def change(
    work: UnitOfWork,
    noun: Noun,
    *,
    who: Principal,
    row_id: str,
    body: Mapping[str, Any],
    noted: Mapping[str, Any] | None = None,
    **more: Any,
) -> Found:
    """Set what the body says and is not so already; the row as it was.

    `noted` is what the caller changes in other tables, for the audit log.
    """
    was = await lock(work, noun, row_id)
    said = {name: body[name] for name in noun.said if name in body}
    before, after = audit_log.changes(was._asdict(), said)
    if noun.unique in after and noun.unique is not None:
        column = noun.table.c[noun.unique]
        others = select(noun.table.c.id).where(column == after[noun.unique], noun.table.c.id != row_id, noun.is_live)
        if (await work.execute(others)).first() is not None:
            raise taken(noun, after)
    values = {**after, **more, "updated_at": func.now()}
    await work.execute(update(noun.table).where(noun.table.c.id == row_id).values(values))
    told = {"before": noun.told(before), "after": noun.told({**after, **(noted or {})})}
    await note(work, noun, "update", who=who, row_id=row_id, **told)
    return was


async def remove(work: UnitOfWork, noun: Noun, *, who: Principal, row_id: str) -> None:
    """Remove the row; one that has `deleted_at` is kept and no longer there."""
    was = await lock(work, noun, row_id)
    table = noun.table
    mine = table.c.id == row_id
    is_kept = "deleted_at" in table.c
    gone = update(table).where(mine).values(deleted_at=func.now()) if is_kept else delete(table).where(mine)
    await work.execute(gone)
    await note(work, noun, "delete", who=who, row_id=row_id, before={name: was._mapping[name] for name in noun.said})


async def refuse_used(work: UnitOfWork, noun: Noun, row_id: str, users: Mapping[str, Select[Any]]) -> None:
    """InUse when one of the statements finds a row; lock the row first, and it stays so."""
    for name, rows in users.items():
        if (await work.execute(rows.limit(1))).first() is not None:
            raise InUse(what=noun.what, id=row_id, users=name)


async def note(work: UnitOfWork, noun: Noun, verb: str, *, who: Principal, row_id: str, **values: Any) -> None:
    """Into the audit log; and this process drops its copies when it commits."""
    if noun.scope is not None:
        work.touch(noun.scope)
    await audit_log.record(work, who=who, action=f"{noun.name}.{verb}", entity=noun.name, entity_id=row_id, **values)


def taken(noun: Noun, row: Mapping[str, Any]) -> AppError:
    """What to answer somebody whose row is like another; who only came second may look again."""
    if noun.unique is None:
        return Conflicted()
    return TAKEN[noun.unique](what=noun.what, value=row.get(noun.unique))


async def join(
    work: UnitOfWork,
    noun: Noun,
    link: Link,
    *,
    who: Principal,
    row_id: str,
    add: Iterable[str] = (),
    remove: Iterable[str] = (),
) -> None:
    """Join rows to this one and part others from it; joining twice and parting what is not joined change nothing."""
    await lock(work, noun, row_id)
    await lock_each(work, link.target, (*add, *remove))
    await ensure(work, link.target, link.what, add)
    table = link.table
    own, other = table.c[link.own], table.c[link.other]
    gone = delete(table).where(own == row_id, other == func.any(bindparam("ids", type_=ARRAY(Text)))).returning(other)
    removed = list((await work.execute(gone, {"ids": list(remove)})).scalars())
    rows = [link.row(row_id, other_id) for other_id in dict.fromkeys(add)]
    made = upsert(table).on_conflict_do_nothing().returning(other)
    added = list((await work.execute(made.values(rows))).scalars()) if rows else []
    if added or removed:
        work.touch(link.scope, (*added, *removed))
    before, after = {link.other: sorted(removed)}, {link.other: sorted(added)}
    await note(work, noun, "link", who=who, row_id=row_id, before=before, after=after)


async def insert_all(work: UnitOfWork, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        await work.execute(insert(table), rows)
