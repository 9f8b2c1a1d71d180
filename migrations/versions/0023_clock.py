"""The clock of a sandbox."""

from pathlib import Path

from alembic import op

from services.infra.migrations import run_script

revision = "0023"
down_revision = "0022"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    run_script(op.get_bind(), SQL / "0023_clock.sql")


def downgrade() -> None:
    raise NotImplementedError("The steps go forward only: restore a backup instead.")
