"""What several domains share: events, the list query, rows that administrators keep, ownership."""
