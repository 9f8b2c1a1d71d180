"""What a seller names must be their store's: ids of paths and of bodies are checked here before anything is done."""

from collections.abc import Iterable

from models.access import Principal
from models.ownership import FIND, OWNED
from services.infra.database import UnitOfWork
from utils.errors import NotFound


def store_of(who: Principal) -> str:
    """The store that the request acts for."""
    assert who.store_id is not None, "the row is not for sellers"
    return who.store_id


async def ensure_owned(work: UnitOfWork, *, who: Principal, kind: str, ids: Iterable[str | None]) -> None:
    """NotFound unless every id (None counts for nothing) is one of the acting store's; other stores' are missing.

    `kind` is the name of the table; one statement for all the ids.
    """
    wanted = list(dict.fromkeys(row_id for row_id in ids if row_id is not None))
    if not wanted:
        return
    found = set((await work.execute(FIND[kind], {"ids": wanted, "own_store": store_of(who)})).scalars())
    for row_id in wanted:
        if row_id not in found:
            raise NotFound(what=OWNED[kind].what, id=row_id)
