"""What several domains use: rows kept by administrators, lists of what is held in memory, ownership."""
