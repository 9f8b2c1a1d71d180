# ruff: noqa: E501 - one fault, one line
"""What may be wrong with places and shipping options, as a body of REST and as an entry of a file; and both around it."""

from dataclasses import dataclass
from typing import Any

from tests.services.seed.documents import Json

LOCATIONS, SETS, OPTIONS = "/vendor/stock-locations", "/vendor/fulfillment-sets", "/vendor/shipping-options"
LOCATION = "stores[0].stock_locations[0]"
SET = f"{LOCATION}.fulfillment_sets[0]"
ZONE = f"{SET}.service_zones[0]"
GEO = f"{ZONE}.geo_zones[0]"
OPTION = f"{ZONE}.shipping_options[0]"
MANY = {f"k{n}": n for n in range(101)}
GERMANY: Json = {"type": "country", "country_code": "de"}
EURO: Json = {"currency_code": "eur", "amount": 5}
EURO_IN_FILE: Json = {"currency": "eur", "amount": 5}
RULE: Json = {"attribute": "item_total", "operator": "gte", "value": 50}


@dataclass(frozen=True)
class Depot:
    """A location with one set and one zone, made over HTTP; what is refused is put here."""

    location: str
    fulfillment_set: str
    zone: str
    profile: str
    regions: Json


@dataclass(frozen=True)
class Fault:
    """One mistake, as a body of REST and as an entry of a file, and where the file is told of it."""

    name: str
    kind: str
    rest: Json
    file: Json
    place: str


def location(name: str, path: str, rest: Json, file: Json | None = None) -> Fault:
    return Fault(name, "location", rest, file if file is not None else rest, f"{LOCATION}{path}")


def group(name: str, path: str, rest: Json) -> Fault:
    return Fault(name, "set", rest, rest, f"{SET}{path}")


def zone(name: str, path: str, rest: Json, file: Json) -> Fault:
    return Fault(name, "zone", rest, file, f"{ZONE}{path}")


def geo(name: str, path: str, rest: Json, file: Any) -> Fault:
    return Fault(name, "zone", {"geo_zones": [rest]}, {"geo_zones": [file]}, f"{GEO}{path}")


def option(name: str, path: str, rest: Json, file: Json | None = None) -> Fault:
    return Fault(name, "option", rest, file if file is not None else rest, f"{OPTION}{path}")


def price(name: str, path: str, rest: list[Json], file: Any) -> Fault:
    return option(name, f".prices{path}", {"prices": rest}, {"prices": file})


FAULTS = [
    location("location without a name", ".name", {"name": ""}),
    location("location's name of 201 letters", ".name", {"name": "x" * 201}),
    location("location's name with a line break", ".name", {"name": "a\nb"}),
    location("rank above a million", ".rank", {"rank": 1_000_001}),
    location("rank below nought", ".rank", {"rank": -1}),
    location("street of 256 letters", ".address.address_1", {"address": {"address_1": "x" * 256}}),
    location("phone of 256 letters", ".address.phone", {"address": {"phone": "1" * 256}}),
    location("city with a line break", ".address.city", {"address": {"city": "Ber\nlin"}}),
    location("address in no country", ".address.country_code", {"address": {"country_code": "qq"}}),
    location("location's metadata of 101 keys", ".metadata", {"metadata": MANY}),
    group("set's name of 201 letters", ".name", {"name": "x" * 201}),
    group("set of an unknown type", ".type", {"type": "drone"}),
    group("set's metadata of 101 keys", ".metadata", {"metadata": MANY}),
    zone("zone's name of 201 letters", ".name", {"name": "x" * 201}, {"name": "x" * 201}),
    zone("zone's metadata of 101 keys", ".metadata", {"metadata": MANY}, {"metadata": MANY}),
    zone("zone of nothing", ".geo_zones", {"geo_zones": []}, {"geo_zones": []}),
    zone("zone of 301 parts", ".geo_zones", {"geo_zones": [GERMANY] * 301}, {"geo_zones": ["de"] * 301}),
    geo("country that is none", "", {"type": "country", "country_code": "qq"}, "qq"),
    geo("province that nobody knows", ".province", {"type": "province", "country_code": "us", "province_code": "Bayern"}, {"country": "us", "province": "Bayern"}),
    geo("blank province", ".province", {"type": "province", "country_code": "us", "province_code": " "}, {"country": "us", "province": " "}),
    geo("city without letters", ".city", {"type": "city", "country_code": "de", "city": "--"}, {"country": "de", "city": "--"}),
    geo("city of 256 letters", ".city", {"type": "city", "country_code": "de", "city": "x" * 256}, {"country": "de", "city": "x" * 256}),
    geo("postal code of hyphens", ".postal_expression", {"type": "zip", "country_code": "de", "postal_expression": " - "}, {"country": "de", "postal_expression": " - "}),
    geo("list of postal codes", ".postal_expression", {"type": "zip", "country_code": "de", "postal_expression": "10115, 10117"}, {"country": "de", "postal_expression": "10115, 10117"}),
    geo("range of postal codes", ".postal_expression", {"type": "zip", "country_code": "de", "postal_expression": "10115-14199"}, {"country": "de", "postal_expression": "10115-14199"}),
    geo("postal code with a wildcard inside", ".postal_expression", {"type": "zip", "country_code": "de", "postal_expression": "10*15"}, {"country": "de", "postal_expression": "10*15"}),
    geo("postal code of 33 digits", ".postal_expression", {"type": "zip", "country_code": "de", "postal_expression": "1" * 33}, {"country": "de", "postal_expression": "1" * 33}),
    option("option's name of 201 letters", ".name", {"name": "x" * 201}),
    option("option's name with a tab", ".name", {"name": "a\tb"}),
    option("type code in capitals", ".type", {"type": {"code": "Express", "label": "E"}}, {"type": "Express"}),
    option("type code of another writing", ".type.code", {"type": {"code": "größe", "label": "G"}}, {"type": {"code": "größe"}}),
    option("short type code of another writing", ".type", {"type": {"code": "größe", "label": "G"}}, {"type": "größe"}),
    option("type code of 64 letters", ".type.code", {"type": {"code": "x" * 64, "label": "X"}}, {"type": {"code": "x" * 64}}),
    option("type label of 201 letters", ".type.label", {"type": {"code": "x", "label": "x" * 201}}),
    option("type described in 1,001 letters", ".type.description", {"type": {"code": "x", "label": "X", "description": "x" * 1001}}),
    option("provider that is not here", ".provider", {"provider_id": "fly_fly"}, {"provider": "fly_fly"}),
    option("price that a provider works out", ".price_type", {"price_type": "calculated"}),
    option("data of 101 keys", ".data", {"data": MANY}),
    option("data with a line break in a key", ".data", {"data": {"a\nb": 1}}),
    option("option's metadata of 101 keys", ".metadata", {"metadata": MANY}),
    price("no price", "", [], []),
    price("no price in the short form", "", [], {}),
    price("101 prices", "", [EURO] * 101, [EURO_IN_FILE] * 101),
    price("price below nought", ".eur", [{"currency_code": "eur", "amount": -1}], {"eur": -1}),
    price("price above the largest amount", ".eur", [{"currency_code": "eur", "amount": 10**12 + 1}], {"eur": 10**12 + 1}),
    price("price of half a yen", ".jpy", [{"currency_code": "jpy", "amount": 1.5}], {"jpy": 1.5}),
    price("price in no currency", "[0]", [{"amount": 5}], [{"amount": 5}]),
    price("price in an unknown currency", ".zzz.currency", [{"currency_code": "zzz", "amount": 5}], {"zzz": 5}),
    price("price in another currency than the region's", "[0].currency", [{"region_id": "Japan", "currency_code": "eur", "amount": 5}], [{"region": "Japan", "currency": "eur", "amount": 5}]),
    price("price of an unknown region", "[0].region", [{"region_id": "reg_none", "amount": 5}], [{"region": "Atlantis", "amount": 5}]),
    price("price twice", "[1]", [EURO, {**EURO, "amount": 6}], [EURO_IN_FILE, {**EURO_IN_FILE, "amount": 6}]),
    price("price twice under one condition", "[1]", [{**EURO, "rules": [RULE]}, {**EURO, "rules": [{**RULE, "value": 50.0}]}], [{**EURO_IN_FILE, "item_total": {"gte": 50}}, {**EURO_IN_FILE, "item_total": {"gte": 50.0}}]),
    price("condition above the largest amount", "[0].item_total.gte", [{**EURO, "rules": [{**RULE, "value": 10**12 + 1}]}], [{**EURO_IN_FILE, "item_total": {"gte": 10**12 + 1}}]),
    price("condition of an unknown kind", "[0].item_total", [{**EURO, "rules": [{**RULE, "operator": "ne"}]}], [{**EURO_IN_FILE, "item_total": {"ne": 50}}]),
    price("condition below a cent", "[0].item_total.gte", [{**EURO, "rules": [{**RULE, "value": 0.001}]}], [{**EURO_IN_FILE, "item_total": {"gte": 0.001}}]),
]  # fmt: skip


def request(depot: Depot, kind: str, said: Json) -> tuple[str, Json]:
    """Path and body by which REST makes a thing of a kind at the depot."""
    if kind == "location":
        return LOCATIONS, {"name": "New", **said}
    if kind == "set":
        return f"{LOCATIONS}/{depot.location}/fulfillment-sets", {"name": "New", "type": "shipping", **said}
    if kind == "zone":
        return f"{SETS}/{depot.fulfillment_set}/service-zones", {"name": "New", "geo_zones": [GERMANY], **said}
    prices = [
        {name: depot.regions.get(value, value) if name == "region_id" else value for name, value in price.items()}
        for price in said.get("prices", [EURO])
    ]
    whole = {"name": "New", "type": {"code": "slow", "label": "Slow"}, **said, "prices": prices}
    return OPTIONS, {**whole, "service_zone_id": depot.zone, "shipping_profile_id": depot.profile}


def document(kind: str, said: Json, place: str = "Depot", seller: str = "aurora") -> Json:
    """A file that states the thing where `request` puts it."""
    option = {"name": "New", "type": {"code": "slow", "label": "Slow"}, "profile": "Default", "prices": {"eur": 5}}
    zone: Json = {"name": "Near", "geo_zones": ["de"], "shipping_options": [option | said]}
    if kind == "zone":
        zone = {"name": "New", "geo_zones": ["de"]} | said
    group: Json = {"name": "Parcels", "type": "shipping", "service_zones": [zone]}
    if kind == "set":
        group = {"name": "New", "type": "shipping"} | said
    where: Json = {"name": place, "fulfillment_sets": [group]}
    if kind == "location":
        where = {"name": "New"} | said
    return {"stores": [{"handle": seller, "name": seller.capitalize(), "stock_locations": [where]}]}
