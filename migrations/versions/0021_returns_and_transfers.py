"""Returns know their location, transfers what was said with them."""

from pathlib import Path

from alembic import op

from services.infra.migrations import run_script

revision = "0021"
down_revision = "0020"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    run_script(op.get_bind(), SQL / "0021_returns_and_transfers.sql")


def downgrade() -> None:
    raise NotImplementedError("The steps go forward only: restore a backup instead.")
