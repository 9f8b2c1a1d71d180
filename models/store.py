"""Stores: the shops of sellers. On the storefront wire a store is a `seller`."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Column, Double, Numeric, Table, Text, select

from models.base import id_column, metadata, metadata_column, stamps
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
    CheckConstraint("handle ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name="handle"),
    CheckConstraint(f"status IN {STORE_STATES}", name="status"),
    CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
    CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
    CheckConstraint("commission_rate BETWEEN 0 AND 100", name="commission_rate"),
)

LISTED = ("open", "suspended")
LOAD_STORES = select(store)


@dataclass(frozen=True, slots=True)
class Store:
    """One shop. Listed means that buyers see it, open that they can buy from it."""

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

    @property
    def is_listed(self) -> bool:
        return self.status in LISTED

    @property
    def is_open(self) -> bool:
        return self.status == "open"
