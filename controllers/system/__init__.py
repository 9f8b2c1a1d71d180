"""Controllers of the rows in routes/system."""
