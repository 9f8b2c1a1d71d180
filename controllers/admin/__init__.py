"""Controllers of the rows in routes/admin."""
