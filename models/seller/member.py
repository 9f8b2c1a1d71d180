"""Sellers' staff: people (members), and in which role they work for which store."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Membership:
    """One of the stores that somebody works for, with its state; what they may do there is told by `Rights`."""

    store_id: str
    role: str
    status: str
