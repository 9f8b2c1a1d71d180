"""PostgreSQL: connections, units of work, migrations, notices of changes."""
