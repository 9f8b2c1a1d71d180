"""Pasar, a marketplace server: `python app.py` serves; `python app.py --help` lists the other commands."""

import argparse
import asyncio
import errno
import logging
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import uvloop
from aiohttp import web
from sqlalchemy.exc import DBAPIError, OperationalError

from models.role import USER_ROLES
from services import background
from services import deps as wiring
from services.deps import Deps
from services.infra import processes
from services.infra.background import Background, run_forever
from services.infra.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError
from utils.config import Settings, SettingsError, table, variable
from utils.errors import AppError
from utils.http import DEPS

log = logging.getLogger("pasar.serve")
KEEPALIVE_SECONDS = 75.0
LAME_DUCK_SECONDS = 0.5  # while draining begins: still accepts, says 503 on /ready and closes connections in order
LAST_ONES_SECONDS = 0.1  # those that had connected before the door closed are let in
REVIVE_SECONDS = 1.0
LONGEST_EMAIL = 254
OPTIONS = ("workers", "host", "port")  # settings that the command line may replace


def create_app(settings: Settings, deps: Deps | None = None) -> web.Application:
    """The application over a migrated database. Handed-in deps are used and closed like its own."""
    from middleware import HTTP_OPTIONS, install
    from routes import ROUTES

    app = web.Application(client_max_size=settings.body_limit_bytes, handler_args=HTTP_OPTIONS)
    app[DEPS] = deps or wiring.build(settings)
    install(app, ROUTES)
    app.cleanup_ctx.append(hold_resources)
    return app


async def hold_resources(app: web.Application) -> AsyncIterator[None]:
    """Background tasks run while the application does; the connections close last."""
    deps, tasks = app[DEPS], Background()
    tasks.start((name, partial(work, deps)) for name, work in background.TASKS)
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


def bring_up_to_date(settings: Settings, tell: Callable[[str], None]) -> None:
    # Alembic is loaded only where it is needed: workers start sooner and smaller without it.
    from services.infra import migrations

    migrations.upgrade(settings.database_url, tell)


def require_current(settings: Settings) -> None:
    from services.infra import migrations

    if not run(migrations.is_current(settings.database_url)):
        raise CommandError("The database does not have the tables of this version. Run: python app.py migrate")


def with_deps(settings: Settings, work: Callable[[Deps], Coroutine[Any, Any, int]]) -> int:
    """Run one command of the business with connections of its own."""

    async def main() -> int:
        deps = wiring.build(settings)
        try:
            return await work(deps)
        finally:
            await deps.close()

    return int(run(main()))


def serve(settings: Settings, options: argparse.Namespace) -> int:
    if options.as_worker:
        return serve_as(settings, is_worker=True)
    processes.check_port_is_free(settings.host, settings.port)
    with with_database(settings) as (ready, postgres):
        if settings.in_development:
            bring_up_to_date(ready, say)
            if options.demo:
                from controllers import command_line

                with_deps(ready, command_line.offer_demo)
        else:
            require_current(ready)
        if ready.workers == 1:
            return serve_as(ready, is_worker=False, postgres=postgres)
        supervisor = processes.Supervisor([sys.executable, str(Path(__file__)), "serve", "--as-worker"], ready)
        return int(run(beside(supervisor.run(), postgres)))


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


def serve_as(settings: Settings, *, is_worker: bool, postgres: EmbeddedPostgres | None = None) -> int:
    async def main() -> int:
        app = create_app(settings)

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
    with with_database(settings) as (ready, _):
        bring_up_to_date(ready, say)
    return 0


def seed(settings: Settings, options: argparse.Namespace) -> int:
    from controllers import command_line

    if options.schema:
        return command_line.print_seed_schema()
    if options.file is None:
        raise CommandError("Name the file to load, or ask for --schema. See: python app.py seed --help")
    with with_database(settings) as (ready, _):
        if ready.in_development:
            bring_up_to_date(ready, lambda _: None)
        require_current(ready)
        return with_deps(ready, lambda deps: command_line.seed(deps, options))


def import_catalogue(settings: Settings, options: argparse.Namespace) -> int:
    from controllers import command_line

    with with_database(settings) as (ready, _):
        require_current(ready)
        return with_deps(ready, lambda deps: command_line.import_catalogue(deps, options))


def create_admin(settings: Settings, options: argparse.Namespace) -> int:
    from controllers import command_line

    with with_database(settings) as (ready, _):
        if ready.in_development:
            bring_up_to_date(ready, lambda _: None)
        require_current(ready)
        return with_deps(ready, lambda deps: command_line.create_admin(deps, options))


def email_address(text: str) -> str:
    """An argument that looks like an e-mail address."""
    name, _, host = text.strip().rpartition("@")
    if not name or "." not in host or len(text) > LONGEST_EMAIL or any(c.isspace() or c == "@" for c in name + host):
        raise argparse.ArgumentTypeError(f"{text!r} is not an e-mail address")
    return text.strip()


def no_kind(settings: Settings, options: argparse.Namespace) -> int:
    raise CommandError("Say what to import. See: python app.py import --help")


def openapi(settings: Settings, options: argparse.Namespace) -> int:
    from routes import ROUTES
    from routes.openapi import document

    sys.stdout.buffer.write(orjson.dumps(document(ROUTES), option=orjson.OPT_INDENT_2) + b"\n")
    return 0


def routes(settings: Settings, options: argparse.Namespace) -> int:
    from routes import ROUTES
    from routes.openapi import caller_of, markdown

    if options.markdown:
        say(markdown(ROUTES).rstrip())
        return 0
    for row in ROUTES:
        say(f"{row.method:<7} {row.path:<62} {caller_of(row):<28} {row.handler.__module__}.{row.handler.__name__}")
    return 0


def show_settings(settings: Settings, options: argparse.Namespace) -> int:
    width = max(len(name) for name, _, _ in table())
    for name, value, text in table(None if options.defaults else settings):
        say(f"{name:<{width}}  {value or '(empty)'}\n{'':<{width}}  {text}")
    return 0


def parser() -> argparse.ArgumentParser:
    """The command line; without a command it serves."""
    main = argparse.ArgumentParser(prog="app.py", description="Pasar, a marketplace server.")
    main.set_defaults(run=serve, workers=None, host=None, port=None, demo=True, as_worker=False)
    commands = main.add_subparsers(title="commands", metavar="COMMAND")

    def command(name: str, run: Callable[..., int], text: str, *, within: Any = commands) -> argparse.ArgumentParser:
        added: argparse.ArgumentParser = within.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        return added

    one = command("serve", serve, "Serve HTTP (the default command); in development also migrate and offer the demo.")
    one.add_argument("--workers", metavar="N", help="processes that share the port (PASAR_WORKERS)")
    one.add_argument("--host", metavar="HOST", help="address to listen on (PASAR_HOST)")
    one.add_argument("--port", metavar="PORT", help="port to listen on (PASAR_PORT)")
    one.add_argument("--no-demo", dest="demo", action="store_false", help="leave an empty database empty")
    one.add_argument("--as-worker", action="store_true", help=argparse.SUPPRESS)

    command("migrate", migrate, "Bring the database's tables up to this version.")

    one = command("seed", seed, "Load a marketplace from a JSON or YAML file; what is there already is updated.")
    one.add_argument("file", nargs="?", type=Path, metavar="FILE", help="the file; its format is in docs/seed.md")
    one.add_argument("--ids", type=Path, metavar="FILE", help="write the ids of what the file names there, as JSON")
    one.add_argument("--schema", action="store_true", help="print the JSON Schema of the format and end")

    group = command("import", no_kind, "Import data of other systems.")
    one = command(
        "catalogue",
        import_catalogue,
        "Import a product CSV as Shopify exports it; what is there already is updated.",
        within=group.add_subparsers(title="kinds", metavar="KIND"),
    )
    one.add_argument("file", type=Path, metavar="FILE", help="the CSV file")
    one.add_argument("--store", required=True, metavar="HANDLE", help="the store that sells the products")
    one.add_argument("--currency", metavar="CODE", help="currency of the file's prices; default: the store's")
    one.add_argument(
        "--sales-channel", action="append", metavar="NAME", help="sell there (may be repeated); default: all channels"
    )
    one.add_argument("--location", metavar="NAME", help="where the stock lies; default: the store's first location")
    one.add_argument("--dry-run", action="store_true", help="check and report, change nothing")
    one.add_argument("--with-images", action="store_true", help="fetch the images instead of keeping their addresses")

    describe_admin(command("create-admin", create_admin, "Make an administrator; the password is asked for."))

    command("openapi", openapi, "Print the OpenAPI document of all routes.")
    one = command("routes", routes, "List the routes: method, path, who may call, function.")
    one.add_argument("--markdown", action="store_true", help="print them as docs/routes.md")
    one = command("settings", show_settings, "List the settings: variable, value, meaning.")
    one.add_argument("--defaults", action="store_true", help="show the defaults instead of the values in force")
    return main


def describe_admin(one: argparse.ArgumentParser) -> None:
    """The options of create-admin; the password is none, since others see what stands there."""
    one.add_argument("--email", required=True, type=email_address, metavar="ADDRESS", help="what they log in with")
    one.add_argument("--role", choices=USER_ROLES, default=USER_ROLES[0], help="what they may do; default: %(default)s")
    one.add_argument("--first-name", metavar="NAME")
    one.add_argument("--last-name", metavar="NAME")
    one.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    one.add_argument("--reset-password", action="store_true", help="replace the password that the address has")


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
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    options = parser().parse_args(arguments)
    # Before a loop takes the signal over, it must unwind too: the embedded database is stopped on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        given = {variable(name): getattr(options, name) for name in OPTIONS if getattr(options, name) is not None}
        settings = Settings.from_env({**os.environ, **given})
    except SettingsError as error:
        print(f"pasar: the settings are not usable\n{error}", file=sys.stderr)
        return 2
    try:
        return int(options.run(settings, options))
    except (CommandError, EmbeddedPostgresError, AppError, DBAPIError, OSError) as error:
        print(f"pasar: {explain(error, settings)}", file=sys.stderr)
        return processes.CANNOT_START if options.as_worker else 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
