"""What a seller names must be their store's: ids of paths and of bodies are checked here before anything is done."""

from collections.abc import Iterable, Mapping

from models.identity.principal import Principal
from models.shared.ownership import FIND, KEEP, LOCK, LOCK_WHOLLY, OWNED
from services.infrastructure.database.database import UnitOfWork
from utils.errors import NotFound
from utils.sql import Prepared


def store_of(who: Principal) -> str:
    """The store that the request acts for."""
    assert who.store_id is not None, "the row is not for sellers"
    return who.store_id


async def ensure_owned(work: UnitOfWork, *, who: Principal, kind: str, ids: Iterable[str | None]) -> None:
    """NotFound unless every id (None counts for nothing) is one of the acting store's; other stores' are missing.

    `kind` is the name of the table; one statement for all the ids.
    """
    await _find(work, FIND, who, kind, ids)


async def keep_owned(work: UnitOfWork, *, who: Principal, kind: str, ids: Iterable[str | None]) -> None:
    """As `ensure_owned`, and nobody deletes the rows before the transaction ends: others may be hung on them."""
    await _find(work, KEEP, who, kind, ids)


async def lock_owned(work: UnitOfWork, *, who: Principal, kind: str, row_id: str, wholly: bool = False) -> None:
    """As `ensure_owned` for one row, which is locked; `wholly` before it is deleted: nothing is hung on it any more."""
    await _find(work, LOCK_WHOLLY if wholly else LOCK, who, kind, (row_id,))


async def _find(
    work: UnitOfWork, statements: Mapping[str, Prepared], who: Principal, kind: str, ids: Iterable[str | None]
) -> None:
    wanted = list(dict.fromkeys(row_id for row_id in ids if row_id is not None))
    if not wanted:
        return
    found = set((await work.execute(statements[kind], {"ids": wanted, "own_store": store_of(who)})).scalars())
    for row_id in wanted:
        if row_id not in found:
            raise NotFound(what=OWNED[kind].what, id=row_id)
