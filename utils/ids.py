"""Ids: a short prefix that names the kind, and a ULID (sortable by time, 80 random bits)."""

import secrets
import time

from ulid import ULID


def new_id(prefix: str) -> str:
    """A fresh id such as `prod_01JD3Z...`; the id of a cart or order is its guest's only right to it.

    The random bits are fresh for every id: those of a ULID made in the same millisecond may only count up.
    """
    moment = (time.time_ns() // 1_000_000).to_bytes(6, "big")
    return f"{prefix}_{ULID.from_bytes(moment + secrets.token_bytes(10))}"


def ordered_id(prefix: str) -> str:
    """An id for what the world may know, such as a product: ids made one after the other sort in that order.

    Within one millisecond they count up, so they are no secret and protect nothing.
    """
    return f"{prefix}_{ULID()}"
