"""Sellers: whose shops these are. The Store API calls them by the same word."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from models.schema.seller import seller

LISTED = ("open", "suspended")
LOAD_SELLERS = select(seller)


@dataclass(frozen=True, slots=True)
class Seller:
    """One shop. Listed means that buyers see it, open that they can buy from it at a moment."""

    id: str
    handle: str
    name: str
    description: str | None
    logo: str | None
    status: str
    address_1: str | None
    address_2: str | None
    city: str | None
    province: str | None
    postal_code: str | None
    country_code: str | None
    phone: str | None
    latitude: float | None
    longitude: float | None
    commission_rate: Decimal
    metadata: dict[str, Any] | None
    created_at: datetime
    updated_at: datetime
    email: str | None
    currency_code: str | None
    status_reason: str | None
    status_changed_at: datetime | None
    opened_at: datetime | None
    closed_from: datetime | None
    closed_to: datetime | None
    closure_note: str | None

    @property
    def is_listed(self) -> bool:
        return self.status in LISTED

    def is_open(self, at: datetime) -> bool:
        return self.status == "open" and not self.is_away(at)

    def not_selling(self, at: datetime) -> str | None:
        """Why nothing of it can be bought now: `seller_suspended` or `seller_closed`; None while it sells."""
        if self.status != "open":
            return "seller_suspended" if self.status == "suspended" else "seller_closed"
        return "seller_closed" if self.is_away(at) else None

    def next_change(self, at: datetime) -> datetime | None:
        """The next moment at which its closure begins or ends by itself."""
        moments = (moment for moment in (self.closed_from, self.closed_to) if moment is not None and moment > at)
        return min(moments, default=None)

    def is_away(self, at: datetime) -> bool:
        """Inside its closure window? Time alone begins and ends it."""
        return self.closed_from is not None and self.closed_to is not None and self.closed_from <= at < self.closed_to
