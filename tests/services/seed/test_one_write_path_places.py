"""One write path for places and shipping: what the Vendor API refuses, no file brings in; what both take is alike."""

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Insert, Table, insert, select

from models.inventory.commands import PutGeoZone, PutZone
from models.inventory.location import CountryUnknown
from models.inventory.rules import MOST_LOCATIONS, MOST_SETS, MOST_ZONES, MOST_ZONES_OF_SELLER, GeoZoneIncomplete
from models.schema.inventory import stock_location
from models.schema.shipping import fulfillment_set, geo_zone, service_zone, shipping_option, shipping_option_price
from models.shipping.commands import PutOption, PutPrice
from models.shipping.rules import (
    MOST_OPTIONS,
    MOST_OPTIONS_OF_SELLER,
    NotCalculated,
    PriceTwice,
    PriceUnclear,
    ProviderUnknown,
)
from services import seed
from services.deps import Deps
from services.infrastructure.database.database import Database, UnitOfWork
from services.inventory import bulk as inventory_bulk
from services.shared.sync import Tally
from services.shipping import bulk as shipping_bulk
from tests.conftest import Client
from tests.services.seed.documents import WORLD, Json
from tests.services.seed.place_faults import (
    EURO,
    EURO_IN_FILE,
    FAULTS,
    GERMANY,
    LOCATION,
    LOCATIONS,
    RULE,
    SETS,
    Depot,
    Fault,
    document,
    request,
)
from tests.services.seed.refusals import refused_places
from tests.staff import Worker, hire

BELOW = (
    (stock_location, "id", ""),
    (fulfillment_set, "location_id", "stock_location"),
    (service_zone, "fulfillment_set_id", "fulfillment_set"),
    (geo_zone, "service_zone_id", "service_zone"),
    (shipping_option, "service_zone_id", "service_zone"),
    (shipping_option_price, "shipping_option_id", "shipping_option"),
)
TABLES = tuple(table for table, _, _ in BELOW)


@pytest.fixture(scope="module")
def seed_file() -> Path:
    return WORLD


@pytest.fixture(scope="module")
async def owner(client: Client, deps: Deps, ids: Json) -> Worker:
    """An owner of the seller that files state as `aurora`."""
    return await hire(client, deps, seller_id=ids["stores"]["aurora"])


@pytest.fixture(scope="module")
async def depot(owner: Worker, ids: Json) -> Depot:
    return await made_depot(owner, ids, "Depot")


async def made_depot(owner: Worker, ids: Json, name: str) -> Depot:
    place = (await owner.post(LOCATIONS, {"name": name}))["stock_location"]["id"]
    sets = f"{LOCATIONS}/{place}/fulfillment-sets"
    made = await owner.post(sets, {"name": "Parcels", "type": "shipping"})
    set_id = made["stock_location"]["fulfillment_sets"][0]["id"]
    body = {"name": "Near", "geo_zones": [GERMANY]}
    zones = (await owner.post(f"{SETS}/{set_id}/service-zones", body))["fulfillment_set"]["service_zones"]
    return Depot(place, set_id, zones[0]["id"], ids["shipping_profiles"]["Default"], ids["regions"])


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_the_api_refuses(owner: Worker, depot: Depot, fault: Fault) -> None:
    reply = await owner.send("POST", *request(depot, fault.kind, fault.rest))
    assert 400 <= reply.status < 500, await reply.text()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_a_file_is_refused_with_the_place_of_the_fault(trial: UnitOfWork, depot: Depot, fault: Fault) -> None:
    assert await refused_places(trial, TABLES, document(fault.kind, fault.file)) == {fault.place}


def many(table: Table, count: int, **columns: str) -> Insert:
    """So many rows, named alike."""
    return insert(table).values(
        [{"id": f"{table.name}-{n}-{columns}", "name": f"N {n}", **columns} for n in range(count)]
    )


@pytest.mark.parametrize(("kind", "limit"), [("set", MOST_SETS), ("zone", MOST_ZONES), ("option", MOST_OPTIONS)])
async def test_a_list_may_be_so_long_on_both_sides(
    owner: Worker, ids: Json, database: Database, trial: UnitOfWork, kind: str, limit: int
) -> None:
    full = await made_depot(owner, ids, f"Full of {kind}s")
    filling = {
        "set": many(fulfillment_set, limit, location_id=full.location),
        "zone": many(service_zone, limit, fulfillment_set_id=full.fulfillment_set),
        "option": many(shipping_option, limit, **option_columns(full, owner.seller_id)),
    }
    async with database.unit_of_work() as work:
        await work.execute(filling[kind])
    refused = await owner.post(*request(full, kind, {}), 400)
    assert (refused["code"], refused["limit"]) == ("too_many", limit)
    said = document(kind, {}, f"Full of {kind}s")
    place = said["stores"][0]["stock_locations"][0]
    path = f"{LOCATION}.fulfillment_sets"
    for key in ("service_zones", "shipping_options")[: ("set", "zone", "option").index(kind)]:
        place, path = place["fulfillment_sets" if key == "service_zones" else "service_zones"][0], f"{path}[0].{key}"
    key = path.rpartition(".")[2]
    place[key] = [{**place[key][0], "name": f"M {n}"} for n in range(limit + 1)]
    assert await refused_places(trial, TABLES, said) == {path}


def option_columns(depot: Depot, seller_id: str) -> dict[str, str]:
    named = {"service_zone_id": depot.zone, "shipping_profile_id": depot.profile, "seller_id": seller_id}
    return {**named, "type_code": "x", "type_label": "X"}


@pytest.mark.parametrize(
    ("kind", "limit"),
    [("zone", MOST_ZONES_OF_SELLER), ("option", MOST_OPTIONS_OF_SELLER), ("location", MOST_LOCATIONS)],
)
async def test_a_seller_may_have_so_many_on_both_sides(
    client: Client, deps: Deps, ids: Json, database: Database, trial: UnitOfWork, kind: str, limit: int
) -> None:
    name = {"zone": "borneo", "option": "cascade", "location": "cascade"}[kind]
    owner = await hire(client, deps, seller_id=ids["stores"][name])
    full, free = [await made_depot(owner, ids, f"{which} of {kind}s") for which in ("Full", "Free")]
    filling = {
        "zone": many(service_zone, limit, fulfillment_set_id=full.fulfillment_set),
        "option": many(shipping_option, limit, **option_columns(full, owner.seller_id)),
        "location": many(stock_location, limit, seller_id=owner.seller_id),
    }
    async with database.unit_of_work() as work:
        await work.execute(filling[kind])
    refused = await owner.post(*request(free, kind, {}), 400)
    assert (refused["code"], refused["limit"]) == ("too_many", limit)
    assert await refused_places(trial, TABLES, document(kind, {}, f"Free of {kind}s", name)) == {
        "stores[0].stock_locations"
    }
    held = {"handle": name, "name": name.capitalize(), "stock_locations": [{"name": f"Free of {kind}s"}]}
    others = document(kind, {}, f"Beside full {kind}s")["stores"]
    await seed.load(trial, {"stores": [held, *others]})  # who has too much already is no obstacle to others
    if kind != "location":  # in the place of what there was it has room
        await seed.load(trial, document(kind, {}, f"Full of {kind}s", name))


GEO_ZONES: list[Json] = [
    {"type": "country", "country_code": "AT"},
    {"type": "province", "country_code": "us", "province_code": " New York "},
    {"type": "city", "country_code": "us", "province_code": "CA", "city": " Eureka "},
    {"type": "zip", "country_code": "de", "city": "Kiel", "postal_expression": "241 "},
]
AREAS = [
    "at",
    {"country": "us", "province": " New York "},
    {"country": "us", "province": "CA", "city": " Eureka "},
    {"country": "de", "city": "Kiel", "postal_expression": "241 "},
]
ADDRESS = {"address_1": "Dock 3", "city": " Kiel ", "postal_code": "24103 ", "country_code": "de"}
RULES: list[Json] = [{**RULE, "operator": "gte", "value": 50}, {**RULE, "operator": "lt", "value": 99.5}]
FREE: Json = {"metadata": {"a": 1}, "data": {"speed": 1}}
LABELS = {"code": "slow", "label": "Slowly", "description": "On foot"}
# A location's, its set's, its zone's and its option's own fields over HTTP, and those of files where they differ.
GOOD: dict[str, tuple[dict[str, Json], dict[str, Json]]] = {
    "as little as may be": (
        {"option": {"type": {"code": "express", "label": "Express"}}},
        {"option": {"type": "express"}},
    ),
    "a whole address": ({"location": {"rank": 1_000_000.0, "address": ADDRESS, "metadata": {"gate": 2}}}, {}),
    "a set for pickup": ({"set": {"type": "pickup", "metadata": {"a": 1}}}, {}),
    "all kinds of areas": (
        {"zone": {"geo_zones": GEO_ZONES, "metadata": {"a": 1}}},
        {"zone": {"geo_zones": AREAS, "metadata": {"a": 1}}},
    ),
    "an option in full": (
        {"option": {**FREE, "type": LABELS, "is_return": True, "enabled_in_store": False, "price_type": "flat"}},
        {},
    ),
    "prices of all kinds": (
        {
            "option": {
                "prices": [EURO, {"region_id": "Japan", "amount": 800}, {**EURO, "amount": 10**12, "rules": RULES}]
            }
        },
        {
            "option": {
                "prices": [
                    EURO_IN_FILE,
                    {"region": "Japan", "amount": 800},
                    {"currency": "eur", "amount": 10**12, "item_total": {"lt": 99.5, "gte": 50}},
                ]
            }
        },
    ),
}


@pytest.mark.parametrize("name", GOOD)
async def test_what_both_take_comes_to_the_same_rows(
    owner: Worker, database: Database, trial: UnitOfWork, ids: Json, name: str
) -> None:
    rest, differing = GOOD[name]
    file = rest | differing
    place = (await owner.post(LOCATIONS, {"rank": 7, **rest.get("location", {}), "name": name}))["stock_location"]["id"]
    at = Depot(place, "", "", ids["shipping_profiles"]["Default"], ids["regions"])
    made = await owner.post(*request(at, "set", {**rest.get("set", {}), "name": "Parcels"}))
    at = replace(at, fulfillment_set=made["stock_location"]["fulfillment_sets"][0]["id"])
    made = await owner.post(*request(at, "zone", {**rest.get("zone", {}), "name": "Near"}))
    at = replace(at, zone=made["fulfillment_set"]["service_zones"][0]["id"])
    await owner.post(*request(at, "option", rest.get("option", {})))
    stated = document("option", file.get("option", {}), f"{name} of a file")
    location = stated["stores"][0]["stock_locations"][0]
    location |= {"rank": 7} | file.get("location", {})
    location["fulfillment_sets"][0] |= file.get("set", {})
    location["fulfillment_sets"][0]["service_zones"][0] |= {"geo_zones": ["de"]} | file.get("zone", {})
    loaded = await seed.load(trial, stated)
    other = loaded.ids["stock_locations"][f"aurora/{name} of a file"]
    found = await rows_below(trial, other)
    assert found == await rows_below(trial, place)
    assert all(found), "a row in each table"
    assert (await seed.load(trial, stated)).tally.changed == 0


async def rows_below(work: UnitOfWork, location_id: str) -> list[list[Json]]:
    """The rows of a location and of all that hangs on it, table by table, without ids and moments."""
    found: list[list[Json]] = []
    ids: dict[str, list[str]] = {"": [location_id]}
    for table, column, parent in BELOW:
        rows = (
            await work.execute(select(table).where(table.c[column].in_(ids[parent])).order_by(table.c.id))
        ).mappings()
        whole = [dict(row) for row in rows]
        ids[table.name] = [row["id"] for row in whole]
        hidden = {"id", "created_at", "updated_at", column} | ({"name"} if parent == "" else set())
        found.append([{name: value for name, value in row.items() if name not in hidden} for row in whole])
    return found


async def test_the_commands_of_the_domains_keep_the_rules_by_themselves(
    trial: UnitOfWork, depot: Depot, owner: Worker
) -> None:
    set_id = depot.fulfillment_set
    for parts, error in (
        ([PutGeoZone(type="city", country_code="de")], GeoZoneIncomplete),
        ([PutGeoZone(type="country", country_code="qq")], CountryUnknown),
    ):
        zones = [PutZone(name="New", geo_zones=parts, seller_id=owner.seller_id, fulfillment_set_id=set_id)]
        with pytest.raises(error):
            await inventory_bulk.put_zones(trial, zones=zones, set_ids=[set_id], tally=Tally())
    euro = PutPrice(amount=5, currency_code="eur")
    option = PutOption(
        seller_id=owner.seller_id,
        service_zone_id=depot.zone,
        name="New",
        shipping_profile_id=depot.profile,
        type_code="slow",
        first_label="Slow",
        prices=[euro],
    )
    for wrong, refusal in (
        ({"provider_id": "fly_fly"}, ProviderUnknown),
        ({"price_type": "calculated"}, NotCalculated),
        ({"prices": [euro, euro]}, PriceTwice),
        ({"prices": [PutPrice(amount=5)]}, PriceUnclear),
    ):
        options = [msgspec.structs.replace(option, **wrong)]
        with pytest.raises(refusal):
            await shipping_bulk.put_options(trial, options=options, zone_ids=[depot.zone], tally=Tally())
