"""Controllers of the rows in routes/auth."""
