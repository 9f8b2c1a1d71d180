"""Orders on their way: fulfillments, cancellations, their history, returns received."""

from pathlib import Path

from alembic import op

from services.infra.migrations import run_script

revision = "0010"
down_revision = "0009"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    run_script(op.get_bind(), SQL / "0010_order_progress.sql")


def downgrade() -> None:
    raise NotImplementedError("The steps go forward only: restore a backup instead.")
