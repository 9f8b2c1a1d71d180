"""Load shipping profiles, and sellers with their locations, fulfillment sets, zones and shipping options."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from models.schema.inventory import stock_location
from models.schema.product import shipping_profile
from models.schema.seller import seller
from models.schema.shipping import fulfillment_set, geo_zone, service_zone, shipping_option, shipping_option_price
from models.shared.kinds import Kind
from services.seed.loading import Loading, columns, rich_entry
from services.seed.survey import spread
from services.shared.sync import Row
from utils.money import to_minor
from utils.places import full_province
from utils.typed import trimmed

PROFILE = Kind(shipping_profile, "name", ("name",), "sp")
SELLER = Kind(seller, "handle", ("handle",), "sel")
LOCATION = Kind(stock_location, "seller_id", ("seller_id", "name"), "sloc")
SET = Kind(fulfillment_set, "location_id", ("location_id", "name"), "fuset")
ZONE = Kind(service_zone, "fulfillment_set_id", ("fulfillment_set_id", "name"), "serzo")
GEO = Kind(
    geo_zone,
    "service_zone_id",
    ("service_zone_id", "country_code", "province_code", "city", "postal_expression"),
    "fgz",
)
OPTION = Kind(shipping_option, "service_zone_id", ("service_zone_id", "name"), "so")
OPTION_PRICE = Kind(
    shipping_option_price,
    "shipping_option_id",
    ("shipping_option_id", "currency_code", "region_id", "rules"),
    "soprice",
)
ADDRESS = ("address_1", "address_2", "city", "province", "postal_code", "country_code", "phone")

# A thing with its place in the file: (id of the row, natural path, entry).
Placed = tuple[str, str, Mapping[str, Any]]


async def load_profiles(loading: Loading) -> None:
    rows = [columns(entry, "name", "type", "metadata") for entry in loading.entries("shipping_profiles")]
    for (name,), identity in (await loading.rows(PROFILE, rows)).ids.items():
        loading.names.put("shipping_profiles", name, identity)


async def load_sellers(loading: Loading) -> None:
    entries = {entry["handle"]: entry for entry in loading.entries("stores")}
    rows = [
        columns(rich_entry(entry), "handle", "name", "description", "logo", "status", "metadata")
        | ({"commission_rate": Decimal(str(entry["commission_rate"]))} if "commission_rate" in entry else {})
        | columns(entry.get("address", {}), *ADDRESS, "latitude", "longitude")
        for entry in entries.values()
    ]
    sellers: list[Placed] = []
    for (handle,), identity in (await loading.rows(SELLER, rows)).ids.items():
        loading.names.put("stores", handle, identity)
        sellers.append((identity, handle, entries[handle]))
    locations = await load_locations(loading, sellers)
    sets = await load_children(loading, SET, "fulfillment_sets", locations, ("name", "type", "metadata"))
    zones = await load_children(loading, ZONE, "service_zones", sets, ("name", "metadata"))
    await load_geo_zones(loading, zones)
    await load_options(loading, zones, {identity: path.partition("/")[0] for identity, path, _ in zones})


async def load_locations(loading: Loading, sellers: list[Placed]) -> list[Placed]:
    """Locations stay when a file does not name them any more: there may be stock in them."""
    named: dict[tuple[str, str], tuple[str, int, Mapping[str, Any]]] = {}
    for seller_id, handle, entry in sellers:
        for rank, child in enumerate(entry.get("stock_locations") or ()):
            named[(seller_id, child["name"])] = (handle, rank, child)
    rows = [
        {"seller_id": seller_id}
        | columns(child, "name", "rank", "metadata")
        | columns(child.get("address", {}), *ADDRESS)
        for (seller_id, _), (_, _, child) in named.items()
    ]
    found = await loading.rows(LOCATION, rows, fresh=lambda key: {"rank": named[(key[0], key[1])][1]})
    placed: list[Placed] = []
    for (seller_id, name), identity in found.ids.items():
        handle, _, child = named[(seller_id, name)]
        placed.append((identity, f"{handle}/{name}", child))
        loading.names.put("stock_locations", f"{handle}/{name}", identity)
    return placed


async def load_children(
    loading: Loading, kind: Kind, key: str, parents: list[Placed], names: tuple[str, ...]
) -> list[Placed]:
    """The named children of things; those of a stated list are whole."""
    entries = {
        (parent, child["name"]): (f"{path}/{child['name']}", child)
        for parent, path, entry in parents
        for child in entry.get(key) or ()
    }
    rows = [{kind.owner: parent} | columns(child, *names) for (parent, _), (_, child) in entries.items()]
    owners = [parent for parent, _, entry in parents if key in entry]
    found = await loading.rows(kind, rows, owners=owners, whole=True)
    placed: list[Placed] = []
    for (parent, name), identity in found.ids.items():
        path, child = entries[(parent, name)]
        loading.names.put(key, path, identity)
        placed.append((identity, path, child))
    return placed


async def load_geo_zones(loading: Loading, zones: list[Placed]) -> None:
    rows = [geo_row(identity, geo) for identity, _, zone in zones for geo in zone["geo_zones"]]
    await loading.rows(GEO, rows, owners=[identity for identity, _, _ in zones], whole=True)


def geo_row(zone_id: str, geo: str | Mapping[str, str]) -> Row:
    part: Mapping[str, str] = {"country": geo} if isinstance(geo, str) else geo
    kinds = {"postal_expression": "zip", "city": "city", "province": "province"}
    return {
        "service_zone_id": zone_id,
        "type": next((kind for key, kind in kinds.items() if key in part), "country"),
        "country_code": part["country"],
        "province_code": full_province(part["country"], part["province"]) if "province" in part else None,
        **{name: trimmed(part[name]) if name in part else None for name in ("city", "postal_expression")},
    }


async def load_options(loading: Loading, zones: list[Placed], handles: dict[str, str]) -> None:
    entries = {
        (zone_id, option["name"]): (f"{path}/{option['name']}", option)
        for zone_id, path, zone in zones
        for option in zone.get("shipping_options") or ()
    }
    rows = [
        {"seller_id": loading.names.id("stores", handles[zone_id]), "service_zone_id": zone_id}
        | columns(
            option, "name", "price_type", "data", "enabled_in_store", "is_return", "metadata", provider_id="provider"
        )
        | {"shipping_profile_id": loading.names.id("shipping_profiles", option["profile"])}
        | columns(type_of(option), type_code="code", type_label="label", type_description="description")
        for (zone_id, _), (_, option) in entries.items()
    ]
    owners = [identity for identity, _, zone in zones if "shipping_options" in zone]
    labels = {key: str(type_of(option)["code"]).capitalize() for key, (_, option) in entries.items()}
    found = await loading.rows(
        OPTION, rows, owners=owners, whole=True, fresh=lambda key: {"type_label": labels[(key[0], key[1])]}
    )
    prices: list[Row] = []
    for (zone_id, name), identity in found.ids.items():
        path, option = entries[(zone_id, name)]
        loading.names.put("shipping_options", path, identity)
        prices += option_prices(loading, identity, option)
    await loading.rows(OPTION_PRICE, prices, owners=found.ids.values(), whole=True)


def type_of(option: Mapping[str, Any]) -> Mapping[str, Any]:
    kind = option["type"]
    return {"code": kind} if isinstance(kind, str) else kind


def option_prices(loading: Loading, option_id: str, option: Mapping[str, Any]) -> Iterator[Row]:
    for _, entry in spread(option["prices"], ""):
        row = loading.price(entry)
        rules = [
            {"attribute": "item_total", "operator": operator, "value": to_minor(value, row["currency_code"])}
            for operator, value in sorted(entry.get("item_total", {}).items())
        ]
        yield {"shipping_option_id": option_id, **row, "rules": rules}
