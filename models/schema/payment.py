"""Tables of payments (collections, sessions, payments) and of the ledger."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Table, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB

from models.schema.base import id_column, metadata, metadata_column, minor, moment, stamps

ledger_posting = Table(
    "ledger_posting",
    metadata,
    id_column(),
    Column("kind", Text, nullable=False),
    # What it stands for; one posting a kind and reference, so that no sale is posted twice.
    Column("reference", Text, nullable=False),
    stamps()[0],
    UniqueConstraint("kind", "reference"),
    CheckConstraint("kind IN ('sale', 'cancel')", name="kind"),
)

ledger_entry = Table(
    "ledger_entry",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=True),
    Column("posting_id", ForeignKey("ledger_posting.id"), nullable=False),
    Column("account", Text, nullable=False),
    Column("seller_id", ForeignKey("seller.id")),
    Column("seller_order_id", Text),
    Column("currency_code", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    stamps()[0],
    CheckConstraint("account IN ('gateway_clearing', 'seller_pending', 'platform_fee')", name="account"),
    CheckConstraint("amount <> 0", name="amount"),
    CheckConstraint("(account = 'seller_pending') = (seller_id IS NOT NULL)", name="seller"),
    Index("ix_ledger_entry_posting_id", "posting_id"),
    Index("ix_ledger_entry_account", "account", "seller_id", "currency_code"),
)

payment_collection = Table(
    "payment_collection",
    metadata,
    id_column(),
    Column("cart_id", ForeignKey("cart.id"), nullable=False, unique=True),
    Column("currency_code", Text, nullable=False),
    minor("amount"),
    Column("status", Text, nullable=False, server_default="not_paid"),
    minor("authorized_amount", nullable=True),
    minor("captured_amount", nullable=True),
    minor("refunded_amount", nullable=True),
    moment("completed_at"),
    metadata_column(),
    *stamps(),
    CheckConstraint("amount >= 0", name="amount"),
    CheckConstraint("authorized_amount <= amount", name="authorized"),
    CheckConstraint("captured_amount <= authorized_amount", name="captured"),
    CheckConstraint("refunded_amount <= captured_amount", name="refunded"),
    CheckConstraint(
        "status IN ('not_paid', 'awaiting', 'authorized', 'partially_authorized', 'canceled', 'completed', 'failed')",
        name="status",
    ),
)

# Voided sessions stay: a gateway may still report on them.
payment_session = Table(
    "payment_session",
    metadata,
    id_column(),
    Column("payment_collection_id", ForeignKey("payment_collection.id"), nullable=False),
    Column("provider_id", Text, nullable=False),
    Column("currency_code", Text, nullable=False),
    minor("amount"),
    Column("status", Text, nullable=False, server_default="pending"),
    Column("data", JSONB, nullable=False, server_default="{}"),
    Column("context", JSONB, nullable=False, server_default="{}"),
    metadata_column(),
    moment("expires_at"),
    moment("authorized_at"),
    moment("voided_at"),
    *stamps(),
    CheckConstraint("amount >= 0", name="amount"),
    CheckConstraint(
        "status IN ('unknown', 'pending', 'requires_more', 'authorized', 'captured', 'error', 'canceled')",
        name="status",
    ),
    # One live session a collection: a new one voids the earlier.
    Index(
        "uq_payment_session_live",
        "payment_collection_id",
        unique=True,
        postgresql_where=text("voided_at IS NULL"),
    ),
)

payment = Table(
    "payment",
    metadata,
    id_column(),
    Column("payment_collection_id", ForeignKey("payment_collection.id"), nullable=False, index=True),
    Column("payment_session_id", ForeignKey("payment_session.id"), nullable=False, unique=True),
    Column("provider_id", Text, nullable=False),
    Column("currency_code", Text, nullable=False),
    minor("amount"),
    Column("data", JSONB, nullable=False, server_default="{}"),
    moment("captured_at"),
    moment("canceled_at"),
    *stamps(),
    CheckConstraint("amount >= 0", name="amount"),
)
