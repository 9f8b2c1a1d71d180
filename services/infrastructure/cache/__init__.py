"""What is held ready in the process: snapshots of tables, finished pages, sessions, version stamps."""
