"""Logins know their device and their last proof; second factors are removed by two."""

from pathlib import Path

from alembic import op

from services.infra.migrations import run_script

revision = "0019"
down_revision = "0018"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    run_script(op.get_bind(), SQL / "0019_fresh_proof.sql")


def downgrade() -> None:
    raise NotImplementedError("The steps go forward only: restore a backup instead.")
