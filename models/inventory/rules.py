"""What a seller's places may be: the rules and limits that requests and files are held to alike."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from models.inventory.commands import PutGeoZone
from utils.errors import AppError
from utils.places import city_key, full_province, is_postal_prefix
from utils.typed import trimmed

# What is held ready in every process for all sellers: one of them must not fill it alone.
MOST_LOCATIONS, MOST_SETS, MOST_ZONES = 200, 20, 50
MOST_ZONES_OF_SELLER = 500  # over all its locations
MOST_GEO_ZONES = 300  # of one zone
LONGEST_PART = 255  # characters of a part of an address
LONGEST_PROVINCE, LONGEST_POSTAL = 100, 32
LONGEST_SKU = 200
MOST_PIECES = 1_000_000_000  # on hand

# What a geo zone of each type must say, and all that it may.
PARTS: Mapping[str, tuple[str, ...]] = {
    "country": (),
    "province": ("province_code",),
    "city": ("city",),
    "zip": ("postal_expression",),
}
FINER = {"country": (), "province": ("province_code",), "city": ("province_code", "city")}
ALL_PARTS = ("province_code", "city", "postal_expression")
NEEDED = {"postal_expression": "postal_expression: what codes begin with, no list, range or sign for any"}


class TooMany(AppError):
    code, kind = "too_many", "not_allowed"
    message = "There may be {limit} of these at the most."


class GeoZoneIncomplete(AppError):
    code, kind = "geo_zone_incomplete", "invalid"
    message = "A geo zone of type {type} needs {needed}."


def ensure_room(count: int, limit: int) -> None:
    """TooMany when so many, with what is being added, are more than the limit."""
    if count > limit:
        raise TooMany(limit=limit)


def ensure_room_each(owners: Iterable[str], limit: int) -> None:
    """TooMany when one of the owners stands there more often than the limit."""
    ensure_room(max(Counter(owners).values(), default=0), limit)


def is_comparable(name: str, country: str, text: str) -> bool:
    """Does a part of a geo zone say anything that an address could be compared with?"""
    if name == "city":
        return bool(city_key(text))
    return is_postal_prefix(country, text) if name == "postal_expression" else bool(trimmed(text))


def covered(command: PutGeoZone) -> dict[str, Any]:
    """What a geo zone covers, as columns, its province as `us-ca`.

    GeoZoneIncomplete when it lacks what its type names, or says more than that; ProvinceUnknown.
    """
    kind, country = command.type, command.country_code.lower()
    values = {name: trimmed(getattr(command, name) or "") or None for name in ALL_PARTS}
    if not is_comparable("postal_expression", country, values["postal_expression"] or ""):
        values["postal_expression"] = None
    lacking = [name for name in PARTS[kind] if not values[name]]
    surplus = [name for name in ALL_PARTS if values[name] and name not in FINER.get(kind, ALL_PARTS)]
    if values["city"] and "city" not in surplus and not is_comparable("city", country, values["city"]):
        lacking.append("city")
    if lacking or surplus:
        needed = ", ".join(NEEDED.get(name, name) for name in lacking)
        raise GeoZoneIncomplete(type=kind, needed=needed or f"no {', '.join(surplus)}")
    if values["province_code"]:
        values["province_code"] = full_province(country, values["province_code"])
    return {"type": kind, "country_code": country, **values}
