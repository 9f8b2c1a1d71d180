"""Shipping options of a seller, and what buyers are offered of them."""

from typing import Any

import pytest

from tests.buying import ADDRESSES, Buyer
from tests.conftest import Client
from tests.staff import Worker
from utils.config import Settings

Json = dict[str, Any]
OPTIONS = "/vendor/shipping-options"


@pytest.fixture
async def buyer(client: Client, ids: Json) -> Buyer:
    return Buyer(client, ids)


@pytest.fixture(scope="module")
async def zone(owner: Worker, ids: Json) -> Json:
    """A zone of its own for the module: Germany and Japan, from Berlin."""
    sets = f"/vendor/stock-locations/{ids['stock_locations']['aurora/Berlin']}/fulfillment-sets"
    whole = (await owner.post(sets, {"name": "Bikes", "type": "shipping"}))["stock_location"]
    set_id = next(each["id"] for each in whole["fulfillment_sets"] if each["name"] == "Bikes")
    body = {"name": "Near", "geo_zones": [{"type": "country", "country_code": code} for code in ("de", "jp")]}
    found = (await owner.post(f"/vendor/fulfillment-sets/{set_id}/service-zones", body))["fulfillment_set"]
    return {"set_id": set_id, "id": found["service_zones"][0]["id"]}


def option(zone: Json, ids: Json, name: str, **said: Any) -> Json:
    return {
        "name": name,
        "service_zone_id": zone["id"],
        "shipping_profile_id": ids["shipping_profiles"]["Default"],
        "type": {"code": "bike", "label": "Bike", "description": "By bicycle"},
        "prices": [{"currency_code": "eur", "amount": 3.5}],
        **said,
    }


async def names(buyer: Buyer, cart_id: str) -> list[str]:
    return [found["name"] for found in await buyer.options(cart_id)]


async def addressed(buyer: Buyer, *items: tuple[str, int], region: str = "Europe") -> str:
    cart = await buyer.cart(*items, region=region)
    body = {"email": "ana@example.com", "shipping_address": ADDRESSES[region]}
    await buyer.post(f"/store/carts/{cart['id']}", body)
    return str(cart["id"])


async def test_an_option_is_made_listed_changed_and_deleted(owner: Worker, zone: Json, ids: Json) -> None:
    europe = ids["regions"]["Europe"]
    rule = {"attribute": "item_total", "operator": "gte", "value": 49.5}
    prices = [
        {"currency_code": "EUR", "amount": 3.5},
        {"region_id": europe, "amount": 0, "rules": [rule]},
        {"currency_code": "jpy", "amount": 800},
    ]
    body = option(zone, ids, "Courier", prices=prices, data={"speed": 1}, metadata={"a": 1})
    made = (await owner.post(OPTIONS, body))["shipping_option"]
    assert [(p["currency_code"], p["region_id"], p["amount"], p["rules"]) for p in made["prices"]] == [
        ("eur", None, 3.5, []),
        ("eur", europe, 0, [rule]),
        ("jpy", None, 800, []),
    ]
    assert made["service_zone"]["fulfillment_set"]["location"]["name"] == "Berlin"
    assert (made["type"]["code"], made["provider_id"], made["enabled_in_store"]) == ("bike", "manual_manual", True)
    path = f"{OPTIONS}/{made['id']}"
    assert (await owner.get(path))["shipping_option"] == made
    found = await owner.get(f"{OPTIONS}?service_zone_id={zone['id']}&is_return=false&q=courier")
    assert (found["count"], found["shipping_options"]) == (1, [made])
    kept = {"id": made["prices"][0]["id"], "currency_code": "eur", "amount": 4}
    changed = (await owner.post(path, {"name": "Bike courier", "prices": [kept]}))["shipping_option"]
    assert (changed["name"], changed["data"], len(changed["prices"])) == ("Bike courier", {"speed": 1}, 1)
    assert (changed["prices"][0]["id"], changed["prices"][0]["amount"]) == (kept["id"], 4)
    assert changed["prices"][0]["created_at"] == made["prices"][0]["created_at"]
    assert (await owner.delete(path))["object"] == "shipping_option"
    await owner.get(path, 404)


async def test_a_new_option_is_offered_to_a_cart_at_once_and_a_changed_price_is_charged(
    owner: Worker, buyer: Buyer, zone: Json, ids: Json
) -> None:
    cart_id = await addressed(buyer, ("aurora/AUR-WS", 1))
    assert "Rider" not in await names(buyer, cart_id)
    made = (await owner.post(OPTIONS, option(zone, ids, "Rider")))["shipping_option"]
    assert "Rider" in await names(buyer, cart_id)
    cart = (await buyer.post(f"/store/carts/{cart_id}/shipping-methods", {"option_id": made["id"]}))["cart"]
    assert cart["shipping_methods"][0]["amount"] == 3.5
    await owner.post(f"{OPTIONS}/{made['id']}", {"prices": [{"currency_code": "eur", "amount": 6}]})
    assert (await buyer.get(f"/store/carts/{cart_id}"))["cart"]["shipping_methods"][0]["amount"] == 6
    await owner.post(f"{OPTIONS}/{made['id']}", {"enabled_in_store": False})
    assert "Rider" not in await names(buyer, cart_id)
    await owner.delete(f"{OPTIONS}/{made['id']}")


async def test_a_cart_whose_option_was_removed_has_to_choose_again(
    owner: Worker, buyer: Buyer, zone: Json, ids: Json
) -> None:
    made = (await owner.post(OPTIONS, option(zone, ids, "Short-lived")))["shipping_option"]
    cart_id = await addressed(buyer, ("aurora/AUR-WS", 1))
    await buyer.post(f"/store/carts/{cart_id}/shipping-methods", {"option_id": made["id"]})
    await buyer.pay(cart_id)
    await owner.delete(f"{OPTIONS}/{made['id']}")
    assert (await buyer.get(f"/store/carts/{cart_id}"))["cart"]["shipping_methods"] == []
    await buyer.pay(cart_id)
    assert (await buyer.refused(cart_id))["code"] == "shipping_method_withdrawn"
    again = {"option_id": made["id"]}
    refused = await buyer.post(f"/store/carts/{cart_id}/shipping-methods", again, 400)
    assert refused["code"] == "shipping_option_invalid"


async def test_a_whole_choice_that_lost_one_sellers_option_is_asked_anew(
    owner: Worker, buyer: Buyer, ids: Json
) -> None:
    cart = await buyer.cart(("aurora/AUR-LS-S", 1), ("borneo/BOR-BT-RED", 1))
    await buyer.send_to(cart["id"], type_code="express")
    await buyer.pay(cart["id"])
    read = (await buyer.get(f"/store/carts/{cart['id']}?fields=*shipping_methods.seller"))["cart"]
    (own,) = [
        one["shipping_option_id"] for one in read["shipping_methods"] if one["seller_id"] == ids["stores"]["aurora"]
    ]
    await owner.post(f"/vendor/shipping-options/{own}", {"enabled_in_store": False})
    try:
        assert (await buyer.get(f"/store/carts/{cart['id']}"))["cart"]["shipping_methods"] == []
        assert (await buyer.refused(cart["id"]))["code"] in ("payment_session_ended", "shipping_method_withdrawn")
        await buyer.send_to(cart["id"])
        await buyer.pay(cart["id"])
        assert (await buyer.complete(cart["id"]))["type"] == "order"
    finally:
        await owner.post(f"/vendor/shipping-options/{own}", {"enabled_in_store": True})


async def test_another_process_offers_the_new_option_too(
    owner: Worker, zone: Json, ids: Json, settings: Settings, start_shop: Any
) -> None:
    elsewhere = Buyer(await start_shop(settings), ids)
    cart_id = await addressed(elsewhere, ("aurora/AUR-WS", 1))
    assert "Elsewhere" not in await names(elsewhere, cart_id)
    made = (await owner.post(OPTIONS, option(zone, ids, "Elsewhere")))["shipping_option"]
    assert "Elsewhere" in await names(elsewhere, cart_id)
    await owner.delete(f"{OPTIONS}/{made['id']}")


async def test_a_removed_zone_takes_its_options_along(owner: Worker, buyer: Buyer, zone: Json, ids: Json) -> None:
    zones = f"/vendor/fulfillment-sets/{zone['set_id']}/service-zones"
    body = {"name": "Passing", "geo_zones": [{"type": "country", "country_code": "de"}]}
    whole = (await owner.post(zones, body))["fulfillment_set"]
    passing = next(each for each in whole["service_zones"] if each["name"] == "Passing")
    made = (await owner.post(OPTIONS, option(passing, ids, "Passing by")))["shipping_option"]
    cart_id = await addressed(buyer, ("aurora/AUR-WS", 1))
    assert "Passing by" in await names(buyer, cart_id)
    await owner.post(f"{zones}/{passing['id']}", {"geo_zones": [{"type": "country", "country_code": "jp"}]})
    assert "Passing by" not in await names(buyer, cart_id)
    await owner.delete(f"{zones}/{passing['id']}")
    await owner.get(f"{OPTIONS}/{made['id']}", 404)


async def test_profiles_are_the_marketplaces(owner: Worker, other_owner: Worker, ids: Json) -> None:
    found = await owner.get("/vendor/shipping-profiles")
    assert {profile["name"]: profile["id"] for profile in found["shipping_profiles"]} == ids["shipping_profiles"]
    assert await other_owner.get("/vendor/shipping-profiles") == found
    bulky = await owner.get("/vendor/shipping-profiles?q=bulk")
    assert [profile["name"] for profile in bulky["shipping_profiles"]] == ["Bulky"]


async def test_what_an_option_cannot_be_is_refused(owner: Worker, zone: Json, ids: Json) -> None:
    europe, eur = ids["regions"]["Europe"], {"currency_code": "eur", "amount": 1}
    rule = {"attribute": "item_total", "operator": "gt", "value": 1}
    cases: list[tuple[Json, int, str]] = [
        ({"price_type": "calculated"}, 400, "price_type_unsupported"),
        ({"provider_id": "fedex"}, 400, "fulfillment_provider_unknown"),
        ({"shipping_profile_id": "sp_none"}, 404, "not_found"),
        ({"prices": [{"amount": 1}]}, 400, "price_unclear"),
        ({"prices": [{"amount": 1, "currency_code": "usd", "region_id": europe}]}, 400, "price_unclear"),
        ({"prices": [{"amount": 1, "currency_code": "zzz"}]}, 400, "currency_unknown"),
        ({"prices": [{"amount": 1, "region_id": "reg_none"}]}, 404, "not_found"),
        ({"prices": [{"amount": 1.005, "currency_code": "eur"}]}, 400, "invalid_amount"),
        ({"prices": [{"amount": 1.5, "currency_code": "jpy"}]}, 400, "invalid_amount"),
        ({"prices": [{**eur, "rules": [{**rule, "value": 0.001}]}]}, 400, "invalid_amount"),
        ({"prices": [{**eur, "rules": [rule]}, {**eur, "amount": 2, "rules": [rule]}]}, 400, "price_twice"),
        ({"prices": [{**eur, "id": "soprice_none"}]}, 404, "not_found"),
        ({"prices": []}, 400, "invalid_request"),
        ({"prices": [{**eur, "amount": -1}]}, 400, "invalid_request"),
        ({"type": {"code": "Not a code", "label": "x"}}, 400, "invalid_request"),
    ]
    made = (await owner.post(OPTIONS, option(zone, ids, "Sound")))["shipping_option"]
    for said, status, code in cases:
        assert (await owner.post(OPTIONS, option(zone, ids, "Unsound", **said), status))["code"] == code, said
        assert (await owner.post(f"{OPTIONS}/{made['id']}", said, status))["code"] == code, said
    assert (await owner.get(f"{OPTIONS}/{made['id']}"))["shipping_option"] == made
    assert (await owner.post(OPTIONS, option(zone, ids, "Sound"), 422))["code"] == "name_taken"
    other = (await owner.post(OPTIONS, option(zone, ids, "Other")))["shipping_option"]
    assert (await owner.post(f"{OPTIONS}/{other['id']}", {"name": "Sound"}, 422))["code"] == "name_taken"


async def test_other_sellers_options_and_zones_are_missing(
    owner: Worker, other_owner: Worker, zone: Json, ids: Json
) -> None:
    made = (await owner.post(OPTIONS, option(zone, ids, "Mine")))["shipping_option"]
    for option_id in (made["id"], "so_none"):
        path = f"{OPTIONS}/{option_id}"
        answers = [
            await other_owner.get(path, 404),
            await other_owner.post(path, {"name": "Theirs"}, 404),
            await other_owner.delete(path, 404),
        ]
        assert {answer["message"] for answer in answers} == {f"Shipping option with id: {option_id} was not found"}
    for zone_id in (zone["id"], "serzo_none"):
        await other_owner.post(OPTIONS, option({"id": zone_id}, ids, "Theirs"), 404)
    listed = await other_owner.get(f"{OPTIONS}?limit=100")
    assert {found["seller_id"] for found in listed["shipping_options"]} == {other_owner.seller_id}
    assert (await other_owner.get(f"{OPTIONS}?service_zone_id={zone['id']}"))["count"] == 0


async def test_a_repeated_request_with_one_key_makes_one_option(owner: Worker, zone: Json, ids: Json) -> None:
    body = option(zone, ids, "Once")
    first = await owner.post(OPTIONS, body, 200, idempotency_key="once")
    assert await owner.post(OPTIONS, body, 200, idempotency_key="once") == first


async def test_a_page_of_options_costs_as_many_statements_as_one(
    owner: Worker, zone: Json, ids: Json, count_statements: Any
) -> None:
    for n in range(4):
        await owner.post(OPTIONS, option(zone, ids, f"Statements {n}"))
    sent = []
    for limit in (1, 4):
        with count_statements() as statements:
            assert len((await owner.get(f"{OPTIONS}?q=statements&limit={limit}"))["shipping_options"]) == limit
        sent.append(len(statements))
    assert sent[0] == sent[1]
