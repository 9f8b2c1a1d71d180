"""Session cookies: a slot, with PostgreSQL and Redis."""
