"""Many categories, collections, tags, types and sales channels at once, as files state them.

They are found by their handles, values or names and brought to what is said of them; what is not said stays. The caller
touches the scopes `taxonomy` and `access` when the tally changed. Nothing is noted in the audit log.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from models.product import bulk as kinds
from models.product.category import (
    CATEGORY,
    LOCK_TREE,
    MOVE_BELOW,
    PATHS_OF_HANDLES,
    CreateCollection,
    CreateLabel,
    PutCategory,
)
from models.product.sales_channel import CreateChannel
from models.shared.commands import Command
from models.shared.kinds import Kind
from services.infrastructure.database.database import UnitOfWork
from services.shared.sync import Key, Row, Tally, sync
from utils.errors import NotFound
from utils.ids import ordered_id

# Ids by (handle,), (value,) or (name,).
Ids = Mapping[tuple[Any, ...], str]
BESIDE = ("parent_handle", "first_rank")


async def put_categories(work: UnitOfWork, *, categories: Sequence[PutCategory], tally: Tally) -> Ids:
    """Make or change categories, each below the one that it names, which comes before it; NotFound when it does not.

    Level by level, since a row's path begins with its parent's; what lies below one that moves, moves along.
    """
    ids: dict[Key, str] = {}
    paths: dict[str | None, str] = {None: ""}
    if categories:
        await work.execute(LOCK_TREE)
    for level in levels(categories):
        await put_level(work, level, ids, paths, tally)
    return ids


def levels(categories: Sequence[PutCategory]) -> Iterator[list[PutCategory]]:
    """The roots, then those right below them, and so on."""
    depths: dict[str | None, int] = {None: -1}
    groups: dict[int, list[PutCategory]] = {}
    for one in categories:
        if one.parent_handle not in depths:
            raise NotFound(what=CATEGORY.what, id=one.parent_handle)
        depths[one.handle] = depths[one.parent_handle] + 1
        groups.setdefault(depths[one.handle], []).append(one)
    yield from groups.values()


async def put_level(
    work: UnitOfWork, level: list[PutCategory], ids: dict[Key, str], paths: dict[str | None, str], tally: Tally
) -> None:
    """The categories of one level; `ids` and `paths`, which have those above, learn them."""
    handles = {"handles": [one.handle for one in level]}
    held = {row.handle: row for row in await work.execute(PATHS_OF_HANDLES, handles)}
    rows = []
    for one in level:
        row_id = held[one.handle].id if one.handle in held else ordered_id(kinds.CATEGORY.prefix)
        ids[one.handle,] = row_id
        path = paths[one.handle] = f"{paths[one.parent_handle]}{row_id}."
        if one.handle in held and held[one.handle].mpath != path:
            await work.execute(MOVE_BELOW, {"before": held[one.handle].mpath, "after": path})
        parent_id = None if one.parent_handle is None else ids[one.parent_handle,]
        said = {name: value for name, value in one.changes().items() if name not in BESIDE}
        rows.append(said | {"parent_category_id": parent_id, "mpath": path})
    ranks = {one.handle: one.first_rank for one in level}

    def fresh(key: Key) -> Row:
        return {"id": ids[key], "rank": ranks[key[0]]}

    await sync(work, kinds.CATEGORY, rows, tally=tally, fresh=fresh)


async def put_collections(work: UnitOfWork, *, collections: Sequence[CreateCollection], tally: Tally) -> Ids:
    """Make or change collections, by their handles."""
    return await put(work, kinds.COLLECTION, collections, tally)


async def put_tags(work: UnitOfWork, *, tags: Sequence[CreateLabel], tally: Tally) -> Ids:
    return await put(work, kinds.TAG, tags, tally)


async def put_types(work: UnitOfWork, *, types: Sequence[CreateLabel], tally: Tally) -> Ids:
    return await put(work, kinds.TYPE, types, tally)


async def put_channels(work: UnitOfWork, *, channels: Sequence[CreateChannel], tally: Tally) -> Ids:
    """Make or change sales channels, by their names."""
    return await put(work, kinds.CHANNEL, channels, tally)


async def put(work: UnitOfWork, kind: Kind, commands: Sequence[Command], tally: Tally) -> Ids:
    return (await sync(work, kind, [one.changes() for one in commands], tally=tally)).ids
