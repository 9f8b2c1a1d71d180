"""The bus: a slot, with memory (one process) and PostgreSQL (several)."""
