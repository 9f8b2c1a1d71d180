"""The shop under test: real PostgreSQL, real HTTP, one database a test module.

A module's database is a copy (`CREATE DATABASE ... TEMPLATE`, some 70 ms) of one that is migrated, and seeded with the
module's `seed_file` if it has one, once in the whole run. Tests of one module share it, its application and its event
loop: what a test needs for itself alone it makes for itself alone.

The server is an embedded one of the run, or with `DATABASE_URL` that one (`make test-services`): its user must be
allowed to make databases, which carry the run's name there and are dropped at its end.
"""

import asyncio
import fcntl
import json
import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest
import uvloop
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import event

from app import create_app
from controllers.cli import commands as cli_commands
from controllers.http import DEPS
from services import background
from services import deps as wiring
from services.deps import Deps
from services.infrastructure.database import migrations
from services.infrastructure.database.database import Database
from services.infrastructure.database.embedded_postgres import EmbeddedPostgres
from services.infrastructure.processes.processes import tidy_memory
from services.infrastructure.tokens import passwords
from tests.order import rank
from tests.purity import doors_closed, is_pure, refuse_engines
from utils.config import Settings

RUN_FOLDER = "TEST_RUN_FOLDER"
# The run folder of a run that others share: the server and the templates in it stay.
SHARED_FOLDER = "TEST_SHARED_FOLDER"
# Nobody needs the data after a crash of the machine, and a test run writes a lot of it.
TUNING = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

# Files are copied as they lie: to write the copy into the log, as is usual, takes ten times as long.
COPY = "STRATEGY FILE_COPY"

BESIDE = frozenset(name for name, _ in background.TASKS)
Client = TestClient[web.Request, web.Application]


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The loop that serves in earnest."""
    return {"uvloop": uvloop.new_event_loop}


def pytest_configure(config: pytest.Config) -> None:
    """One folder for all processes of a run, short, since sockets lie in it.

    Not the folder that pytest runs of one user share: each of them closes it for others when it starts, and under root
    PostgreSQL is another.
    """
    if not hasattr(config, "workerinput"):
        own = tempfile.mkdtemp(prefix="pasar-t-", dir=os.environ.get(SHARED_FOLDER))
        os.environ[RUN_FOLDER] = os.environ.get(SHARED_FOLDER, own)
        if config.option.basetemp is None:
            config.option.basetemp = f"{own}/t"


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and not os.environ.get("KEEP_TEST_FILES"):
        if "DATABASE_URL" in os.environ:
            GivenPostgres().drop_all()
        rmtree(Path(config.option.basetemp).parent if SHARED_FOLDER in os.environ else os.environ[RUN_FOLDER], True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    refuse_engines(items)
    items.sort(key=lambda item: rank(item.path.relative_to(config.rootpath)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    if not is_pure(item):
        return (yield)
    with doors_closed():
        return (yield)


def pytest_collection_finish() -> None:
    """As a server does after its start: 6,000 tests are half a second to walk for the collector, again and again."""
    tidy_memory()


class GivenPostgres:
    """The server of `DATABASE_URL` in the place of the embedded one; it was there before and stays."""

    def __init__(self) -> None:
        self.home = Path(os.environ[RUN_FOLDER])
        self.address = urlsplit(os.environ["DATABASE_URL"])

    def url(self, database: str | None = None) -> str:
        """The address of one of its databases; without a name the one that is given."""
        path = f"/{database}" if database else self.address.path
        return self.address._replace(scheme="postgresql+asyncpg", path=path).geturl()

    def drop_all(self) -> None:
        """Drop the databases of this run."""
        for name in in_server(self, "SELECT datname FROM pg_database"):
            if name.startswith(self.home.name):
                in_server(self, f'DROP DATABASE "{name}" WITH (FORCE)')


Server = EmbeddedPostgres | GivenPostgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """One server for the test run; the last process to end stops an embedded one."""
    if "DATABASE_URL" in os.environ:
        yield GivenPostgres()
        return
    server = EmbeddedPostgres(Path(os.environ[RUN_FOLDER]), TUNING)
    server.start()
    yield server
    server.stop()


@contextmanager
def only_once(folder: Path, name: str) -> Iterator[Path]:
    """A path that one process of the run makes while the others wait; it exists for those that come later."""
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder / f"{name}.json"


def in_server(server: Server, statement: str) -> list[Any]:
    """Run a statement outside of any transaction; the first column of its rows."""

    async def main() -> list[Any]:
        connection = await asyncpg.connect(server.url().replace("+asyncpg", ""))
        try:
            return [row[0] for row in await connection.fetch(statement)]
        finally:
            await connection.close()

    return asyncio.run(main())


def template(server: Server, seed_file: Path | None) -> tuple[str, dict[str, Any]]:
    """Name of a database to copy, made on its first use in the run, and the ids of what its seed file names."""
    name = f"world_{sha256(seed_file.read_bytes()).hexdigest()[:16]}" if seed_file else "empty"
    name = f"{server.home.name}-{name}"
    with only_once(server.home, name) as made:
        if not made.exists():
            base = template(server, None)[0] if seed_file else "template1"
            in_server(server, f'CREATE DATABASE "{name}" TEMPLATE "{base}" {COPY}')
            ids: dict[str, Any] = {}
            if seed_file:
                ids = asyncio.run(seed(Settings(database_url=server.url(name)), seed_file))
            else:
                migrations.upgrade(server.url(name), lambda _: None)
            made.write_text(json.dumps(ids))
        kept: dict[str, Any] = json.loads(made.read_text())
        return name, kept


async def seed(settings: Settings, file: Path) -> dict[str, Any]:
    deps = wiring.build(settings)
    try:
        return await cli_commands.load(deps, file)
    finally:
        await deps.close()


@pytest.fixture(scope="module", autouse=True)
def cheap_hashes(request: pytest.FixtureRequest) -> Iterator[None]:
    """Hash passwords with the least that argon2id takes: 20 ms less. HASHES_IN_EARNEST in a module undoes it."""
    with pytest.MonkeyPatch.context() as patch:
        if not getattr(request.module, "HASHES_IN_EARNEST", False):
            patch.setattr(passwords, "MEMORY_KIB", 8)
            patch.setattr(passwords, "PASSES", 1)
        yield


@pytest.fixture(scope="module")
def seed_file() -> Path | None:
    """What the module's database holds; a module overrides this with its own. None: only the tables."""
    return None


@pytest.fixture(scope="module")
def world(postgres: Server, seed_file: Path | None) -> tuple[str, dict[str, Any]]:
    return template(postgres, seed_file)


@pytest.fixture(scope="module")
def ids(world: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """Ids of what the seed file names, as `seed --ids` writes them."""
    return world[1]


@pytest.fixture(scope="module")
def database_url(postgres: Server, world: tuple[str, Any], request: pytest.FixtureRequest) -> Iterator[str]:
    """The module's own database."""
    own = sha256(f"{request.node.nodeid} {os.getpid()}".encode()).hexdigest()[:16]
    name = f"{postgres.home.name}-test_{own}"
    in_server(postgres, f'CREATE DATABASE "{name}" TEMPLATE "{world[0]}" {COPY}')
    yield postgres.url(name)
    in_server(postgres, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def settings(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Of the shop under test; a module overrides it with `dataclasses.replace` for settings of its own."""
    return Settings(
        database_url=database_url,
        redis_url=os.environ.get("REDIS_URL", ""),
        mongo_url=os.environ.get("MONGO_URL", ""),
        data_dir=tmp_path_factory.mktemp("data"),
        access_log=False,
        check_replies=True,
    )


@pytest.fixture(scope="module")
async def app(settings: Settings) -> web.Application:
    """The shop, not yet started."""
    return create_app(settings)


@pytest.fixture(scope="module")
async def client(app: web.Application) -> AsyncIterator[Client]:
    """Speaks HTTP with the started shop over a socket."""
    async with TestClient(TestServer(app)) as started:
        await asyncio.wait_for(app[DEPS].changes.connected.wait(), 10)
        yield started


@pytest.fixture(scope="module")
async def deps(client: Client) -> Deps:
    """What the started shop works with."""
    return client.app[DEPS]


@pytest.fixture(scope="module")
async def database(deps: Deps) -> Database:
    return deps.database


@pytest.fixture
async def start_shop() -> AsyncIterator[Callable[..., Awaitable[Client]]]:
    """More shops on one database, as other processes would be: `await start_shop(settings, deps)`."""
    started: list[Client] = []

    async def start(settings: Settings, deps: Deps | None = None) -> Client:
        shop = create_app(settings, deps)
        client = TestClient(TestServer(shop))
        started.append(client)
        await client.start_server()
        await asyncio.wait_for(shop[DEPS].changes.connected.wait(), 10)
        return client

    yield start
    for client in started:
        await client.close()


@pytest.fixture
def count_statements(deps: Deps) -> Callable[[], Any]:
    """`with count_statements() as statements:` collects the SQL that the started shop sends meanwhile."""

    @contextmanager
    def collecting() -> Iterator[list[str]]:
        sent: list[str] = []

        def hear(statement: str) -> None:
            task = asyncio.current_task()
            # Sweeps and deliveries run beside the requests, and are not theirs.
            if task is None or task.get_name() not in BESIDE:
                sent.append(statement)

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            hear(statement)

        engine = deps.database.engine.sync_engine
        event.listen(engine, "before_cursor_execute", note)
        deps.database.on_statement.append(hear)
        try:
            yield sent
        finally:
            deps.database.on_statement.remove(hear)
            event.remove(engine, "before_cursor_execute", note)

    return collecting
