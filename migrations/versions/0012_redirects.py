"""People who were sent to a provider's page to log in."""

from pathlib import Path

from alembic import op

from services.infra.migrations import run_script

revision = "0012"
down_revision = "0011"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    run_script(op.get_bind(), SQL / "0012_redirects.sql")


def downgrade() -> None:
    raise NotImplementedError("The steps go forward only: restore a backup instead.")
