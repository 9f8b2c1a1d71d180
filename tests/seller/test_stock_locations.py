"""Places of stock, and the zones that are served from them."""

from typing import Any

import pytest
from sqlalchemy import select

from models.schema.audit import audit_log
from services.deps import Deps
from tests.conftest import Client
from tests.staff import Worker, hire

Json = dict[str, Any]
LOCATIONS = "/vendor/stock-locations"


async def made(owner: Worker, name: str, **said: Any) -> Json:
    location: Json = (await owner.post(LOCATIONS, {"name": name, **said}))["stock_location"]
    return location


async def with_set(owner: Worker, name: str) -> tuple[str, str]:
    """A new location and its only fulfillment set."""
    location = await made(owner, name)
    body = {"name": "Parcels", "type": "shipping"}
    whole = (await owner.post(f"{LOCATIONS}/{location['id']}/fulfillment-sets", body))["stock_location"]
    return location["id"], whole["fulfillment_sets"][0]["id"]


async def test_a_location_is_made_listed_changed_and_deleted(owner: Worker, deps: Deps) -> None:
    address = {"address_1": "Dock 3", "city": "Kiel", "country_code": "DE"}
    location = await made(owner, "Kiel", address=address, metadata={"gate": 2})
    assert location["rank"] > 0
    assert (location["address"]["city"], location["address"]["country_code"]) == ("Kiel", "de")
    path = f"{LOCATIONS}/{location['id']}"
    assert (await owner.get(path))["stock_location"] == location
    body = {"name": "Kiel harbour", "rank": 9, "address": {"phone": "+49 431 1"}}
    changed = (await owner.post(path, body))["stock_location"]
    assert (changed["name"], changed["rank"], changed["address"]["phone"]) == ("Kiel harbour", 9, "+49 431 1")
    assert changed["address"]["city"] == "Kiel"
    found = await owner.get(f"{LOCATIONS}?q=HARBOUR&order=-rank")
    assert (found["count"], found["stock_locations"][0]["id"]) == (1, location["id"])
    cleared = (await owner.post(path, {"address": None, "metadata": None}))["stock_location"]
    assert (cleared["address"]["city"], cleared["metadata"]) == (None, None)
    assert (await owner.delete(path))["deleted"] is True
    await owner.get(path, 404)
    async with deps.database.reading() as work:
        rows = await work.execute(
            select(audit_log.c.action, audit_log.c.before, audit_log.c.after)
            .where(audit_log.c.entity_id == location["id"])
            .order_by(audit_log.c.id)
        )
    noted = rows.all()
    assert [row.action.partition(".")[2] for row in noted] == ["create", "update", "update", "delete"]
    assert noted[1].before == {"name": "Kiel", "rank": location["rank"], "phone": None}


async def test_a_name_is_unique_for_the_seller(owner: Worker, other_owner: Worker) -> None:
    await made(owner, "Same name")
    other = await made(owner, "Another name")
    assert (await owner.post(LOCATIONS, {"name": "Same name"}, 422))["code"] == "name_taken"
    assert (await owner.post(f"{LOCATIONS}/{other['id']}", {"name": "Same name"}, 422))["code"] == "name_taken"
    assert (await made(other_owner, "Same name"))["seller_id"] == other_owner.seller_id


async def test_countries_that_are_none_are_refused(owner: Worker) -> None:
    body = {"name": "Nowhere", "address": {"country_code": "qq"}}
    assert (await owner.post(LOCATIONS, body, 400))["code"] == "country_unknown"
    _, set_id = await with_set(owner, "For countries")
    zone = {"name": "Nowhere", "geo_zones": [{"type": "country", "country_code": "qq"}]}
    path = f"/vendor/fulfillment-sets/{set_id}/service-zones"
    assert (await owner.post(path, zone, 400))["code"] == "country_unknown"


async def test_a_location_in_use_is_not_deleted(owner: Worker) -> None:
    location_id, set_id = await with_set(owner, "Busy")
    body = {"sku": "IN-BUSY", "location_levels": [{"location_id": location_id, "stocked_quantity": 1}]}
    item = (await owner.post("/vendor/inventory-items", body))["inventory_item"]
    refused = await owner.delete(f"{LOCATIONS}/{location_id}", 400)
    assert (refused["code"], refused["what"]) == ("stock_location_in_use", "stock")
    await owner.post(f"/vendor/inventory-items/{item['id']}/location-levels/{location_id}", {"stocked_quantity": 0})
    assert (await owner.delete(f"{LOCATIONS}/{location_id}", 400))["what"] == "fulfillment sets"
    await owner.delete(f"/vendor/fulfillment-sets/{set_id}")
    await owner.delete(f"{LOCATIONS}/{location_id}")
    assert (await owner.get(f"/vendor/inventory-items/{item['id']}"))["inventory_item"]["location_levels"] == []


async def test_zones_are_added_changed_and_removed(owner: Worker) -> None:
    location_id, set_id = await with_set(owner, "Zoned")
    path = f"/vendor/fulfillment-sets/{set_id}/service-zones"
    geo = [
        {"type": "country", "country_code": "AT"},
        {"type": "province", "country_code": "us", "province_code": "us-ny"},
        {"type": "city", "country_code": "de", "city": "Berlin"},
        {"type": "zip", "country_code": "de", "city": "Kiel", "postal_expression": "241"},
    ]
    whole = (await owner.post(path, {"name": "Here and there", "geo_zones": geo}))["fulfillment_set"]
    (zone,) = whole["service_zones"]
    assert [(g["type"], g["country_code"]) for g in zone["geo_zones"]] == [
        ("country", "at"),
        ("province", "us"),
        ("city", "de"),
        ("zip", "de"),
    ]
    assert (await owner.get(f"{path}/{zone['id']}"))["service_zone"] == zone
    assert (await owner.post(path, {"name": "Here and there", "geo_zones": geo}, 422))["code"] == "name_taken"
    only = {"name": "Only here", "geo_zones": [{"type": "country", "country_code": "fr"}]}
    whole = (await owner.post(f"{path}/{zone['id']}", only))["fulfillment_set"]
    assert [g["country_code"] for g in whole["service_zones"][0]["geo_zones"]] == ["fr"]
    shown = (await owner.get(f"{LOCATIONS}/{location_id}"))["stock_location"]
    assert shown["fulfillment_sets"][0]["service_zones"][0]["name"] == "Only here"
    gone = await owner.delete(f"{path}/{zone['id']}")
    assert (gone["object"], gone["parent"]["service_zones"]) == ("service_zone", [])
    await owner.get(f"{path}/{zone['id']}", 404)


@pytest.mark.parametrize("province", ["CA", "us-ca", " US-CA ", "California"])
async def test_a_zone_keeps_a_province_in_its_one_form(owner: Worker, province: str) -> None:
    _, set_id = await with_set(owner, f"In {province!r}")
    geo = {"type": "province", "country_code": "US", "province_code": province}
    path = f"/vendor/fulfillment-sets/{set_id}/service-zones"
    whole = (await owner.post(path, {"name": "There", "geo_zones": [geo]}))["fulfillment_set"]
    assert whole["service_zones"][0]["geo_zones"][0]["province_code"] == "us-ca"


async def test_a_zone_of_a_province_that_nobody_knows_is_refused(owner: Worker) -> None:
    _, set_id = await with_set(owner, "Nowhere")
    path = f"/vendor/fulfillment-sets/{set_id}/service-zones"
    geo = {"type": "province", "country_code": "us", "province_code": "Bayern"}
    refused = await owner.post(path, {"name": "There", "geo_zones": [geo]}, 400)
    assert (refused["code"], refused["province"]) == ("province_unknown", "Bayern")
    geo = {"type": "zip", "country_code": "us", "postal_expression": " - "}
    assert (await owner.post(path, {"name": "There", "geo_zones": [geo]}, 400))["code"] == "geo_zone_incomplete"


@pytest.mark.parametrize(
    "geo",
    [
        {"type": "province", "country_code": "us"},
        {"type": "city", "country_code": "de", "province_code": "de-be"},
        {"type": "zip", "country_code": "de", "city": "Kiel"},
        {"type": "country", "country_code": "de", "city": "Kiel"},
    ],
)
async def test_a_geo_zone_says_what_its_type_names_and_no_more(
    client: Client, deps: Deps, sellers: list[str], geo: Json
) -> None:
    owner = await hire(client, deps, seller_id=sellers[0])
    _, set_id = await with_set(owner, f"Geo {geo}")
    body = {"name": "Zone", "geo_zones": [geo]}
    refused = await owner.post(f"/vendor/fulfillment-sets/{set_id}/service-zones", body, 400)
    assert refused["code"] == "geo_zone_incomplete"


async def test_a_zone_of_another_set_is_missing(owner: Worker) -> None:
    _, first = await with_set(owner, "First of two")
    _, second = await with_set(owner, "Second of two")
    body = {"name": "Zone", "geo_zones": [{"type": "country", "country_code": "de"}]}
    whole = (await owner.post(f"/vendor/fulfillment-sets/{first}/service-zones", body))["fulfillment_set"]
    zone_id = whole["service_zones"][0]["id"]
    wrong = f"/vendor/fulfillment-sets/{second}/service-zones/{zone_id}"
    await owner.get(wrong, 404)
    await owner.post(wrong, {"name": "x"}, 404)
    await owner.delete(wrong, 404)


async def test_other_sellers_places_are_missing(owner: Worker, other_owner: Worker) -> None:
    location_id, set_id = await with_set(other_owner, "Theirs")
    body = {"name": "Zone", "geo_zones": [{"type": "country", "country_code": "de"}]}
    whole = (await other_owner.post(f"/vendor/fulfillment-sets/{set_id}/service-zones", body))["fulfillment_set"]
    zone_id = whole["service_zones"][0]["id"]
    assert location_id not in {each["id"] for each in (await owner.get(f"{LOCATIONS}?limit=100"))["stock_locations"]}
    for place, fulfillment, zone in ((location_id, set_id, zone_id), ("sloc_none", "fuset_none", "serzo_none")):
        sets, zones = f"{LOCATIONS}/{place}/fulfillment-sets", f"/vendor/fulfillment-sets/{fulfillment}/service-zones"
        answers = [
            await owner.get(f"{LOCATIONS}/{place}", 404),
            await owner.post(f"{LOCATIONS}/{place}", {"rank": 1}, 404),
            await owner.delete(f"{LOCATIONS}/{place}", 404),
            await owner.post(sets, {"name": "x", "type": "shipping"}, 404),
            await owner.delete(f"/vendor/fulfillment-sets/{fulfillment}", 404),
            await owner.post(zones, body, 404),
            await owner.get(f"{zones}/{zone}", 404),
            await owner.post(f"{zones}/{zone}", {"name": "x"}, 404),
            await owner.delete(f"{zones}/{zone}", 404),
        ]
        assert {answer["code"] for answer in answers} == {"not_found"}


async def test_roles_and_states_decide_who_may_change_places(client: Client, deps: Deps, sellers: list[str]) -> None:
    catalogue = await hire(client, deps, seller_id=sellers[0], role="catalogue")
    location = await made(catalogue, "By the catalogue role")
    sets = f"{LOCATIONS}/{location['id']}/fulfillment-sets"
    assert (await catalogue.post(sets, {"name": "x", "type": "shipping"}, 403))["code"] == "forbidden"
    support = await hire(client, deps, seller_id=sellers[0], role="support")
    await support.get(LOCATIONS, 403)
    suspended = await hire(client, deps, seller_id=sellers[3])
    await suspended.get(LOCATIONS)
    assert (await suspended.post(LOCATIONS, {"name": "x"}, 403))["code"] == "store_state_forbids"


async def test_a_page_of_locations_costs_as_many_statements_as_one(owner: Worker, count_statements: Any) -> None:
    for n in range(4):
        await with_set(owner, f"Statements {n}")
    sent = []
    for limit in (1, 4):
        with count_statements() as statements:
            assert len((await owner.get(f"{LOCATIONS}?q=statements&limit={limit}"))["stock_locations"]) == limit
        sent.append(len(statements))
    assert sent[0] == sent[1]
