"""Places of stock, and what they send where: locations, fulfillment sets, service zones."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Table, Text, bindparam, cast, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.sql.elements import ColumnElement

from models.schema.base import json_list, json_of
from models.schema.inventory import stock_location
from models.schema.region import country
from models.schema.shipping import fulfillment_set, geo_zone, service_zone, shipping_option
from models.shared.list_sql import SqlList, one_of, phrase
from models.shared.ownership import is_own
from utils.errors import AppError
from utils.sql import Prepared

Metadata = dict[str, Any] | None


class NameTaken(AppError):
    code, kind = "name_taken", "duplicate"
    message = "There is another {what} called {name} here."


class LocationInUse(AppError):
    code, kind = "stock_location_in_use", "not_allowed"
    message = "The location still has {what}. Remove that first."


class CountryUnknown(AppError):
    code, kind = "country_unknown", "invalid"
    message = "No country has the code {country_code}."


class GeoZone(msgspec.Struct):
    """A country, or a part of one."""

    id: str
    type: str
    country_code: str
    service_zone_id: str
    created_at: datetime
    updated_at: datetime
    province_code: str | None = None
    city: str | None = None
    postal_expression: str | None = None
    metadata: Metadata = None


class ServiceZone(msgspec.Struct):
    """An area that is served alike."""

    id: str
    name: str
    fulfillment_set_id: str
    created_at: datetime
    updated_at: datetime
    geo_zones: list[GeoZone]
    metadata: Metadata = None


class FulfillmentSet(msgspec.Struct):
    """A way in which goods leave a location."""

    id: str
    name: str
    type: str
    location_id: str
    created_at: datetime
    updated_at: datetime
    service_zones: list[ServiceZone]
    metadata: Metadata = None


class Location(msgspec.Struct):
    """A place where a seller keeps stock; that of the lowest rank is sold from first."""

    id: str
    seller_id: str
    name: str
    rank: int
    created_at: datetime
    updated_at: datetime
    fulfillment_sets: list[FulfillmentSet]
    address_1: str | None = None
    address_2: str | None = None
    city: str | None = None
    province: str | None = None
    postal_code: str | None = None
    country_code: str | None = None
    phone: str | None = None
    metadata: Metadata = None


ADDRESS = ("address_1", "address_2", "city", "province", "postal_code", "country_code", "phone")


def _below(table: Table, parent: Table, condition: ColumnElement[bool], **parts: ColumnElement[Any]) -> Any:
    """The rows of the table that hang on a row of the parent, oldest first."""
    rows = func.json_agg(aggregate_order_by(json_of(table, **parts), table.c.created_at, table.c.id))
    return json_list(select(rows).where(condition).correlate(parent).scalar_subquery())


_geo_zones = _below(geo_zone, service_zone, geo_zone.c.service_zone_id == service_zone.c.id)
_zones = _below(
    service_zone, fulfillment_set, service_zone.c.fulfillment_set_id == fulfillment_set.c.id, geo_zones=_geo_zones
)
_sets = _below(
    fulfillment_set, stock_location, fulfillment_set.c.location_id == stock_location.c.id, service_zones=_zones
)
WHOLE_LOCATION = cast(json_of(stock_location, fulfillment_sets=_sets), Text)
WHOLE_SET = cast(json_of(fulfillment_set, service_zones=_zones), Text)
WHOLE_ZONE = cast(json_of(service_zone, geo_zones=_geo_zones), Text)

LOCATIONS = SqlList(
    rows=stock_location,
    key=stock_location.c.id,
    fields={
        "id": one_of(stock_location.c.id),
        "name": one_of(stock_location.c.name),
        "q": phrase(*(stock_location.c[name] for name in ("name", *ADDRESS))),
    },
    sorts={name: stock_location.c[name] for name in ("id", "name", "rank", "created_at", "updated_at")},
    scope=is_own("stock_location"),
    whole=WHOLE_LOCATION,
)


def _find(table: Table, whole: ColumnElement[Any]) -> Prepared:
    return Prepared(select(whole).select_from(table).where(table.c.id == bindparam("id"), is_own(table.name)))


FIND_LOCATION = _find(stock_location, WHOLE_LOCATION)
FIND_SET = _find(fulfillment_set, WHOLE_SET)
FIND_ZONE = _find(service_zone, WHOLE_ZONE)

LOCATION_COLUMNS = ("name", "rank", *ADDRESS, "metadata")
NEXT_RANK = Prepared(
    select(func.coalesce(func.max(stock_location.c.rank) + 1, 0).label("rank"), func.count().label("locations")).where(
        is_own("stock_location")
    )
)
INSERT_LOCATION = Prepared(
    upsert(stock_location).on_conflict_do_nothing(index_elements=["seller_id", "name"]).returning(stock_location.c.id),
    *("id", "seller_id", *LOCATION_COLUMNS),
)
LOCATION_OF_NAME = Prepared(
    select(stock_location.c.id).where(
        stock_location.c.name == bindparam("name"), stock_location.c.id != bindparam("id"), is_own("stock_location")
    )
)
STORE_LOCATION = Prepared(
    update(stock_location).where(stock_location.c.id == bindparam("location_id")).values(updated_at=func.now()),
    *LOCATION_COLUMNS,
)
DELETE_LOCATION = Prepared(delete(stock_location).where(stock_location.c.id == bindparam("location_id")))
COUNT_SETS = Prepared(
    select(func.count()).select_from(fulfillment_set).where(fulfillment_set.c.location_id == bindparam("location_id"))
)
INSERT_SET = Prepared(
    upsert(fulfillment_set)
    .on_conflict_do_nothing(index_elements=["location_id", "name"])
    .returning(fulfillment_set.c.id),
    *("id", "name", "type", "location_id", "metadata"),
)
DELETE_SET = Prepared(delete(fulfillment_set).where(fulfillment_set.c.id == bindparam("set_id")))
OPTIONS_OF_SET = Prepared(
    select(shipping_option.c.id)
    .join(service_zone, service_zone.c.id == shipping_option.c.service_zone_id)
    .where(service_zone.c.fulfillment_set_id == bindparam("set_id"))
    .order_by(shipping_option.c.id)
)
OPTIONS_OF_ZONE = Prepared(
    select(shipping_option.c.id)
    .where(shipping_option.c.service_zone_id == bindparam("zone_id"))
    .order_by(shipping_option.c.id)
)
COUNT_ZONES = Prepared(
    select(func.count()).select_from(service_zone).where(service_zone.c.fulfillment_set_id == bindparam("set_id"))
)
COUNT_ZONES_OF_SELLER = Prepared(
    select(func.count())
    .select_from(service_zone.join(fulfillment_set).join(stock_location))
    .where(is_own("stock_location"))
)
INSERT_ZONE = Prepared(
    upsert(service_zone)
    .on_conflict_do_nothing(index_elements=["fulfillment_set_id", "name"])
    .returning(service_zone.c.id),
    *("id", "name", "fulfillment_set_id", "metadata"),
)
ZONE_OF_NAME = Prepared(
    select(service_zone.c.id).where(
        service_zone.c.name == bindparam("name"),
        service_zone.c.id != bindparam("id"),
        service_zone.c.fulfillment_set_id == bindparam("set_id"),
    )
)
STORE_ZONE = Prepared(
    update(service_zone).where(service_zone.c.id == bindparam("zone_id")).values(updated_at=func.now()),
    *("name", "metadata"),
)
DELETE_ZONE = Prepared(delete(service_zone).where(service_zone.c.id == bindparam("zone_id")))
INSERT_GEO_ZONES = Prepared(
    insert(geo_zone),
    *("id", "service_zone_id", "type", "country_code", "province_code", "city", "postal_expression", "metadata"),
)
DELETE_GEO_ZONES = Prepared(delete(geo_zone).where(geo_zone.c.service_zone_id == bindparam("zone_id")))
KNOWN_COUNTRIES = Prepared(
    select(country.c.iso_2).where(country.c.iso_2 == func.any(bindparam("codes", type_=ARRAY(Text))))
)

read_location = msgspec.json.Decoder(Location).decode
read_set = msgspec.json.Decoder(FulfillmentSet).decode
read_zone = msgspec.json.Decoder(ServiceZone).decode
