"""What sides of a conversation are told of it, and decide about it."""

from pathlib import Path

from alembic import op

from services.infrastructure.database.migrations import run_script

revision = "0026"
down_revision = "0025"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    run_script(op.get_bind(), SQL / "0026_chat_sides.sql")


def downgrade() -> None:
    raise NotImplementedError("The steps go forward only: restore a backup instead.")
