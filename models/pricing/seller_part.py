"""What a condition looks at: one that a seller sets, at that seller's part of a cart or order; the platform's, at all.

Conditions are the rules of shipping and return prices, and of promotions: amounts, quantities, what must be bought.
"""

from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


def counted_for(seller_id: str | None, parts: Iterable[tuple[str | None, T]]) -> list[T]:
    """Those of the (seller, part) pairs that a condition of this seller counts; None is the platform."""
    return [part for owner, part in parts if seller_id is None or owner == seller_id]
