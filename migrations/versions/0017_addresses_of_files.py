"""Addresses of our own files are stored without the host."""

from pathlib import Path

from alembic import op

from services.infra.migrations import run_script

revision = "0017"
down_revision = "0015"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    run_script(op.get_bind(), SQL / "0017_addresses_of_files.sql")


def downgrade() -> None:
    raise NotImplementedError("The steps go forward only: restore a backup instead.")
