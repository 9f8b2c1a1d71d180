"""Limits of stock holds, and of pieces per order and variant."""

from pathlib import Path

from alembic import op

from services.infra.migrations import run_script

revision = "0022"
down_revision = "0021"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    run_script(op.get_bind(), SQL / "0022_hold_limits.sql")


def downgrade() -> None:
    raise NotImplementedError("The steps go forward only: restore a backup instead.")
