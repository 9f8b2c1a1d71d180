"""Rows of the ledger: a posting and its entries, which a deferred trigger holds balanced per currency."""

from sqlalchemy import insert

from models.schema.payment import ledger_entry, ledger_posting
from utils.sql import Prepared

INSERT_POSTING = Prepared(insert(ledger_posting), "id", "kind", "reference")
INSERT_ENTRIES = Prepared(
    insert(ledger_entry), "posting_id", "account", "seller_id", "seller_order_id", "currency_code", "amount"
)
