"""Payment sessions and collections, and the postings of the ledger."""
