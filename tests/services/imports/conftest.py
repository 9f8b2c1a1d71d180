"""Two sellers to import into, and the import itself."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from services import imports, seed
from services.infrastructure.cache.snapshots import Snapshots
from services.infrastructure.database.database import Database

Import = Callable[..., Any]


@pytest.fixture(scope="module")
async def database(database_url: str) -> AsyncIterator[Database]:
    """Two sellers in Europe; every test imports products of its own handles."""
    database = Database(database_url, Snapshots())
    places = [{"name": "Main"}, {"name": "Second"}]
    shops = [
        {"handle": h, "name": h, "address": {"country_code": "de"}, "stock_locations": places}
        for h in ("alpha", "beta")
    ]
    async with database.unit_of_work() as work:
        await seed.load(
            work,
            {
                "sales_channels": [{"name": "Web"}, {"name": "Other"}],
                "regions": [
                    {"name": "Europe", "currency": "eur", "countries": ["de"]},
                    {"name": "Japan", "currency": "jpy", "countries": ["jp"]},
                ],
                "stores": [*shops, {"handle": "nowhere", "name": "Nowhere"}],
            },
        )
    yield database
    await database.close()


@pytest.fixture
def told() -> list[Any]:
    """The warnings of the last import, as (line, column, message)."""
    return []


@pytest.fixture
def run(database: Database, tmp_path: Path, told: list[Any]) -> Import:
    """`await run(text or path, ...)` imports it; the result and the faults as (line, column, message)."""

    async def run(
        source: str | bytes | Path, *, seller: str = "alpha", **more: Any
    ) -> tuple[imports.Result, list[Any]]:
        if not isinstance(source, Path):
            path = tmp_path / "catalogue.csv"
            path.write_bytes(source.encode() if isinstance(source, str) else source)
            source = path
        tools = {key: more.pop(key) for key in ("fetcher", "files") if key in more}
        faults: list[imports.Fault] = []
        warnings: list[imports.Fault] = []
        order = imports.Order(source, seller, **more)
        result = await imports.Importer(database, order, faults.append, warn=warnings.append, **tools).run()
        assert (result.faults, result.warnings) == (len(faults), len(warnings))
        assert all(fault.hint for fault in faults + warnings)
        told[:] = [(warning.line, warning.column, warning.message) for warning in warnings]
        return result, [(fault.line, fault.column, fault.message) for fault in faults]

    return run
