"""Statements of the bookkeeping beside the business; their tables stand in `models/schema/journal.py`."""
