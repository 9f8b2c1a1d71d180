"""Stores: the shops of sellers. On the storefront wire a store is a `seller`."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Column, Double, ForeignKey, Numeric, Table, Text, select

from models.base import id_column, metadata, metadata_column, moment, stamps
from models.role import STORE_STATES

store = Table(
    "store",
    metadata,
    id_column(),
    Column("handle", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("description", Text),
    Column("logo", Text),
    Column("status", Text, nullable=False, server_default="open"),
    # The address parcels leave from; couriers ask for coordinates as well.
    Column("address_1", Text),
    Column("address_2", Text),
    Column("city", Text),
    Column("province", Text),
    Column("postal_code", Text),
    Column("country_code", Text),
    Column("phone", Text),
    Column("latitude", Double),
    Column("longitude", Double),
    # The platform's share of what the store sells, in percent of the items' net after discounts.
    Column("commission_rate", Numeric(6, 3), nullable=False, server_default="0"),
    metadata_column(),
    *stamps(),
    Column("email", Text),  # where the platform and buyers reach the store
    Column("currency_code", ForeignKey("currency.code")),
    Column("status_reason", Text),  # why it was refused or suspended
    moment("status_changed_at"),
    moment("opened_at"),  # the first time
    # A holiday: in between, the store is listed and sells nothing.
    moment("closed_from"),
    moment("closed_to"),
    Column("closure_note", Text),
    CheckConstraint("is_handle(handle)", name="handle"),
    CheckConstraint(f"status IN {STORE_STATES}", name="status"),
    CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
    CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
    CheckConstraint("commission_rate BETWEEN 0 AND 100", name="commission_rate"),
    CheckConstraint("num_nonnulls(closed_from, closed_to) <> 1 AND closed_from < closed_to", name="closure"),
    CheckConstraint("closure_note IS NULL OR closed_from IS NOT NULL", name="closure_note"),
)

LISTED = ("open", "suspended")
LOAD_STORES = select(store)


@dataclass(frozen=True, slots=True)
class Store:
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
