"""What a seed file is refused for, and that nothing was written by it."""

from collections.abc import Iterable, Sequence

import pytest
from sqlalchemy import Table, func, select

from services import seed
from services.infrastructure.database.database import UnitOfWork
from tests.services.seed.documents import Json


async def held(work: UnitOfWork, tables: Iterable[Table]) -> dict[str, int]:
    """How many rows there are of each kind."""
    counts = {table.name: select(func.count()).select_from(table) for table in tables}
    return {name: (await work.execute(count)).scalar_one() for name, count in counts.items()}


async def refused_places(work: UnitOfWork, tables: Sequence[Table], said: Json) -> set[str]:
    """The places that `check` and `load` alike find fault with; neither writes."""
    before = await held(work, tables)
    found = []
    for ask in (seed.check, seed.load):
        with pytest.raises(seed.SeedErrors) as refused:
            await ask(work, said)
        assert all(problem.message and problem.hint for problem in refused.value.problems)
        found.append({problem.path for problem in refused.value.problems})
    assert found[0] == found[1]
    assert await held(work, tables) == before
    return found[0]
