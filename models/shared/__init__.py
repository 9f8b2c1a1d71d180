"""What several domains share: events, filters, pages, sorting, ownership."""
