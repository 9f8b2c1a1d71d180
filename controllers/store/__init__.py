"""Controllers of the rows in routes/store."""
