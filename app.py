"""Pasar, a marketplace server: `python app.py` serves; `python app.py --help` lists the other commands."""

import argparse
import asyncio
import errno
import logging
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import uvloop
from aiohttp import web
from sqlalchemy.exc import DBAPIError, OperationalError

from controllers.cli.arguments import parser
from controllers.http import DEPS
from pasar import discovery, own_settings, printing
from pasar.plugin import Command, Plugin, PluginError
from pasar.registry import Registry, registry
from services import background, slots
from services import deps as wiring
from services.deps import Deps
from services.infrastructure.database.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError
from services.infrastructure.files.private import UMASK
from services.infrastructure.processes import processes
from services.infrastructure.processes.background import Background, run_forever
from services.shared.seed_sections import Sections
from utils.config import Settings, SettingsError, variable
from utils.errors import AppError
from utils.masking import MaskedFormatter

log = logging.getLogger("pasar.serve")
KEEPALIVE_SECONDS = 75.0
LAME_DUCK_SECONDS = 0.5  # while draining begins: still accepts, says 503 on /ready and closes connections in order
HEARING_SECONDS = 2.0  # at start, for notices of other processes to be listened to
LAST_ONES_SECONDS = 0.1  # those that had connected before the door closed are let in
REVIVE_SECONDS = 1.0
OPTIONS = ("workers", "host", "port")  # settings that the command line may replace


def create_app(
    settings: Settings, deps: Deps | None = None, plugins: Registry | Iterable[Plugin] = ()
) -> web.Application:
    """The application over a migrated database, with these plug-ins. Handed-in deps are used and closed like its own;
    with plug-ins they are to be built with the extensions of the same ones."""
    from middleware import HTTP_OPTIONS, install

    known = plugins if isinstance(plugins, Registry) else registry(plugins)
    app = web.Application(client_max_size=settings.body_limit_bytes, handler_args=HTTP_OPTIONS)
    app[DEPS] = deps or wiring.build(settings, known.extensions)
    install(app, known.routes, known.events, known.stack)
    app.cleanup_ctx.append(hold_resources)
    return app


async def hold_resources(app: web.Application) -> AsyncIterator[None]:
    """Set-up comes first, background tasks run while the application does, and the connections close last."""
    from middleware import work as layers

    deps, tasks = app[DEPS], Background()
    await slots.start_clock(deps)
    layers.install(deps)
    await slots.prepare(deps)
    tasks.start((name, partial(work, deps)) for name, work in (*background.TASKS, *deps.extensions.tasks))
    with suppress(TimeoutError):  # who is served before this process hears of others would miss what they say
        async with asyncio.timeout(HEARING_SECONDS):
            await deps.changes.connected.wait()
    yield
    await tasks.stop()
    await deps.close()


class CommandError(Exception):
    """A command cannot go on; the text says why and what to do."""


def say(line: str) -> None:
    print(line, flush=True)


def run(main: Coroutine[Any, Any, Any]) -> Any:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)


@contextmanager
def with_database(settings: Settings) -> Iterator[tuple[Settings, EmbeddedPostgres | None]]:
    """Settings with a database address: the given one, or that of the embedded server, held until the end."""
    if settings.database_url:
        yield settings, None
        return
    postgres = EmbeddedPostgres(settings.data_dir)
    postgres.start()
    try:
        yield replace(settings, database_url=postgres.url()), postgres
    finally:
        postgres.stop()


def require_made(settings: Settings) -> None:
    """CommandError where the embedded database was never made: a command that only uses one makes none on the way."""
    if not settings.database_url and not EmbeddedPostgres(settings.data_dir).is_made:
        raise CommandError(
            f"There is no database in {settings.data_dir} yet. Make one with `python app.py migrate`, "
            "or name another by DATABASE_URL or PASAR_DATA_DIR."
        )


def require_file(path: Path) -> None:
    """CommandError where there is no file to read, told before a database is asked or made."""
    if not path.is_file():
        raise CommandError(f"There is no file {path}. Correct the path.")


def bring_up_to_date(settings: Settings, known: Registry, tell: Callable[[str], None]) -> None:
    # Alembic is loaded only where it is needed: workers start sooner and smaller without it.
    from pasar import tables

    tables.bring_up_to_date(settings.database_url, known, tell)


def require_current(settings: Settings, known: Registry) -> None:
    from pasar import tables

    if not tables.are_current(settings.database_url, known):
        raise CommandError("The database does not have the tables of this version. Run: python app.py migrate")


def with_deps(settings: Settings, known: Registry, name: str, work: Callable[[Deps], Coroutine[Any, Any, int]]) -> int:
    """Run one command of the business with connections of its own."""
    from middleware import work as layers

    async def main() -> int:
        deps = wiring.build(settings, known.extensions)
        try:
            await slots.start_clock(deps)
            await slots.prepare_folders(deps)
            layers.install(deps)
            return await layers.command(deps, name, work)
        finally:
            await deps.close()

    return int(run(main()))


def serve(settings: Settings, options: argparse.Namespace) -> int:
    known: Registry = options.registry
    if options.as_worker:
        return serve_as(settings, known, is_worker=True)
    processes.check_port_is_free(settings.host, settings.port)
    if not settings.in_development:
        require_made(settings)
    with with_database(settings) as (ready, postgres):
        if settings.in_development:
            bring_up_to_date(ready, known, say)
        else:
            require_current(ready, known)
        for plugin in known.plugins:
            log.info("plug-in %s: %s", plugin.name, plugin.about)
        with_deps(ready, known, "serve", require_slots)
        if settings.in_development and options.demo:
            from controllers.cli import commands as cli_commands

            with_deps(ready, known, "serve", cli_commands.offer_demo)
        if ready.workers == 1:
            return serve_as(ready, known, is_worker=False, postgres=postgres)
        supervisor = processes.Supervisor([sys.executable, str(Path(__file__)), "serve", "--as-worker"], ready)
        return int(run(beside(supervisor.run(), postgres)))


async def require_slots(deps: Deps) -> int:
    """Every slot is set up and answers before anything is served; SlotUnusable otherwise."""
    await slots.require(deps, lambda line: log.info("%s", line))
    return 0


async def serve_http(app: web.Application, settings: Settings, *, drain: Callable[[], None], is_worker: bool) -> None:
    """Serve until SIGTERM, SIGINT or the death of the supervisor; then finish what runs, within drain_seconds."""
    runner = web.AppRunner(
        app, access_log=None, keepalive_timeout=KEEPALIVE_SECONDS, shutdown_timeout=float(settings.drain_seconds)
    )
    await runner.setup()
    try:
        listener = processes.listening(settings.host, settings.port, shared=is_worker)
        await web.SockSite(runner, listener, backlog=processes.BACKLOG).start()
        processes.tidy_memory()
        log.info("ready on %s (process %d)", settings.base_url, os.getpid())
        await processes.ordered_to_stop(watch_supervisor=is_worker)
        drain()
        if runner.server is not None and runner.server.connections:
            await asyncio.sleep(min(LAME_DUCK_SECONDS, settings.drain_seconds))
            processes.turn_away(listener)
            await asyncio.sleep(min(LAST_ONES_SECONDS, settings.drain_seconds))
        log.info("draining (process %d)", os.getpid())
    finally:
        await runner.cleanup()


def serve_as(settings: Settings, known: Registry, *, is_worker: bool, postgres: EmbeddedPostgres | None = None) -> int:
    async def main() -> int:
        app = create_app(settings, plugins=known)

        def drain() -> None:
            app[DEPS].lifecycle.draining = True

        await serve_http(app, settings, drain=drain, is_worker=is_worker)
        return 0

    return int(run(beside(main(), postgres)))


async def beside(main: Coroutine[Any, Any, int], postgres: EmbeddedPostgres | None) -> int:
    """Run `main`, and start the embedded database again should it be killed meanwhile."""

    async def keep_alive(server: EmbeddedPostgres) -> None:
        while True:
            await asyncio.sleep(REVIVE_SECONDS)
            if await asyncio.to_thread(server.revive):
                log.error("the embedded database had died and was started again")

    keeper = asyncio.create_task(run_forever("revive", lambda: keep_alive(postgres))) if postgres else None
    try:
        return await main
    finally:
        if keeper:
            keeper.cancel()
            with suppress(asyncio.CancelledError):
                await keeper


def migrate(settings: Settings, options: argparse.Namespace) -> int:
    from pasar import tables

    if options.remove_plugin:
        require_made(settings)
    with with_database(settings) as (ready, _):
        if options.remove_plugin:
            tables.remove(ready.database_url, options.registry, options.remove_plugin, say)
        else:
            bring_up_to_date(ready, options.registry, say)
    return 0


def seed(settings: Settings, options: argparse.Namespace) -> int:
    from controllers.cli import commands as cli_commands

    if options.schema:
        return cli_commands.print_seed_schema(Sections(options.registry.extensions.sections))
    if options.file is None:
        raise CommandError("Name the file to load, or ask for --schema. See: python app.py seed --help")
    require_file(options.file)
    document = cli_commands.read_seed(options)
    if document is None:
        return 1
    if not settings.in_development:
        require_made(settings)
    with with_database(settings) as (ready, _):
        return in_current(ready, options.registry, "seed", lambda deps: cli_commands.seed(deps, options, document))


def import_catalogue(settings: Settings, options: argparse.Namespace) -> int:
    from controllers.cli import commands as cli_commands

    require_file(options.file)
    require_made(settings)
    with with_database(settings) as (ready, _):
        require_current(ready, options.registry)
        return with_deps(
            ready, options.registry, "import catalogue", lambda deps: cli_commands.import_catalogue(deps, options)
        )


def create_admin(settings: Settings, options: argparse.Namespace) -> int:
    from controllers.cli import commands as cli_commands

    with with_database(settings) as (ready, _):
        return in_current(
            ready, options.registry, "create-admin", lambda deps: cli_commands.create_admin(deps, options)
        )


def in_current(settings: Settings, known: Registry, name: str, work: Callable[[Deps], Coroutine[Any, Any, int]]) -> int:
    """`with_deps` over a database of this version, which development makes of any other."""
    if settings.in_development:
        bring_up_to_date(settings, known, lambda _: None)
    require_current(settings, known)
    return with_deps(settings, known, name, work)


def own_command(command: Command) -> Callable[[Settings, argparse.Namespace], int]:
    """A command of a plug-in."""

    def run_it(settings: Settings, options: argparse.Namespace) -> int:
        with with_database(settings) as (ready, _):
            return in_current(ready, options.registry, command.name, lambda deps: command.run(deps, options))

    return run_it


def clock(settings: Settings, options: argparse.Namespace) -> int:
    from controllers.cli import commands as cli_commands

    if not settings.in_development:
        raise CommandError("The clock is shown and moved in development only: in production time goes its own way.")
    require_made(settings)
    with with_database(settings) as (ready, _):
        require_current(ready, options.registry)
        return with_deps(ready, options.registry, "clock", lambda deps: cli_commands.clock(deps, options))


def no_kind(settings: Settings, options: argparse.Namespace) -> int:
    raise CommandError("Say what to import. See: python app.py import --help")


COMMANDS: Mapping[str, Callable[..., int]] = {
    "serve": serve,
    "migrate": migrate,
    "seed": seed,
    "import": no_kind,
    "catalogue": import_catalogue,
    "create-admin": create_admin,
    "clock": clock,
    "openapi": printing.openapi,
    "asyncapi": printing.asyncapi,
    "routes": printing.routes,
    "settings": printing.settings_in_force,
}


def explain(error: Exception, settings: Settings) -> str:
    """What a person can do about an error that ends a command."""
    if isinstance(error, DBAPIError | OperationalError):
        return f"The database refused: {error.orig}\nCheck DATABASE_URL, and that a PostgreSQL 15 or later runs there."
    if isinstance(error, ConnectionError | socket.gaierror | TimeoutError):
        return f"The database cannot be reached: {error}\nCheck DATABASE_URL, and that the server runs."
    if isinstance(error, AppError):
        return f"{error.text} ({error.code})"
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return f"Port {settings.port} is taken. Stop what listens there, or choose another with --port or PASAR_PORT."
    if isinstance(error, OSError):
        return f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}"
    return str(error)


def main(arguments: Sequence[str]) -> int:
    os.umask(UMASK)  # for what libraries and subprocesses write, too
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(MaskedFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        plugins = discovery.find(os.environ)
        more = registry(plugins).commands
        options = parser(COMMANDS, [(c.name, c.about, c.describe, own_command(c)) for c in more]).parse_args(arguments)
    except PluginError as error:
        print(f"pasar: {error}", file=sys.stderr)
        return 2
    # Before a loop takes the signal over, it must unwind too: the embedded database is stopped on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        given = {variable(name): getattr(options, name) for name in OPTIONS if getattr(options, name) is not None}
        settings, values = own_settings.read({**os.environ, **given}, plugins)
        options.registry = registry(plugins, values)
    except SettingsError as error:
        print(f"pasar: the settings are not usable\n{error}", file=sys.stderr)
        return 2
    try:
        return int(options.run(settings, options))
    except (CommandError, PluginError, EmbeddedPostgresError, AppError, DBAPIError, OSError) as error:
        print(f"pasar: {explain(error, settings)}", file=sys.stderr)
        return processes.CANNOT_START if options.as_worker else 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
