"""What somebody names must be theirs: ids of paths and of bodies are checked here before anything is done."""

from collections.abc import Iterable, Mapping

from models.identity.principal import Principal
from models.shared.ownership import Ownership
from services.infrastructure.database.database import UnitOfWork
from utils.errors import NotFound
from utils.sql import Prepared


def seller_of(who: Principal) -> str:
    """The seller that the request acts for."""
    assert who.seller_id is not None, "the row is not for sellers"
    return who.seller_id


def customer_of(who: Principal) -> str:
    """The customer who asks."""
    assert who.customer_id is not None, "the row is not for customers"
    return who.customer_id


async def ensure_owned(work: UnitOfWork, *, who: Principal, kind: str, ids: Iterable[str | None]) -> None:
    """NotFound unless every id (None counts for nothing) is of the acting seller or customer; others' are missing.

    `kind` is the name of the table; one statement for all the ids.
    """
    ownership = work.snapshots.cache(Ownership)
    await _find(work, ownership, ownership.find, who, kind, ids)


async def keep_owned(work: UnitOfWork, *, who: Principal, kind: str, ids: Iterable[str | None]) -> None:
    """As `ensure_owned`, and nobody deletes the rows before the transaction ends: others may be hung on them."""
    ownership = work.snapshots.cache(Ownership)
    await _find(work, ownership, ownership.keep, who, kind, ids)


async def lock_owned(work: UnitOfWork, *, who: Principal, kind: str, row_id: str, wholly: bool = False) -> None:
    """As `ensure_owned` for one row, which is locked; `wholly` before it is deleted: nothing is hung on it any more."""
    ownership = work.snapshots.cache(Ownership)
    statements = ownership.lock_wholly if wholly else ownership.lock
    await _find(work, ownership, statements, who, kind, (row_id,))


async def _find(
    work: UnitOfWork,
    ownership: Ownership,
    statements: Mapping[str, Prepared],
    who: Principal,
    kind: str,
    ids: Iterable[str | None],
) -> None:
    wanted = list(dict.fromkeys(row_id for row_id in ids if row_id is not None))
    if not wanted:
        return
    owned = ownership.owned[kind]
    owner = seller_of(who) if owned.owner == "seller" else customer_of(who)
    found = set((await work.execute(statements[kind], {"ids": wanted, "own_seller": owner})).scalars())
    for row_id in wanted:
        if row_id not in found:
            raise NotFound(what=owned.what, id=row_id)
