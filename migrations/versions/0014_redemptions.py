"""Redemptions know what was counted for them."""

from pathlib import Path

from alembic import op

from services.infra.migrations import run_script

revision = "0014"
down_revision = "0013"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    run_script(op.get_bind(), SQL / "0014_redemptions.sql")


def downgrade() -> None:
    raise NotImplementedError("The steps go forward only: restore a backup instead.")
