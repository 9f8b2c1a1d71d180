"""What sellers say of their stock."""

from pathlib import Path

from alembic import op

from services.infra.migrations import run_script

revision = "0009"
down_revision = "0008"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    run_script(op.get_bind(), SQL / "0009_stock.sql")


def downgrade() -> None:
    raise NotImplementedError("The steps go forward only: restore a backup instead.")
