"""A seller's shipping options as it manages them, and the profiles that all sellers share."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Text, bindparam, cast, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.dialects.postgresql import insert as upsert

from models.schema.base import json_list, json_of
from models.schema.inventory import stock_location
from models.schema.product import shipping_profile
from models.schema.region import currency, region
from models.schema.shipping import fulfillment_set, service_zone, shipping_option, shipping_option_price
from models.shared.list_query import OLDEST_FIRST
from models.shared.list_sql import TEXTS, Bound, Filter, SqlList, flag, one_of, phrase
from models.shared.ownership import is_own
from utils.sql import Prepared

Metadata = dict[str, Any] | None


class OptionPriceRow(msgspec.Struct):
    """A flat price in minor units; `rules` compare the item total, also in minor units."""

    id: str
    currency_code: str
    amount: int
    rules: list[dict[str, Any]]
    created_at: datetime
    updated_at: datetime
    region_id: str | None = None


class ZoneOfOption(msgspec.Struct):
    """Where an option reaches, and from where."""

    id: str
    name: str
    fulfillment_set_id: str
    set_name: str
    set_type: str
    location_id: str
    location_name: str


class Profile(msgspec.Struct):
    """What kind of goods: an option carries those of one profile."""

    id: str
    name: str
    type: str
    created_at: datetime
    updated_at: datetime
    metadata: Metadata = None


class Option(msgspec.Struct):
    """An option with its prices."""

    id: str
    seller_id: str
    name: str
    price_type: str
    service_zone_id: str
    shipping_profile_id: str
    provider_id: str
    type_code: str
    type_label: str
    enabled_in_store: bool
    is_return: bool
    zone: ZoneOfOption
    profile: Profile
    prices: list[OptionPriceRow]
    created_at: datetime
    updated_at: datetime
    type_description: str | None = None
    data: dict[str, Any] | None = None
    metadata: Metadata = None


_o = shipping_option.c
_zone = (
    select(
        json_of(
            service_zone,
            set_name=fulfillment_set.c.name,
            set_type=fulfillment_set.c.type,
            location_id=stock_location.c.id,
            location_name=stock_location.c.name,
        )
    )
    .select_from(service_zone.join(fulfillment_set).join(stock_location))
    .where(service_zone.c.id == _o.service_zone_id)
    .correlate(shipping_option)
    .scalar_subquery()
)
_profile = (
    select(json_of(shipping_profile))
    .where(shipping_profile.c.id == _o.shipping_profile_id)
    .correlate(shipping_option)
    .scalar_subquery()
)
_prices = (
    select(func.json_agg(aggregate_order_by(json_of(shipping_option_price), shipping_option_price.c.id)))
    .where(shipping_option_price.c.shipping_option_id == _o.id)
    .correlate(shipping_option)
    .scalar_subquery()
)
WHOLE_OPTION = cast(json_of(shipping_option, zone=_zone, profile=_profile, prices=json_list(_prices)), Text)


def _is_at(location_ids: Bound) -> ColumnElement[bool]:
    """Options of zones that one of the locations serves."""
    zones = (
        select(service_zone.c.id)
        .join(fulfillment_set, fulfillment_set.c.id == service_zone.c.fulfillment_set_id)
        .where(service_zone.c.id == _o.service_zone_id, fulfillment_set.c.location_id == func.any(location_ids))
    )
    return zones.correlate(shipping_option).exists()


OPTIONS = SqlList(
    rows=shipping_option,
    key=_o.id,
    fields={
        "id": one_of(_o.id),
        "service_zone_id": one_of(_o.service_zone_id),
        "shipping_profile_id": one_of(_o.shipping_profile_id),
        "stock_location_id": Filter(TEXTS, _is_at),
        "is_return": flag(_o.is_return),
        "enabled_in_store": flag(_o.enabled_in_store),
        "q": phrase(_o.name, _o.type_code, _o.type_label),
    },
    sorts={name: _o[name] for name in ("id", "name", "created_at", "updated_at")},
    scope=is_own("shipping_option"),
    whole=WHOLE_OPTION,
)
FIND_OPTION = Prepared(
    select(WHOLE_OPTION).select_from(shipping_option).where(_o.id == bindparam("id"), is_own("shipping_option"))
)

OPTION_COLUMNS = (
    *("name", "shipping_profile_id", "provider_id", "type_code", "type_label", "type_description"),
    *("data", "enabled_in_store", "is_return", "metadata"),
)
COUNT_IN_ZONE = Prepared(
    select(func.count()).select_from(shipping_option).where(_o.service_zone_id == bindparam("zone_id"))
)
COUNT_OF_SELLER = Prepared(select(func.count()).select_from(shipping_option).where(is_own("shipping_option")))
INSERT_OPTION = Prepared(
    upsert(shipping_option)
    .on_conflict_do_nothing(index_elements=["seller_id", "service_zone_id", "name"])
    .returning(_o.id),
    *("id", "seller_id", "service_zone_id", *OPTION_COLUMNS),
)
OPTION_OF_NAME = Prepared(
    select(_o.id).where(
        _o.name == bindparam("name"), _o.id != bindparam("id"), _o.service_zone_id == bindparam("zone_id")
    )
)
STORE_OPTION = Prepared(
    update(shipping_option).where(_o.id == bindparam("option_id")).values(updated_at=func.now()), *OPTION_COLUMNS
)
DELETE_OPTION = Prepared(delete(shipping_option).where(_o.id == bindparam("option_id")))
INSERT_PRICES = Prepared(
    insert(shipping_option_price),
    *("id", "shipping_option_id", "currency_code", "region_id", "amount", "rules", "created_at"),
)
DELETE_PRICES = Prepared(
    delete(shipping_option_price).where(shipping_option_price.c.shipping_option_id == bindparam("option_id"))
)
# What prices and options of sellers name of the marketplace: it is not deleted before the transaction ends.
_shared: dict[str, Any] = {"read": True, "key_share": True}
KEEP_PROFILE = Prepared(
    select(shipping_profile.c.id).where(shipping_profile.c.id == bindparam("id")).with_for_update(**_shared)
)
KEEP_REGIONS = Prepared(
    select(region.c.id, region.c.currency_code)
    .where(region.c.id == func.any(bindparam("ids", type_=ARRAY(Text))))
    .order_by(region.c.id)
    .with_for_update(**_shared)
)
KEEP_CURRENCIES = Prepared(
    select(currency.c.code)
    .where(currency.c.code == func.any(bindparam("codes", type_=ARRAY(Text))))
    .order_by(currency.c.code)
    .with_for_update(**_shared)
)

PROFILES = SqlList(
    rows=shipping_profile,
    key=shipping_profile.c.id,
    fields={
        "id": one_of(shipping_profile.c.id),
        "type": one_of(shipping_profile.c.type),
        "q": phrase(shipping_profile.c.name, shipping_profile.c.type),
    },
    sorts={"created_at": shipping_profile.c.created_at},
    whole=cast(json_of(shipping_profile), Text),
    order=OLDEST_FIRST,
)

read_option = msgspec.json.Decoder(Option).decode
read_profile = msgspec.json.Decoder(Profile).decode
