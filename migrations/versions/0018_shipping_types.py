"""Shipping methods of orders know the type that they were chosen by."""

from pathlib import Path

from alembic import op

from services.infra.migrations import run_script

revision = "0018"
down_revision = "0017"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    run_script(op.get_bind(), SQL / "0018_shipping_types.sql")


def downgrade() -> None:
    raise NotImplementedError("The steps go forward only: restore a backup instead.")
