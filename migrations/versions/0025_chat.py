"""Chat between customers and sellers."""

from pathlib import Path

from alembic import op

from services.infrastructure.database.migrations import run_script

revision = "0025"
down_revision = "0024"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    run_script(op.get_bind(), SQL / "0025_chat.sql")


def downgrade() -> None:
    raise NotImplementedError("The steps go forward only: restore a backup instead.")
