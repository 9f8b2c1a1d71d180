"""Ids: a short prefix that names the kind, and a ULID (sortable by time, 80 random bits)."""

from ulid import ULID


def new_id(prefix: str) -> str:
    """A fresh id such as `prod_01JD3Z...`."""
    return f"{prefix}_{ULID()}"
