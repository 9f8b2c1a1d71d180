"""Entries of a seed file as the commands of the domains: places, geo zones, shipping options and their prices."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import UNSET

from models.inventory.commands import LocationAddress, PutGeoZone, PutLocation, PutSet, PutZone
from models.shipping.commands import PriceRule, PutOption, PutPrice
from services.seed.loading import columns
from services.seed.survey import spread

Entry = Mapping[str, Any]
# What a part of a country is told apart by, the finest first: key of the file -> type of the geo zone.
TYPES = {"postal_expression": "zip", "city": "city", "province": "province"}
OPTION_KEYS = ("name", "price_type", "data", "enabled_in_store", "is_return", "metadata")


def location_of(entry: Entry, seller_id: str, place: int) -> PutLocation:
    """A location; `place` is the entry's in its list."""
    address = LocationAddress(**entry["address"]) if "address" in entry else UNSET
    rank = int(entry["rank"]) if "rank" in entry else UNSET  # 7.0 is a whole number in JSON too
    named = columns(entry, "name", "metadata")
    return PutLocation(seller_id=seller_id, first_rank=place, rank=rank, address=address, **named)


def set_of(entry: Entry, location_id: str) -> PutSet:
    return PutSet(location_id=location_id, **columns(entry, "name", "type", "metadata"))


def zone_of(entry: Entry, set_id: str, seller_id: str) -> PutZone:
    geo_zones = [geo_zone_of(geo) for geo in entry["geo_zones"]]
    named = columns(entry, "name", "metadata")
    return PutZone(seller_id=seller_id, fulfillment_set_id=set_id, geo_zones=geo_zones, **named)


def geo_zone_of(entry: str | Entry) -> PutGeoZone:
    """A country's code, or a part of a country, whose type is that of the finest thing it names."""
    part: Entry = {"country": entry} if isinstance(entry, str) else entry
    kind = next((kind for key, kind in TYPES.items() if key in part), "country")
    finer = columns(part, "city", "postal_expression", province_code="province")
    return PutGeoZone(type=kind, country_code=part["country"], **finer)


def option_of(
    entry: Entry, *, zone_id: str, seller_id: str, profile_id: str, region_id: Callable[[str], str]
) -> PutOption:
    """A shipping option with its prices; `region_id` gives the id of a region's name."""
    kind = entry["type"] if isinstance(entry["type"], Mapping) else {"code": entry["type"]}
    return PutOption(
        seller_id=seller_id,
        service_zone_id=zone_id,
        shipping_profile_id=profile_id,
        first_label=kind["code"].capitalize(),
        prices=[price_of(price, region_id) for _, price in spread(entry["prices"], "")],
        **columns(entry, *OPTION_KEYS, provider_id="provider"),
        **columns(kind, type_code="code", type_label="label", type_description="description"),
    )


def price_of(entry: Entry, region_id: Callable[[str], str]) -> PutPrice:
    """A price in its long form."""
    rules = tuple(
        PriceRule(attribute="item_total", operator=operator, value=value)
        for operator, value in sorted(entry.get("item_total", {}).items())
    )
    region = {"region_id": region_id(entry["region"])} if "region" in entry else {}
    return PutPrice(amount=entry["amount"], rules=rules, **columns(entry, currency_code="currency"), **region)
