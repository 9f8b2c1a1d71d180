"""Controllers of the rows in routes/seller."""
