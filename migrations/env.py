"""Runs the migrations: one transaction, one process at a time."""

import asyncio
import os

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from models.schema.base import metadata
from services.infrastructure.database.migrations import current_heads, require_version
from utils.config import Settings

ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7061736172)")


def run(connection: Connection) -> None:
    tell, branch = (context.config.attributes.get(name) for name in ("tell", "branch"))
    versions = {"version_table": branch.version_table} if branch else {}
    context.configure(connection=connection, target_metadata=metadata, on_version_apply=tell, **versions)
    with context.begin_transaction():
        connection.execute(ONE_AT_A_TIME)
        require_version(connection)
        context.config.attributes["heads"] = current_heads(connection, branch)
        context.run_migrations()


async def main() -> None:
    url = context.config.attributes.get("url") or Settings.from_env(os.environ).database_url
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(run)
            await connection.commit()
    finally:
        await engine.dispose()


asyncio.run(main())
