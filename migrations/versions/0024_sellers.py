"""One word for who sells: seller."""

from pathlib import Path

from alembic import op

from services.infrastructure.database.migrations import run_script

revision = "0024"
down_revision = "0023"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    run_script(op.get_bind(), SQL / "0024_sellers.sql")


def downgrade() -> None:
    raise NotImplementedError("The steps go forward only: restore a backup instead.")
