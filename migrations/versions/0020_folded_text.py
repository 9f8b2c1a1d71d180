"""Text is searched and sorted without regard to accents, case, width and composition; handles of every writing."""

from pathlib import Path

from alembic import op

from services.infra.migrations import run_script

revision = "0020"
down_revision = "0019"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    run_script(op.get_bind(), SQL / "0020_folded_text.sql")


def downgrade() -> None:
    raise NotImplementedError("The steps go forward only: restore a backup instead.")
