"""Identities, their hats and their logins."""

from pathlib import Path

from alembic import op

from services.infra.migrations import run_script

revision = "0002"
down_revision = "0001"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    run_script(op.get_bind(), SQL / "0002_identity.sql")


def downgrade() -> None:
    raise NotImplementedError("Logins are not thrown away by a step back: restore a backup instead.")
