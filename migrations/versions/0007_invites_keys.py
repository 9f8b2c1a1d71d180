"""Invites, secret API keys, the last administrator."""

from pathlib import Path

from alembic import op

from services.infra.migrations import run_script

revision = "0007"
down_revision = "0006"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    run_script(op.get_bind(), SQL / "0007_invites_keys.sql")


def downgrade() -> None:
    raise NotImplementedError("The steps go forward only: restore a backup instead.")
