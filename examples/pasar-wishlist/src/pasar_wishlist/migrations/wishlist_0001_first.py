"""Wishlists and what is on them."""

from alembic import op

revision = "wishlist_0001"
down_revision = None
branch_labels = ("wishlist",)


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE wishlist (
            id text NOT NULL CONSTRAINT pk_wishlist PRIMARY KEY,
            customer_id text NOT NULL CONSTRAINT fk_wishlist_customer_id REFERENCES customer ON DELETE CASCADE,
            name text NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now(),
            updated_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT uq_wishlist_customer_id_name UNIQUE (customer_id, name)
        )
        """
    )
    op.execute(
        """
        CREATE TABLE wishlist_item (
            id text NOT NULL CONSTRAINT pk_wishlist_item PRIMARY KEY,
            wishlist_id text NOT NULL CONSTRAINT fk_wishlist_item_wishlist_id REFERENCES wishlist ON DELETE CASCADE,
            product_id text NOT NULL CONSTRAINT fk_wishlist_item_product_id REFERENCES product ON DELETE CASCADE,
            created_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT uq_wishlist_item_wishlist_id_product_id UNIQUE (wishlist_id, product_id)
        )
        """
    )
    op.execute("CREATE INDEX ix_wishlist_item_product_id ON wishlist_item (product_id)")


def downgrade() -> None:
    op.drop_table("wishlist_item")
    op.drop_table("wishlist")
