"""Databases of earlier versions move on with their orders, and what is released of the migrations stays as it is.

`tests/data/databases` holds dumps of databases that earlier versions made: two sellers, an order of both, and a cart
whose payment was started. Each is named after the migration that it stands at.
"""

import asyncio
import gzip
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from aiohttp.test_utils import TestClient, TestServer
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from app import create_app, explain
from models.schema.base import metadata
from services.infrastructure.database import migrations
from tests.conftest import COPY, Server, in_server
from tests.models.test_migrations import describe
from utils.config import Settings

ROOT = Path(__file__).resolve().parents[2]
DUMPS = sorted((ROOT / "tests" / "data" / "databases").glob("*.sql.gz"))
SCRIPTS = sorted([*(ROOT / "migrations" / "versions").glob("*.py"), *(ROOT / "migrations" / "sql").glob("*.sql")])
RELEASED = ROOT / "migrations" / "SHA256SUMS"
OLDEST = "0004"  # the first one that was released
LATER = [s.revision for s in reversed(list(migrations.scripts().walk_revisions())) if s.revision > OLDEST]
HEADERS = {"x-publishable-api-key": "pk_upgrade_web"}
Restore = Callable[[str], str]


def quiet(_: str) -> None:
    """Where nobody reads what is migrated."""


def ask(url: str, statement: str) -> Any:
    """Run SQL, several statements too; the first column of the last one's first row where it is one statement."""

    async def main() -> Any:
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
        try:
            return await (connection.fetchval(statement) if ";" not in statement else connection.execute(statement))
        finally:
            await connection.close()

    return asyncio.run(main())


@pytest.fixture(scope="module")
def restored(postgres: Server) -> Iterator[Restore]:
    """`restored("0004")`: the name of a database with what the dump of that name holds, to be copied."""
    made: dict[str, str] = {}

    def found(name: str) -> str:
        if name not in made:
            made[name] = f"{postgres.home.name}-dump_{uuid4().hex[:12]}"
            in_server(postgres, f'CREATE DATABASE "{made[name]}" TEMPLATE template0 {COPY}')
            dump = gzip.decompress((DUMPS[0].parent / f"{name}.sql.gz").read_bytes()).decode()
            ask(postgres.url(made[name]), dump)
        return made[name]

    yield found
    for database in made.values():
        in_server(postgres, f'DROP DATABASE "{database}" WITH (FORCE)')


@pytest.fixture
def restore(postgres: Server, restored: Restore) -> Iterator[Restore]:
    """`restore("0004")`: the address of a new database with what the dump of that name holds."""
    made: list[str] = []

    def begin(name: str) -> str:
        database = f"{postgres.home.name}-old_{uuid4().hex[:12]}"
        in_server(postgres, f'CREATE DATABASE "{database}" TEMPLATE "{restored(name)}" {COPY}')
        made.append(database)
        return postgres.url(database)

    yield begin
    for database in made:
        in_server(postgres, f'DROP DATABASE "{database}" WITH (FORCE)')


async def differences(url: str) -> list[Any]:
    def compare(connection: Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(compare)
    finally:
        await engine.dispose()


async def shop_with_the_order(url: str, folder: Path, order_id: str, cart_id: str) -> tuple[Any, Any]:
    """The order, and the cart whose payment was started, as a shop over the database shows them."""
    app = create_app(Settings(database_url=url, data_dir=folder, access_log=False, check_replies=True))
    async with TestClient(TestServer(app)) as shop:
        order = await (await shop.get(f"/store/orders/{order_id}", headers=HEADERS)).json()
        cart = await (await shop.get(f"/store/carts/{cart_id}", headers=HEADERS)).json()
        return order["order"], cart["cart"]


def holds_what_was_sold(url: str, folder: Path) -> None:
    """What a buyer knew before is there after."""
    order_id = ask(url, "SELECT id FROM orders")
    cart_id = ask(url, "SELECT id FROM cart WHERE completed_at IS NULL")
    order, cart = asyncio.run(shop_with_the_order(url, folder, order_id, cart_id))
    assert (order["total"], order["currency_code"], order["email"]) == (180.88, "eur", "ana@example.com")
    assert sorted((line["title"], line["quantity"], line["unit_price"]) for line in order["items"]) == [
        ("Boot", 2, 50),
        ("Lamp", 2, 20),
    ]
    assert (cart["total"], len(cart["items"])) == (180.88, 2)
    holds_the_books(url)


def holds_the_books(url: str) -> None:
    assert ask(url, "SELECT total FROM orders") == 18088  # cents
    assert ask(url, "SELECT count(*) FROM order_line") == 2
    assert ask(url, "SELECT count(*) FROM ledger_posting") == 1
    assert ask(url, "SELECT sum(amount) FROM ledger_entry") == 0
    assert ask(url, "SELECT version_num FROM alembic_version") == LATER[-1]


@pytest.mark.parametrize("dump", DUMPS, ids=lambda dump: dump.name.partition(".")[0])
def test_a_database_of_an_earlier_version_moves_on_with_its_orders(
    dump: Path, restore: Restore, tmp_path: Path
) -> None:
    describe()
    url = restore(dump.name.partition(".")[0])
    migrations.upgrade(url, quiet)
    assert asyncio.run(differences(url)) == []
    holds_what_was_sold(url, tmp_path)


@pytest.mark.parametrize("revision", LATER)
def test_orders_move_on_from_every_earlier_migration(revision: str, restore: Restore) -> None:
    url = restore(OLDEST)
    migrations.upgrade(url, quiet, revision)
    assert ask(url, "SELECT version_num FROM alembic_version") == revision
    migrations.upgrade(url, quiet)
    holds_the_books(url)


def test_a_migration_that_fails_says_which_and_why_and_changes_nothing(restore: Restore) -> None:
    url = restore(OLDEST)
    ask(url, "CREATE TABLE audit_log (id int); CREATE TABLE auth_redirect (id int);")
    with pytest.raises(migrations.MigrationFailed) as failed:
        migrations.upgrade(url, quiet)
    said = explain(failed.value, Settings())
    assert said.startswith("Migration 0005: ")
    assert 'nothing was changed: relation "audit_log" already exists' in said
    assert "\n" not in said
    assert ask(url, "SELECT version_num FROM alembic_version") == OLDEST


def test_a_database_of_a_newer_version_is_refused_in_a_sentence(restore: Restore) -> None:
    url = restore("0014")
    ask(url, "UPDATE alembic_version SET version_num = '9999'")
    for refused in (lambda: migrations.upgrade(url, quiet), lambda: asyncio.run(migrations.is_current(url))):
        with pytest.raises(migrations.DatabaseTooNew) as error:
            refused()
        assert error.value.text.startswith("The database is at migration 9999, which this version of Pasar does not")


def pinned() -> dict[str, str]:
    rows = (line.split() for line in RELEASED.read_text().splitlines())
    return {name: digest for digest, name in rows}


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.name)
def test_a_released_migration_stays_as_it_is(file: Path) -> None:
    name = str(file.relative_to(ROOT))
    told = f"{name} is not what migrations/SHA256SUMS says. Databases have run it: undo the change, add a new migration"
    assert pinned().get(name) == sha256(file.read_bytes()).hexdigest(), told


def test_no_released_migration_is_taken_away() -> None:
    assert sorted(pinned()) == sorted(str(file.relative_to(ROOT)) for file in SCRIPTS)
