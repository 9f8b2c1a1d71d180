"""The migrations make the tables that the models describe."""

import importlib
import pkgutil
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

import models
from models.schema.base import metadata
from services.infrastructure.database.database import Database

CHECKS = text("SELECT conname FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace")


def describe() -> None:
    """Import every module that describes tables."""
    for module in pkgutil.iter_modules(models.__path__):
        importlib.import_module(f"models.{module.name}")


async def test_a_migrated_database_is_what_the_models_say(database: Database) -> None:
    describe()

    def differences(connection: Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_every_check_of_the_models_is_in_the_database(database: Database) -> None:
    describe()
    wanted = {
        str(constraint.name)
        for table in metadata.tables.values()
        for constraint in table.constraints
        if constraint.__visit_name__ == "check_constraint"
    }
    async with database.engine.connect() as connection:
        found = {row.conname for row in await connection.execute(CHECKS)}
    assert wanted - found == set()
