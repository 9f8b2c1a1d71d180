"""Payment collections and sessions, and the ledger."""
