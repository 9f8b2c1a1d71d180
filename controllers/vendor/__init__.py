"""Controllers of the rows in routes/vendor."""
