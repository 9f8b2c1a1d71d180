"""Regions, currencies and sellers as buyers get them."""

from typing import Any

REGION = {"id", "name", "currency_code", "created_at", "updated_at", "deleted_at", "metadata", "countries"}
COUNTRY = {"id", "iso_2", "iso_3", "num_code", "name", "display_name", "region_id", "metadata"}
STAMPS = {"created_at", "updated_at", "deleted_at"}


async def test_regions_with_their_countries(ask: Any, ids: dict[str, Any]) -> None:
    body = await ask("/store/regions")
    assert (body["count"], body["offset"], body["limit"]) == (5, 0, 50)
    europe = next(one for one in body["regions"] if one["name"] == "Europe")
    assert set(europe) == REGION
    assert set(europe["countries"][0]) == COUNTRY | STAMPS
    assert [one["iso_2"] for one in europe["countries"]] == ["at", "de", "fr"]
    assert europe["countries"][1]["display_name"] == "Germany"
    assert (await ask(f"/store/regions/{ids['regions']['Europe']}"))["region"] == europe


async def test_regions_are_filtered(ask: Any) -> None:
    assert [r["name"] for r in (await ask("/store/regions?currency_code=jpy"))["regions"]] == ["Japan"]
    assert [r["name"] for r in (await ask("/store/regions?q=indo"))["regions"]] == ["Indonesia"]
    names = [r["name"] for r in (await ask("/store/regions?order=-name&limit=2"))["regions"]]
    assert names == ["United States", "Kuwait"]


async def test_payment_providers_of_a_region_on_request(ask: Any) -> None:
    body = await ask("/store/regions?name=Europe&fields=id,*payment_providers")
    assert set(body["regions"][0]) == {"id", "payment_providers"}
    assert body["regions"][0]["payment_providers"][0] == {"id": "pp_system_default", "is_enabled": True}


async def test_an_unknown_region_is_not_found(ask: Any) -> None:
    error = await ask("/store/regions/reg_none", status=404)
    assert (error["type"], error["message"]) == ("not_found", "Region with id: reg_none was not found")


async def test_unknown_query_keys_are_refused(ask: Any) -> None:
    error = await ask("/store/regions?nonsense=1", status=400)
    assert error["message"] == "Invalid request: Unrecognized fields: 'nonsense'"


async def test_currencies(ask: Any) -> None:
    body = await ask("/store/currencies?code[]=kwd&code[]=jpy")
    assert [(one["code"], one["decimal_digits"]) for one in body["currencies"]] == [("jpy", 0), ("kwd", 3)]
    assert set(body["currencies"][0]) == STAMPS | {
        *("code", "name", "symbol", "symbol_native", "decimal_digits", "rounding"),
    }
    assert (await ask("/store/currencies/kwd"))["currency"] == body["currencies"][1]
    error = await ask("/store/currencies/zzz", status=404)
    assert error["message"] == "Currency with code: zzz was not found"


async def test_sellers_by_id_and_by_handle(ask: Any, ids: dict[str, Any]) -> None:
    body = await ask("/store/sellers?order=handle")
    assert [one["handle"] for one in body["sellers"]] == ["aurora", "borneo", "cascade", "dormant"]
    borneo = body["sellers"][1]
    assert borneo["address"]["city"] == "Jakarta"
    assert not {"commission_rate", "phone"} & set(borneo), "what is between the store and the platform"
    assert (await ask("/store/sellers/borneo"))["seller"] == borneo
    assert (await ask(f"/store/sellers/{ids['stores']['borneo']}"))["seller"] == borneo
    assert (await ask("/store/sellers?status=suspended"))["count"] == 1


async def test_an_unknown_seller_is_not_found(ask: Any) -> None:
    error = await ask("/store/sellers/nobody", status=404)
    assert (error["type"], error["message"]) == ("not_found", "Seller with id: nobody was not found")
