"""Badges of products, and what was sold."""

from alembic import op

revision = "badges_0001"
down_revision = None
branch_labels = ("badges",)


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE product_badge (
            product_id text NOT NULL CONSTRAINT fk_product_badge_product_id REFERENCES product ON DELETE CASCADE,
            badge text NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT pk_product_badge PRIMARY KEY (product_id, badge)
        )
        """
    )
    op.execute(
        """
        CREATE TABLE badge_sale (
            order_id text NOT NULL,
            product_id text NOT NULL,
            quantity integer NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT pk_badge_sale PRIMARY KEY (order_id, product_id)
        )
        """
    )
    op.execute("CREATE INDEX ix_badge_sale_product_id ON badge_sale (product_id)")


def downgrade() -> None:
    op.drop_table("badge_sale")
    op.drop_table("product_badge")
