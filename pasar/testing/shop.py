"""A server with plug-ins over a fresh database, in a thread beside the test: real HTTP, real PostgreSQL."""

import asyncio
import json
import os
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from pathlib import Path
from secrets import token_hex
from shutil import rmtree
from threading import Thread
from typing import Any, TypeVar

import asyncpg
from aiohttp import web
from sqlalchemy import make_url

from controllers.http import DEPS
from pasar import tables
from pasar.plugin import Plugin
from pasar.registry import Registry, registry
from pasar.testing.people import Person, make_administrator, make_customer, make_staff
from services import deps as wiring
from services import seed as seeds
from services.deps import Deps
from services.infrastructure.database import database as engine
from services.infrastructure.database.database import UnitOfWork
from services.infrastructure.database.embedded_postgres import EmbeddedPostgres
from services.seed.demo import FILE as DEMO
from utils.config import Settings

T = TypeVar("T")
Json = dict[str, Any]
# Nobody needs the data of a test after a crash.
TUNING = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
KEY = "pk_demo_pasar"  # the publishable key of the demo


@dataclass(frozen=True)
class Reply:
    """An answer: its status, its text, and its JSON."""

    status: int
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class Shop:
    """The started server. Its methods are for plain tests; `run` is for what a test does in the server's own loop.

    `ids` are those of what the seed file names: `shop.ids["products"]["elbe-mug"]`.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, app: web.Application, port: int, ids: Json) -> None:
        self.loop, self.app, self.port, self.ids = loop, app, port, ids

    @property
    def deps(self) -> Deps:
        return self.app[DEPS]

    def run(self, work: Callable[[Deps], Awaitable[T]]) -> T:
        """What `work(deps)` comes to, carried out in the server's loop."""

        async def main() -> T:
            return await work(self.deps)

        return asyncio.run_coroutine_threadsafe(main(), self.loop).result(60)

    def send(self, method: str, path: str, body: Any = None, who: Person | None = None, **headers: str) -> Reply:
        """Send a request, as `who`, with the demo's publishable key."""
        given = {"x-publishable-api-key": KEY, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if who is not None:
            given["authorization"] = f"Bearer {who.token}"
        if who is not None and who.seller_id:
            given.setdefault("x-seller-id", who.seller_id)
        raw = None
        if body is not None:
            raw, given["content-type"] = json.dumps(body), "application/json"
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, raw, given)
            answer = connection.getresponse()
            return Reply(answer.status, answer.read().decode())
        finally:
            connection.close()

    def ask(self, method: str, path: str, body: Any = None, who: Person | None = None, status: int = 200) -> Any:
        """The JSON of an answer that must have this status."""
        answer = self.send(method, path, body, who)
        assert answer.status == status, (method, path, answer.status, answer.text[:500])
        return answer.json if answer.text else None

    def customer(self) -> Person:
        return self.run(make_customer)

    def staff(self, handle: str, role: str = "owner") -> Person:
        """Somebody who works for the seller of this handle."""
        seller_id = self.ids["stores"][handle]
        return self.run(lambda deps: make_staff(deps, seller_id=seller_id, role=role))

    def administrator(self, role: str = "admin") -> Person:
        return self.run(lambda deps: make_administrator(deps, role=role))

    @contextmanager
    def dry(self) -> Iterator[None]:
        """Within the block every transaction is rolled back where it would commit."""

        async def undo(work: UnitOfWork) -> None:
            await work.raw.execute("ROLLBACK")

        usual, engine.commit = engine.commit, undo
        try:
            yield
        finally:
            engine.commit = usual


class Databases:
    """The PostgreSQL of a test run, embedded unless DATABASE_URL names one, with a database to copy for each module."""

    def __init__(self, plugins: Iterable[Plugin], seed: Path = DEMO) -> None:
        self.known = registry(plugins)
        self.seed = seed
        self.folder = Path(tempfile.mkdtemp(prefix="pasar-p-"))
        self.name = f"plugins-{token_hex(4)}"
        given = os.environ.get("DATABASE_URL")
        self.address = make_url(given) if given else None
        self.server = None if given else EmbeddedPostgres(self.folder, TUNING)
        self.made: list[str] = []
        self.ids: Json = {}

    def url(self, name: str) -> str:
        if self.server is not None:
            return self.server.url(name)
        assert self.address is not None
        address = self.address.set(drivername="postgresql+asyncpg", database=name)
        return address.render_as_string(hide_password=False)

    def start(self) -> None:
        if self.server is not None:
            self.server.start()
        self._make(self.name, "template1")
        tables.bring_up_to_date(self.url(self.name), self.known, lambda _: None)
        self.ids = asyncio.run(self._seed())

    def stop(self) -> None:
        for name in self.made:
            self._tell(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        if self.server is not None:
            self.server.stop()
        rmtree(self.folder, ignore_errors=True)

    def copy(self) -> str:
        """The address of a fresh database."""
        name = f"{self.name}-{len(self.made)}"
        self._make(name, self.name)
        return self.url(name)

    def _make(self, name: str, template: str) -> None:
        self._tell(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        self.made.append(name)

    def _tell(self, statement: str) -> None:
        async def main() -> None:
            home = (self.address.database if self.address is not None else None) or "postgres"
            connection = await asyncpg.connect(self.url(home).replace("+asyncpg", ""))
            try:
                await connection.execute(statement)
            finally:
                await connection.close()

        asyncio.run(main())

    async def _seed(self) -> Json:
        settings = Settings(database_url=self.url(self.name), data_dir=self.folder / "data")
        deps = wiring.build(settings, self.known.extensions)
        try:
            async with deps.database.unit_of_work() as work:
                report = await seeds.load(work, seeds.read(self.seed))
            await deps.database.refresh_statistics()
            return report.ids
        finally:
            await deps.close()


@contextmanager
def started(databases: Databases, values: Mapping[str, Any] | None = None, **settings: Any) -> Iterator[Shop]:
    """A server over a fresh database; `values` are the plug-ins' settings, `settings` those of the server."""
    from app import create_app

    known: Registry = replace_values(databases.known, values or {})
    url = databases.copy()
    ready = Settings(database_url=url, data_dir=databases.folder / token_hex(4), access_log=False, check_replies=True)
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, name="shop", daemon=True)
    thread.start()

    def run(work: Awaitable[T]) -> T:
        async def main() -> T:
            return await work

        return asyncio.run_coroutine_threadsafe(main(), loop).result(60)

    async def make() -> tuple[web.Application, web.AppRunner, int]:
        app = create_app(replace(ready, **settings), plugins=known)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        await asyncio.wait_for(app[DEPS].changes.connected.wait(), 10)
        return app, runner, int(runner.addresses[0][1])

    app, runner, port = run(make())
    try:
        yield Shop(loop, app, port, databases.ids)
    finally:
        run(runner.cleanup())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def replace_values(known: Registry, values: Mapping[str, Any]) -> Registry:
    return registry(known.plugins, {**known.values, **values}) if values else known
