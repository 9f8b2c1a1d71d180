"""Products: rules, plans of changes, and statements."""
