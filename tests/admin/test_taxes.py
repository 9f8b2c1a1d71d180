"""Tax regions and rates as administrators keep them, and what carts are charged at once."""

from typing import Any

import pytest

from tests.buying import ADDRESSES, Buyer
from tests.conftest import Client
from tests.staff import Worker

REGIONS, RATES = "/admin/tax-regions", "/admin/tax-rates"


async def region_of(admin: Worker, country: str) -> dict[str, Any]:
    return dict((await admin.get(f"{REGIONS}?country_code={country}&province_code=null"))["tax_regions"][0])


async def test_a_country_and_a_province_below_it(admin: Worker) -> None:
    rate = {"name": "MwSt", "rate": 8.1, "code": "ch-8"}
    made = (await admin.post(REGIONS, {"country_code": "CH", "default_tax_rate": rate}))["tax_region"]
    assert (made["country_code"], made["parent_id"], made["provider_id"]) == ("ch", None, "tp_system")
    assert [(r["rate"], r["is_default"]) for r in made["tax_rates"]] == [(8.1, True)]
    canton = (await admin.post(REGIONS, {"country_code": "ch", "province_code": "CH-ZH"}))["tax_region"]
    assert (canton["province_code"], canton["parent"]["id"]) == ("zh", made["id"])
    assert [c["id"] for c in (await admin.get(f"{REGIONS}/{made['id']}"))["tax_region"]["children"]] == [canton["id"]]
    for written in ("zh", "CH-ZH", "%20ch-zh"):
        found = (await admin.get(f"{REGIONS}?country_code=ch&province_code={written}"))["tax_regions"]
        assert [region["id"] for region in found] == [canton["id"]]
    again = {"country_code": "ch", "province_code": "Zürich"}
    assert (await admin.post(REGIONS, again, 422))["code"] == "tax_region_taken"
    moved = (await admin.post(f"{REGIONS}/{canton['id']}", {"province_code": "Berne"}))["tax_region"]
    assert moved["province_code"] == "be"
    assert (await admin.get(f"{REGIONS}?parent_id={made['id']}"))["count"] == 1
    await admin.delete(f"{REGIONS}/{made['id']}")
    await admin.get(f"{REGIONS}/{canton['id']}", 404)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"country_code": "de"}, 422, "tax_region_taken"),
        ({"country_code": "us", "province_code": "ny"}, 422, "tax_region_taken"),
        ({"country_code": "us", "province_code": "New York"}, 422, "tax_region_taken"),
        ({"country_code": "us", "province_code": "Bayern"}, 400, "province_unknown"),
        ({"country_code": "zz"}, 404, "not_found"),
        ({"country_code": "gb", "province_code": "sct"}, 400, "tax_region_parent_invalid"),
        ({"country_code": "us", "province_code": "tx", "parent_id": "txreg_none"}, 404, "not_found"),
        ({"country_code": "gb", "default_tax_rate": {"name": "VAT", "rate": 101}}, 400, "invalid_request"),
        ({"country_code": "gb", "default_tax_rate": {"name": "V", "rate": 0.12345}}, 400, "tax_rate_too_fine"),
    ],
)
async def test_a_tax_region_that_cannot_be_is_refused(
    admin: Worker, body: dict[str, Any], status: int, code: str
) -> None:
    before = (await admin.get(REGIONS))["count"]
    assert (await admin.post(REGIONS, body, status))["code"] == code
    assert (await admin.get(REGIONS))["count"] == before


async def test_rates_of_a_region_have_names_of_their_own_and_one_default(admin: Worker) -> None:
    germany = await region_of(admin, "de")
    said = {"tax_region_id": germany["id"], "rate": 5}
    assert (await admin.post(RATES, {**said, "name": "VAT"}, 422))["code"] == "tax_rate_taken"
    taken = await admin.post(RATES, {**said, "name": "More", "is_default": True}, 422)
    assert taken["code"] == "default_tax_rate_taken"
    await admin.post(RATES, {"tax_region_id": "txreg_none", "name": "X", "rate": 1}, 404)
    made = (await admin.post(RATES, {**said, "name": "More"}))["tax_rate"]
    assert (await admin.post(f"{RATES}/{made['id']}", {"name": "VAT"}, 422))["code"] == "tax_rate_taken"
    assert (await admin.post(f"{RATES}/{made['id']}", {"rate": 5.25}))["tax_rate"]["rate"] == 5.25
    await admin.delete(f"{RATES}/{made['id']}")


async def test_what_a_rate_names_is_set_added_and_taken_off(admin: Worker, ids: dict[str, Any]) -> None:
    germany = await region_of(admin, "de")
    one, two = list(ids["products"].values())[:2]
    rules = [{"reference": "product", "reference_id": one}]
    body = {"tax_region_id": germany["id"], "name": "Named", "rate": 1, "rules": rules}
    made = (await admin.post(RATES, body))["tax_rate"]
    path = f"{RATES}/{made['id']}"
    added = (await admin.post(f"{path}/rules", {"reference": "product", "reference_id": two}))["tax_rate"]
    assert {rule["reference_id"] for rule in added["rules"]} == {one, two}
    gone = await admin.delete(f"{path}/rules/{added['rules'][0]['id']}")
    assert (gone["object"], len(gone["parent"]["rules"])) == ("tax_rate_rule", 1)
    await admin.delete(f"{path}/rules/{added['rules'][0]['id']}", 404)
    missing = {"reference": "product_type", "reference_id": "ptyp_none"}
    await admin.post(f"{path}/rules", missing, 404)
    await admin.post(path, {"rules": [missing]}, 404)
    assert (await admin.post(path, {"rules": []}))["tax_rate"]["rules"] == []
    await admin.delete(path)


async def test_a_cart_is_charged_the_new_rate_at_its_next_change(
    client: Client, admin: Worker, ids: dict[str, Any]
) -> None:
    buyer = Buyer(client, ids)
    cart = await buyer.cart(
        (next(key for key in ids["variants"] if key.startswith("borneo/")), 1),
        region="Indonesia",
        shipping_address=ADDRESSES["Indonesia"],
    )
    assert {line["rate"] for item in cart["items"] for line in item["tax_lines"]} == {11}
    (rate,) = (await admin.get(f"{RATES}?code=id-11"))["tax_rates"]
    await admin.post(f"{RATES}/{rate['id']}", {"rate": 12})
    changed = (await buyer.post(f"/store/carts/{cart['id']}", {"metadata": {"a": 1}}))["cart"]
    assert {line["rate"] for item in changed["items"] for line in item["tax_lines"]} == {12}


async def test_there_is_one_tax_provider(admin: Worker) -> None:
    assert (await admin.get("/admin/tax-providers"))["tax_providers"] == [{"id": "tp_system", "is_enabled": True}]
