"""What may be chosen to send a parcel: shipping options with their zones and prices, as held ready in the process."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from models.schema.inventory import stock_location
from models.schema.product import shipping_profile
from models.schema.shipping import fulfillment_set, geo_zone, service_zone, shipping_option, shipping_option_price
from utils.places import city_key, postal_key, province_key, provinces_of

LOAD_LOCATIONS = select(stock_location)
LOAD_SETS = select(fulfillment_set)
LOAD_ZONES = select(service_zone)
LOAD_GEO_ZONES = select(geo_zone)
LOAD_OPTIONS = select(shipping_option).order_by(shipping_option.c.id)
LOAD_OPTION_PRICES = select(shipping_option_price).order_by(shipping_option_price.c.id)
LOAD_PROFILES = select(shipping_profile).order_by(shipping_profile.c.created_at, shipping_profile.c.id)

HOLDS = {
    "gt": lambda left, right: left > right,
    "gte": lambda left, right: left >= right,
    "lt": lambda left, right: left < right,
    "lte": lambda left, right: left <= right,
    "eq": lambda left, right: left == right,
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a parcel goes, as far as zones ask, in the form in which places are compared."""

    country_code: str
    provinces: tuple[str, ...] = ()
    city: str = ""
    postal_code: str = ""

    @classmethod
    def of(cls, country_code: str, province: str | None, city: str | None, postal_code: str | None) -> "Place":
        """A place of an address as it was typed."""
        country = country_code.lower()
        return cls(country, provinces_of(country, province), city_key(city), postal_key(country, postal_code))


@dataclass(frozen=True, slots=True)
class GeoZone:
    """A country, province, city or postal prefix that a zone covers, in the form in which places are compared."""

    country_code: str
    province_code: str | None
    city: str | None
    postal_expression: str | None

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> "GeoZone":
        """From a row of LOAD_GEO_ZONES, in whatever form its parts were written."""
        country, province, city = row["country_code"].lower(), row["province_code"], row["city"]
        expression = row["postal_expression"]
        return cls(
            country,
            None if province is None else province_key(country, province),
            None if city is None else city_key(city),
            None if expression is None else postal_key(country, expression),
        )

    def covers(self, place: Place) -> bool:
        """True when each part that the zone names is the place's; a part of which nothing is left covers nothing."""
        if self.country_code != place.country_code:
            return False
        if self.province_code is not None and self.province_code not in place.provinces:
            return False
        if self.city is not None and (not self.city or self.city != place.city):
            return False
        expression = self.postal_expression
        return expression is None or (expression != "" and place.postal_code.startswith(expression))


@dataclass(frozen=True, slots=True)
class OptionPrice:
    """A flat price in minor units; `rules` compare the item total of the seller's part, also in minor units."""

    id: str
    currency_code: str
    region_id: str | None
    amount: int
    rules: tuple[tuple[str, int], ...]
    row: Mapping[str, Any]

    def fits(self, currency: str, region_id: str | None, item_total: int) -> bool:
        if self.currency_code != currency or self.region_id not in (None, region_id):
            return False
        return all(HOLDS[operator](item_total, value) for operator, value in self.rules)


@dataclass(frozen=True, slots=True)
class ShippingOption:
    """One way in which a seller sends parcels of one profile into one zone."""

    id: str
    seller_id: str
    name: str
    price_type: str
    shipping_profile_id: str
    provider_id: str
    type_code: str
    type_label: str
    type_description: str | None
    data: dict[str, Any] | None
    enabled_in_store: bool
    is_return: bool
    zone: Mapping[str, Any]
    fulfillment_set: Mapping[str, Any]
    location: Mapping[str, Any]
    geo_zones: tuple[GeoZone, ...]
    prices: tuple[OptionPrice, ...]

    def reaches(self, place: Place | None, countries: Iterable[str]) -> bool:
        """True when the zone covers the place, or some country of the region while no place is known."""
        if place is not None:
            return any(zone.covers(place) for zone in self.geo_zones)
        known = set(countries)
        return any(zone.country_code in known for zone in self.geo_zones)

    def price(self, currency: str, region_id: str | None, item_total: int) -> OptionPrice | None:
        """The most specific price that holds: most rules first, then the region's own, then the lowest.

        `item_total` is that of the seller's part of the cart or order, never of the whole.
        """
        fitting = [price for price in self.prices if price.fits(currency, region_id, item_total)]
        return min(fitting, key=lambda p: (-len(p.rules), p.region_id is None, p.amount, p.id), default=None)


@dataclass(frozen=True, slots=True)
class ShippingCatalogue:
    """Every shipping option of the marketplace, and the profile of products that name none."""

    options: Mapping[str, ShippingOption]
    by_seller: Mapping[str, tuple[ShippingOption, ...]] = field(default_factory=dict)
    default_profile_id: str | None = None
    # The provinces that zones name, by country.
    provinces: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def from_rows(cls, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> "ShippingCatalogue":
        """Built from the rows of LOAD_*, keyed locations, sets, zones, geo_zones, options, prices, profiles."""
        locations = {row["id"]: row for row in rows["locations"]}
        sets = {row["id"]: row for row in rows["sets"]}
        zones = {row["id"]: row for row in rows["zones"]}
        covered: dict[str, list[GeoZone]] = {}
        for row in rows["geo_zones"]:
            covered.setdefault(row["service_zone_id"], []).append(GeoZone.from_row(row))
        prices: dict[str, list[OptionPrice]] = {}
        for row in rows["prices"]:
            prices.setdefault(row["shipping_option_id"], []).append(_price(row))
        options: dict[str, ShippingOption] = {}
        by_seller: dict[str, list[ShippingOption]] = {}
        for row in rows["options"]:
            zone_row = zones[row["service_zone_id"]]
            set_row = sets[zone_row["fulfillment_set_id"]]
            option = ShippingOption(
                **{name: row[name] for name in _COPIED},
                zone=zone_row,
                fulfillment_set=set_row,
                location=locations[set_row["location_id"]],
                geo_zones=tuple(covered.get(zone_row["id"], ())),
                prices=tuple(prices.get(row["id"], ())),
            )
            options[option.id] = option
            by_seller.setdefault(option.seller_id, []).append(option)
        default = next((row["id"] for row in rows["profiles"] if row["type"] == "default"), None)
        named: dict[str, set[str]] = {}
        for zone in (zone for zones_of_one in covered.values() for zone in zones_of_one if zone.province_code):
            named.setdefault(zone.country_code, set()).add(zone.province_code or "")
        provinces = {country: frozenset(codes) for country, codes in named.items()}
        return cls(options, {seller: tuple(own) for seller, own in by_seller.items()}, default, provinces)


_COPIED = (
    "id seller_id name price_type shipping_profile_id provider_id type_code type_label type_description data "
    "enabled_in_store is_return"
).split()


def _price(row: Mapping[str, Any]) -> OptionPrice:
    rules = tuple((rule["operator"], int(rule["value"])) for rule in row["rules"])
    return OptionPrice(row["id"], row["currency_code"], row["region_id"], row["amount"], rules, row)
