"""The first schema."""

import importlib
import pkgutil
from pathlib import Path

from alembic import op

import models
from models.base import metadata
from models.currency import country, currency, iso_countries, iso_currencies
from services.infra.migrations import run_script

revision = "0001"
down_revision = None


def upgrade() -> None:
    for module in pkgutil.iter_modules(models.__path__):
        importlib.import_module(f"models.{module.name}")
    metadata.create_all(op.get_bind())
    op.bulk_insert(currency, list(iso_currencies()))
    op.bulk_insert(country, list(iso_countries()))
    run_script(op.get_bind(), Path(__file__).parents[1] / "sql" / "0001_triggers.sql")


def downgrade() -> None:
    raise NotImplementedError("The first schema has nothing below it: drop the database instead.")
