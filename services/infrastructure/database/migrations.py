"""The database schema's versions: where a database stands, and bringing it up to date."""

import asyncio
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext, MigrationInfo
from alembic.script import ScriptDirectory
from asyncpg import PostgresError
from sqlalchemy import Connection, MetaData, Table, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.schema import DropTable

from models.region import currency
from services.infrastructure.database.branches import VERSIONS_OF, Branch
from utils.errors import AppError

VERSION = text("SELECT current_setting('server_version_num')::int, current_setting('server_version')")
OLDEST = 150_000  # PostgreSQL 15
FOLDER = Path(__file__).resolve().parents[3] / "migrations"
VERSION_TABLES = text(
    "SELECT table_name FROM information_schema.tables "
    r"WHERE table_schema = current_schema() AND table_name LIKE 'alembic\_version\_%'"
)
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


class BranchUnusable(AppError):
    code, kind = "branch_unusable", "unavailable"
    message = "The migrations of the plug-in {plugin} cannot be run: {reason}."


def require_version(connection: Connection) -> None:
    """DatabaseTooOld unless the server is one whose SQL we use."""
    number, version = connection.execute(VERSION).one()
    if number < OLDEST:
        raise DatabaseTooOld(version=version)


def current_heads(connection: Connection, branch: Branch | None = None) -> set[str]:
    """The migrations that the database stands at; DatabaseTooNew when this checkout does not have one of them."""
    known = {script.revision for script in scripts(branch).walk_revisions()}
    opts = {"version_table": branch.version_table} if branch else {}
    heads = set(MigrationContext.configure(connection, opts=opts).get_current_heads())
    for revision in sorted(heads - known):
        raise DatabaseTooNew(revision=revision)
    return heads


def name_as_released() -> None:
    """Give modules the names by which released migrations import them: those files stay as they are, byte for byte."""
    here = sys.modules[__name__]
    for former, module in (
        ("services.infra", here),
        ("services.infra.migrations", here),
        ("models.currency", currency),
    ):
        sys.modules.setdefault(former, module)


def scripts(branch: Branch | None = None) -> ScriptDirectory:
    name_as_released()
    return ScriptDirectory.from_config(configuration("", branch))


def configuration(url: str, branch: Branch | None = None) -> Config:
    """Alembic's settings; the URL travels beside them, since a `%` in a password would be read as interpolation."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    config.attributes["branch"] = branch
    if branch is not None:
        config.set_main_option("version_locations", str(branch.folder).replace("%", "%%"))
    return config


def upgrade(url: str, say: Say, target: str = "head", branches: Iterable[Branch] = ()) -> None:
    """Run the missing migrations up to `target`, one line each; must be called outside of a running event loop.

    Those of plug-ins come after ours. DatabaseTooOld, DatabaseTooNew and BranchUnusable when they cannot be run;
    MigrationFailed names the one that the database refuses.
    """
    branches = tuple(branches)
    for branch in branches:
        require_usable(branch)
    _upgrade(url, say, target)
    for branch in branches:
        _upgrade(url, say, "head", branch)


def _upgrade(url: str, say: Say, target: str, branch: Branch | None = None) -> None:
    known = scripts(branch)
    applied: list[str] = []

    def tell(*, step: MigrationInfo, **_: object) -> None:
        for revision in step.up_revision_ids:
            applied.append(revision)
            say(f"migrated to {described(known, revision)}")

    config = configuration(url, branch)
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
        whose = f"the plug-in {branch.plugin}" if branch else "the database"
        say(f"{whose} is up to date ({', '.join(known.get_heads())})")


def require_usable(branch: Branch) -> None:
    """BranchUnusable unless the folder holds one line of migrations under the plug-in's label that fits to ours."""
    heads, bases = scripts(branch).get_heads(), scripts(branch).get_bases()
    reason = ""
    if len(heads) != 1 or len(bases) != 1:
        reason = f"{branch.folder} holds {len(bases)} first and {len(heads)} last migrations, not one of each"
    elif branch.plugin not in scripts(branch).get_revision(bases[0]).branch_labels:
        reason = f"the first one, {bases[0]}, has not the branch label {branch.plugin}"
    elif branch.depends_on not in {script.revision for script in scripts().walk_revisions()}:
        reason = f"they depend on migration {branch.depends_on} of Pasar, which this version does not have"
    if reason:
        raise BranchUnusable(plugin=branch.plugin, reason=reason)


def remove(url: str, say: Say, branch: Branch) -> None:
    """Undo all migrations of a plug-in: its tables go, with what is in them."""
    command.downgrade(configuration(url, branch), "base")
    asyncio.run(_forget(url, branch))
    say(f"the tables of the plug-in {branch.plugin} are gone; remove its package next")


async def _forget(url: str, branch: Branch) -> None:
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            await connection.execute(DropTable(Table(branch.version_table, MetaData()), if_exists=True))
    finally:
        await engine.dispose()


async def left_behind(url: str, branches: Iterable[Branch]) -> list[str]:
    """Names of plug-ins that have tables in the database and are not installed."""
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            names = (await connection.execute(VERSION_TABLES)).scalars()
            return sorted({name.removeprefix(VERSIONS_OF) for name in names} - {each.plugin for each in branches})
    finally:
        await engine.dispose()


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


async def is_current(url: str, branches: Iterable[Branch] = ()) -> bool:
    """Whether the database has every migration of this checkout; DatabaseTooNew when it has one beyond them."""
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            for branch in (None, *branches):
                heads = await connection.run_sync(partial(current_heads, branch=branch))
                if heads != set(scripts(branch).get_heads()):
                    return False
            return True
    finally:
        await engine.dispose()


def run_script(connection: Connection, path: Path) -> None:
    """Run a file of several SQL statements inside the current transaction."""
    script = path.read_text()
    # The driver prepares what comes through SQLAlchemy, and only one statement can be prepared at a time.
    connection.connection.dbapi_connection.run_async(lambda raw: raw.execute(script))  # type: ignore[union-attr]
