"""The database schema's versions: where a database stands, and bringing it up to date."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext, MigrationInfo
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from utils.errors import AppError

VERSION = text("SELECT current_setting('server_version_num')::int, current_setting('server_version')")
OLDEST = 150_000  # PostgreSQL 15
FOLDER = Path(__file__).resolve().parents[2] / "migrations"
Say = Callable[[str], None]


class DatabaseTooOld(AppError):
    code, kind = "database_too_old", "unavailable"
    message = "The database server is PostgreSQL {version}; Pasar needs 15 or later."


def require_version(connection: Connection) -> None:
    """DatabaseTooOld unless the server is one whose SQL we use."""
    number, version = connection.execute(VERSION).one()
    if number < OLDEST:
        raise DatabaseTooOld(version=version)


def configuration(url: str) -> Config:
    """Alembic's settings; the URL travels beside them, since a `%` in a password would be read as interpolation."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    return config


def upgrade(url: str, say: Say) -> None:
    """Run the missing migrations, one line each; must be called outside of a running event loop."""
    scripts = ScriptDirectory.from_config(configuration(url))
    applied: list[str] = []

    def tell(*, step: MigrationInfo, **_: object) -> None:
        for revision in step.up_revision_ids:
            script = scripts.get_revision(revision)
            applied.append(revision)
            say(f"migrated to {revision}: {script.doc if script else ''}")

    config = configuration(url)
    config.attributes["tell"] = tell
    command.upgrade(config, "head")
    if not applied:
        say(f"the database is up to date ({', '.join(scripts.get_heads())})")


async def is_current(url: str) -> bool:
    """Whether the database has every migration of this checkout."""

    def heads(connection: Connection) -> set[str]:
        return set(MigrationContext.configure(connection).get_current_heads())

    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(heads) == set(ScriptDirectory.from_config(configuration(url)).get_heads())
    finally:
        await engine.dispose()


def run_script(connection: Connection, path: Path) -> None:
    """Run a file of several SQL statements inside the current transaction."""
    script = path.read_text()
    # The driver prepares what comes through SQLAlchemy, and only one statement can be prepared at a time.
    connection.connection.dbapi_connection.run_async(lambda raw: raw.execute(script))  # type: ignore[union-attr]
