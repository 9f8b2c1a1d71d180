"""Sellers' staff: people (members), and in which role they work for which seller."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Membership:
    """One of the sellers that somebody works for, with its state; what they may do there is told by `Rights`."""

    seller_id: str
    role: str
    status: str
