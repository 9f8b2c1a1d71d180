"""Regions as administrators keep them, and what buyers see of them at once."""

import asyncio
from typing import Any

import pytest

from services.deps import Deps
from tests.buying import Buyer
from tests.conftest import Client
from tests.staff import Worker, administrator
from utils.config import Settings

REGIONS = "/admin/regions"
STORE = {"x-publishable-api-key": "pk_world_web"}


async def seen(client: Client, path: str) -> Any:
    reply = await client.get(path, headers=STORE)
    assert reply.status == 200, await reply.text()
    return await reply.json()


async def logged(admin: Worker, entity: str, entity_id: str) -> list[Any]:
    found: list[Any] = (await admin.get(f"/admin/audit-log?entity={entity}&entity_id={entity_id}"))["audit_log"]
    return found


async def test_a_region_is_made_changed_and_removed_and_buyers_see_it_at_once(client: Client, admin: Worker) -> None:
    before = (await seen(client, "/store/regions"))["count"]
    body = {"name": "Nordics", "currency_code": "SEK", "countries": ["SE", "no"], "payment_providers": []}
    made = (await admin.post(REGIONS, {**body, "is_tax_inclusive": True, "metadata": {"a": 1}}))["region"]
    assert (made["currency_code"], [c["iso_2"] for c in made["countries"]]) == ("sek", ["no", "se"])
    assert made["is_tax_inclusive"] is True
    assert made["metadata"] == {"a": 1}
    assert (await seen(client, "/store/regions"))["count"] == before + 1
    path = f"{REGIONS}/{made['id']}"
    changed = (await admin.post(path, {"countries": ["se", "dk"], "automatic_taxes": False}))["region"]
    assert [c["iso_2"] for c in changed["countries"]] == ["dk", "se"]
    shown = (await seen(client, f"/store/regions/{made['id']}?fields=*countries,automatic_taxes"))["region"]
    assert [c["iso_2"] for c in shown["countries"]] == ["dk", "se"]
    assert shown["automatic_taxes"] is False
    assert await admin.delete(path) == {"id": made["id"], "object": "region", "deleted": True}
    await admin.get(path, 404)
    assert (await seen(client, "/store/regions"))["count"] == before
    entries = await logged(admin, "region", made["id"])
    assert [e["action"] for e in entries] == ["region.delete", "region.update", "region.create"]
    assert entries[1]["after"] == {"automatic_taxes": False, "countries": ["dk", "se"]}
    assert entries[1]["before"] == {"automatic_taxes": True}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"name": "Europe", "currency_code": "eur"}, 422, "name_taken"),
        ({"name": "Gaul", "currency_code": "eur", "countries": ["fr"]}, 422, "country_taken"),
        ({"name": "Nowhere", "currency_code": "zzz"}, 404, "not_found"),
        ({"name": "Nowhere", "currency_code": "eur", "countries": ["zz"]}, 404, "not_found"),
        (
            {"name": "Nowhere", "currency_code": "eur", "payment_providers": ["pp_none"]},
            400,
            "payment_provider_unknown",
        ),
        ({"currency_code": "eur"}, 400, "invalid_request"),
        ({"name": "Nowhere", "currency_code": "eur", "id": "reg_own"}, 400, "invalid_request"),
    ],
)
async def test_a_region_that_cannot_be_is_refused_and_nothing_is_written(
    admin: Worker, body: dict[str, Any], status: int, code: str
) -> None:
    before = (await admin.get(REGIONS))["count"]
    assert (await admin.post(REGIONS, body, status))["code"] == code
    assert (await admin.get(REGIONS))["count"] == before


async def test_a_region_in_which_somebody_has_a_cart_stays_with_its_currency(
    client: Client, admin: Worker, ids: dict[str, Any]
) -> None:
    await Buyer(client, ids).cart(region="Europe")
    path = f"{REGIONS}/{ids['regions']['Europe']}"
    for refused in (await admin.delete(path, 409), await admin.post(path, {"currency_code": "usd"}, 409)):
        assert refused["code"] == "in_use"
        assert refused["users"] == "carts"
    assert (await admin.get(path))["region"]["currency_code"] == "eur"
    assert (await admin.post(path, {"name": "Europe", "currency_code": "EUR"}))["region"]["name"] == "Europe"


async def test_regions_are_filtered_sorted_and_cut_to_fields(admin: Worker) -> None:
    found = await admin.get(f"{REGIONS}?currency_code[]=eur&currency_code[]=jpy&order=-name&fields=name")
    assert [set(each) for each in found["regions"]] == [{"id", "name"}] * 2
    assert [each["name"] for each in found["regions"]] == ["Japan", "Europe"]
    assert (await admin.get(f"{REGIONS}?q=uni%20states"))["count"] == 1
    assert (await admin.get(f"{REGIONS}?$or[0][name]=Japan&$or[1][q]=kuw"))["count"] == 2
    assert (await admin.get(f"{REGIONS}?created_at[$gt]=2999-01-01T00:00:00Z"))["count"] == 0
    page = await admin.get(f"{REGIONS}?limit=1&offset=1&order=name")
    assert (page["regions"][0]["name"], page["limit"], page["offset"]) == ("Indonesia", 1, 1)


async def test_a_list_takes_as_many_statements_for_one_region_as_for_all(admin: Worker, count_statements: Any) -> None:
    counts = []
    for limit in (1, 100):
        with count_statements() as statements:
            await admin.get(f"{REGIONS}?limit={limit}")
        counts.append(len(statements))
    assert counts[0] == counts[1]


async def test_currencies_and_payment_providers_are_listed(admin: Worker) -> None:
    found = await admin.get("/admin/currencies?q=rupiah&limit=5")
    assert [each["code"] for each in found["currencies"]] == ["idr"]
    assert (await admin.get("/admin/currencies/EUR"))["currency"]["decimal_digits"] == 2
    await admin.get("/admin/currencies/zzz", 404)
    providers = await admin.get("/admin/payments/payment-providers")
    assert "pp_system_default" in [each["id"] for each in providers["payment_providers"]]
    assert (await admin.get("/admin/payments/payment-providers?is_enabled=false"))["count"] == 0


async def test_support_reads_and_does_not_write(client: Client, deps: Deps) -> None:
    support = await administrator(client, deps, role="support")
    await support.get(REGIONS)
    assert (await support.post(REGIONS, {"name": "X", "currency_code": "eur"}, 403))["code"] == "forbidden"


async def test_a_repeated_request_makes_one_region(admin: Worker) -> None:
    body = {"name": "Andes", "currency_code": "pen"}
    first = await admin.post(REGIONS, body, idempotency_key="andes")
    assert await admin.post(REGIONS, body, idempotency_key="andes") == first
    await admin.delete(f"{REGIONS}/{first['region']['id']}")


async def test_another_process_hears_of_a_change(
    client: Client, admin: Worker, settings: Settings, start_shop: Any
) -> None:
    other = await start_shop(settings)
    before = (await seen(other, "/store/regions"))["count"]
    made = (await admin.post(REGIONS, {"name": "Far away", "currency_code": "nzd"}))["region"]
    for _ in range(100):
        if (await seen(other, "/store/regions"))["count"] == before + 1:
            break
        await asyncio.sleep(0.02)
    assert (await seen(other, "/store/regions"))["count"] == before + 1
    await admin.delete(f"{REGIONS}/{made['id']}")


async def test_one_country_goes_to_one_of_the_regions_that_ask_for_it_at_once(admin: Worker) -> None:
    bodies = [{"name": f"Claim {n}", "currency_code": "brl", "countries": ["br"]} for n in range(4)]
    replies = await asyncio.gather(*(admin.send("POST", REGIONS, body) for body in bodies))
    assert sorted(reply.status for reply in replies) == [200, 422, 422, 422]
    assert (await admin.get(f"{REGIONS}?q=claim"))["count"] == 1


async def test_a_region_for_which_something_is_priced_stays_with_its_currency(admin: Worker, owner: Worker) -> None:
    region_id = (await admin.post(REGIONS, {"name": "Oceania", "currency_code": "eur"}))["region"]["id"]
    prices = [{"amount": 5, "currency_code": "eur", "region_id": region_id}]
    made = (await owner.post("/vendor/products", {"title": "Boomerang", "variants": [{"prices": prices}]}))["product"]
    path = f"{REGIONS}/{region_id}"
    refused = await admin.post(path, {"currency_code": "usd"}, 409)
    assert (refused["code"], refused["users"]) == ("in_use", "prices")
    await owner.delete(f"/vendor/products/{made['id']}")
    assert (await admin.post(path, {"currency_code": "usd"}))["region"]["currency_code"] == "usd"
