"""A store's shipping options as it manages them, and the profiles that all stores share."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Boolean, Integer, Text, and_, bindparam, cast, delete, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.dialects.postgresql import insert as upsert

from models.inventory.lists import any_of, counted, mentions, pages
from models.schema.base import json_list, json_of
from models.schema.inventory import stock_location
from models.schema.product import shipping_profile
from models.schema.region import currency, region
from models.schema.shipping import fulfillment_set, service_zone, shipping_option, shipping_option_price
from models.shared.ownership import is_own
from utils.errors import AppError
from utils.sql import Prepared

Metadata = dict[str, Any] | None


class NotCalculated(AppError):
    code, kind = "price_type_unsupported", "not_allowed"
    message = "No provider here works prices out: use the price type flat, with prices."


class ProviderUnknown(AppError):
    code, kind = "fulfillment_provider_unknown", "invalid"
    message = "There is no fulfillment provider {provider_id}."


class PriceUnclear(AppError):
    code, kind = "price_unclear", "invalid"
    message = "A price names a currency, or a region whose currency it is: {reason}"


class PriceTwice(AppError):
    code, kind = "price_twice", "invalid"
    message = "Two prices in {currency_code} hold under the same conditions. Leave one of them out."


class CurrencyUnknown(AppError):
    code, kind = "currency_unknown", "invalid"
    message = "No currency has the code {currency_code}."


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
    store_id: str
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
_at = (
    select(service_zone.c.id)
    .join(fulfillment_set, fulfillment_set.c.id == service_zone.c.fulfillment_set_id)
    .where(
        service_zone.c.id == _o.service_zone_id,
        fulfillment_set.c.location_id == func.any(bindparam("locations", type_=ARRAY(Text))),
    )
    .correlate(shipping_option)
    .exists()
)


def _flag(name: str) -> Any:
    wanted = bindparam(name, type_=Boolean)
    return or_(wanted.is_(None), _o[name] == wanted)


_wanted = and_(
    is_own("shipping_option"),
    any_of("ids", _o.id),
    any_of("zones", _o.service_zone_id),
    any_of("profiles", _o.shipping_profile_id),
    or_(bindparam("locations", type_=ARRAY(Text)).is_(None), _at),
    _flag("is_return"),
    _flag("enabled_in_store"),
    mentions(_o.name, _o.type_code, _o.type_label),
)
OPTION_PAGES = pages(shipping_option, WHOLE_OPTION, _wanted, "id name created_at updated_at")
COUNT_OPTIONS = counted(shipping_option, _wanted)
FIND_OPTION = Prepared(
    select(WHOLE_OPTION).select_from(shipping_option).where(_o.id == bindparam("id"), is_own("shipping_option"))
)

OPTION_SAID = (
    *("name", "shipping_profile_id", "provider_id", "type_code", "type_label", "type_description"),
    *("data", "enabled_in_store", "is_return", "metadata"),
)
COUNT_IN_ZONE = Prepared(
    select(func.count()).select_from(shipping_option).where(_o.service_zone_id == bindparam("zone_id"))
)
COUNT_OF_STORE = Prepared(select(func.count()).select_from(shipping_option).where(is_own("shipping_option")))
INSERT_OPTION = Prepared(
    upsert(shipping_option)
    .on_conflict_do_nothing(index_elements=["store_id", "service_zone_id", "name"])
    .returning(_o.id),
    *("id", "store_id", "service_zone_id", *OPTION_SAID),
)
OPTION_OF_NAME = Prepared(
    select(_o.id).where(
        _o.name == bindparam("name"), _o.id != bindparam("id"), _o.service_zone_id == bindparam("zone_id")
    )
)
STORE_OPTION = Prepared(
    update(shipping_option).where(_o.id == bindparam("option_id")).values(updated_at=func.now()), *OPTION_SAID
)
DELETE_OPTION = Prepared(delete(shipping_option).where(_o.id == bindparam("option_id")))
INSERT_PRICES = Prepared(
    insert(shipping_option_price),
    *("id", "shipping_option_id", "currency_code", "region_id", "amount", "rules", "created_at"),
)
DELETE_PRICES = Prepared(
    delete(shipping_option_price).where(shipping_option_price.c.shipping_option_id == bindparam("option_id"))
)
# What prices and options of stores name of the marketplace: it is not deleted before the transaction ends.
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

_wanted_profiles = and_(
    any_of("ids", shipping_profile.c.id),
    any_of("types", shipping_profile.c.type),
    mentions(shipping_profile.c.name, shipping_profile.c.type),
)
PROFILES = Prepared(
    select(cast(json_of(shipping_profile), Text))
    .where(_wanted_profiles)
    .order_by(shipping_profile.c.created_at, shipping_profile.c.id)
    .limit(bindparam("limit", type_=Integer))
    .offset(bindparam("offset", type_=Integer))
)
COUNT_PROFILES = counted(shipping_profile, _wanted_profiles)

read_option = msgspec.json.Decoder(Option).decode
read_profile = msgspec.json.Decoder(Profile).decode
