"""The database schema's versions: where a database stands, and bringing it up to date."""

import sys
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext, MigrationInfo
from alembic.script import ScriptDirectory
from asyncpg import PostgresError
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from models.region import currency
from utils.errors import AppError

VERSION = text("SELECT current_setting('server_version_num')::int, current_setting('server_version')")
OLDEST = 150_000  # PostgreSQL 15
FOLDER = Path(__file__).resolve().parents[3] / "migrations"
Say = Callable[[str], None]


class DatabaseTooOld(AppError):
    code, kind = "database_too_old", "unavailable"
    message = "The database server is PostgreSQL {version}; Pasar needs 15 or later."


class DatabaseTooNew(AppError):
    code, kind = "database_too_new", "unavailable"
    message = (
        "The database is at migration {revision}, which this version of Pasar does not know: a newer one made it. "
        "Run that version, or restore a backup from before."
    )


class MigrationFailed(AppError):
    code, kind = "migration_failed", "unavailable"
    message = (
        "Migration {revision} failed and nothing was changed: {reason}. "
        "The database is as before; run the version that it was made by, and report this."
    )


def require_version(connection: Connection) -> None:
    """DatabaseTooOld unless the server is one whose SQL we use."""
    number, version = connection.execute(VERSION).one()
    if number < OLDEST:
        raise DatabaseTooOld(version=version)


def current_heads(connection: Connection) -> set[str]:
    """The migrations that the database stands at; DatabaseTooNew when this checkout does not have one of them."""
    known = {script.revision for script in scripts().walk_revisions()}
    heads = set(MigrationContext.configure(connection).get_current_heads())
    for revision in sorted(heads - known):
        raise DatabaseTooNew(revision=revision)
    return heads


def scripts() -> ScriptDirectory:
    name_as_released()
    return ScriptDirectory.from_config(configuration(""))


def name_as_released() -> None:
    """Give modules the names by which released migrations import them: those files stay as they are, byte for byte."""
    here = sys.modules[__name__]
    for former, module in (
        ("services.infra", here),
        ("services.infra.migrations", here),
        ("models.currency", currency),
    ):
        sys.modules.setdefault(former, module)


def configuration(url: str) -> Config:
    """Alembic's settings; the URL travels beside them, since a `%` in a password would be read as interpolation."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    return config


def upgrade(url: str, say: Say, target: str = "head") -> None:
    """Run the missing migrations up to `target`, one line each; must be called outside of a running event loop.

    DatabaseTooOld and DatabaseTooNew when they cannot be; MigrationFailed names the one that the database refuses.
    """
    known = scripts()
    applied: list[str] = []

    def tell(*, step: MigrationInfo, **_: object) -> None:
        for revision in step.up_revision_ids:
            applied.append(revision)
            say(f"migrated to {described(known, revision)}")

    config = configuration(url)
    config.attributes["tell"] = tell
    try:
        command.upgrade(config, target)
    except (DBAPIError, PostgresError) as error:
        before = config.attributes.get("heads")  # where it stood; unknown when it was never reached
        if before is None:
            raise
        revision = next_after(known, applied, before)
        raise MigrationFailed(revision=described(known, revision), reason=one_line(error)) from error
    if not applied:
        say(f"the database is up to date ({', '.join(known.get_heads())})")


def described(known: ScriptDirectory, revision: str) -> str:
    script = known.get_revision(revision)
    return f"{revision}: {script.doc if script else ''}"


def next_after(known: ScriptDirectory, applied: list[str], before: set[str]) -> str:
    """The migration that was running: the one that builds on the last one that was carried out."""
    last = {applied[-1]} if applied else before
    following = (script for script in known.walk_revisions() if {script.down_revision or ""} == (last or {""}))
    return next((script.revision for script in following), "?")


def one_line(error: DBAPIError | PostgresError) -> str:
    """What the database said, without the driver's class and the statement."""
    said = str(error.orig if isinstance(error, DBAPIError) else error)
    return " ".join((said.partition(">:")[2] or said).split()).rstrip(".")


async def is_current(url: str) -> bool:
    """Whether the database has every migration of this checkout; DatabaseTooNew when it has one beyond them."""
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(current_heads) == set(scripts().get_heads())
    finally:
        await engine.dispose()


def run_script(connection: Connection, path: Path) -> None:
    """Run a file of several SQL statements inside the current transaction."""
    script = path.read_text()
    # The driver prepares what comes through SQLAlchemy, and only one statement can be prepared at a time.
    connection.connection.dbapi_connection.run_async(lambda raw: raw.execute(script))  # type: ignore[union-attr]
