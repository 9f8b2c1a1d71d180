"""The ledger: double entry, append-only, the one truth of who owns what money.

A posting's entries sum to zero per currency (a deferred trigger checks it at commit). Positive amounts are debits.
Accounts: `gateway_clearing` (what gateways owe us), `seller_pending` (what a store has sold, not yet released),
`platform_fee` (commission).
"""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Table, Text, UniqueConstraint

from models.base import id_column, metadata, stamps

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
    Column("store_id", ForeignKey("store.id")),
    Column("store_order_id", Text),
    Column("currency_code", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    stamps()[0],
    CheckConstraint("account IN ('gateway_clearing', 'seller_pending', 'platform_fee')", name="account"),
    CheckConstraint("amount <> 0", name="amount"),
    CheckConstraint("(account = 'seller_pending') = (store_id IS NOT NULL)", name="store"),
    Index("ix_ledger_entry_posting_id", "posting_id"),
    Index("ix_ledger_entry_account", "account", "store_id", "currency_code"),
)
