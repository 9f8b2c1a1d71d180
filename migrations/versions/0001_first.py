"""The first schema."""

from pathlib import Path

from alembic import op

from models.currency import country, currency, iso_countries, iso_currencies
from services.infra.migrations import run_script

revision = "0001"
down_revision = None

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    run_script(op.get_bind(), SQL / "0001_tables.sql")
    op.bulk_insert(currency, list(iso_currencies()))
    op.bulk_insert(country, list(iso_countries()))
    run_script(op.get_bind(), SQL / "0001_triggers.sql")


def downgrade() -> None:
    raise NotImplementedError("The first schema has nothing below it: drop the database instead.")
