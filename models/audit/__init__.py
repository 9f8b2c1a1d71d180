"""The audit log: statements."""
