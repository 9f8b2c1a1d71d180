"""Prices of a seller's variants: exact, told apart by place, and charged at once wherever the variant lies."""

from typing import Any

import pytest

from tests.buying import Buyer
from tests.conftest import Client
from tests.seller.goods import PRODUCTS, shelf, shirt
from tests.staff import Worker, hire

Json = dict[str, Any]


@pytest.fixture(scope="module")
def europe(ids: Json) -> str:
    return str(ids["regions"]["Europe"])


async def put_up(owner: Worker, *prices: Json) -> tuple[str, str, list[Json]]:
    """A product of one variant: the paths of both, and the prices."""
    variant = {"prices": list(prices), "manage_inventory": False}
    made = (await owner.post(PRODUCTS, shirt(options=[], variants=[variant])))["product"]
    path = f"{PRODUCTS}/{made['id']}"
    return made["id"], f"{path}/variants/{made['variants'][0]['id']}", made["variants"][0]["prices"]


def amounts(product: Json) -> list[tuple[Any, ...]]:
    names = ("amount", "currency_code", "region_id", "min_quantity", "max_quantity")
    return sorted((tuple(p[n] for n in names) for p in product["variants"][0]["prices"]), key=str)


def eur(amount: Any, **said: Any) -> Json:
    return {"amount": amount, "currency_code": "eur", **said}


async def test_a_changed_price_is_on_the_shelf_and_in_the_cart_at_once(
    owner: Worker, client: Client, ids: Json, europe: str
) -> None:
    product_id, path, (price,) = await put_up(owner, eur(20))
    buyer = Buyer(client, ids)
    variant_id = path.rpartition("/")[2]
    lines = [{"variant_id": variant_id, "quantity": 2}]
    cart = (await buyer.post("/store/carts", {"region_id": europe, "items": lines}))["cart"]
    assert cart["items"][0]["unit_price"] == 20
    assert (await shelf(client, product_id, europe))["variants"][0]["calculated_price"]["calculated_amount"] == 20
    found = f"/store/products?id={product_id}&region_id={europe}"
    await buyer.get(found)
    await owner.post(f"{path}/prices", {"update": [{"id": price["id"], "amount": 12.34}]})
    assert (await shelf(client, product_id, europe))["variants"][0]["calculated_price"]["calculated_amount"] == 12.34
    listed = (await buyer.get(found))["products"][0]["variants"][0]
    assert listed["calculated_price"]["calculated_amount"] == 12.34
    assert (await buyer.get(f"/store/carts/{cart['id']}"))["cart"]["items"][0]["unit_price"] == 12.34


async def test_a_changed_price_is_seen_in_other_processes(
    owner: Worker, client: Client, settings: Any, start_shop: Any, europe: str
) -> None:
    other = await start_shop(settings)
    product_id, path, (price,) = await put_up(owner, eur(20))
    assert (await shelf(other, product_id, europe))["variants"][0]["calculated_price"]["calculated_amount"] == 20
    await owner.post(f"{path}/prices", {"update": [{"id": price["id"], "amount": 7}]})
    for _ in range(200):
        seen = (await shelf(other, product_id, europe))["variants"][0]["calculated_price"]["calculated_amount"]
        if seen == 7:
            break
    assert seen == 7


async def test_prices_are_created_changed_and_deleted_at_once(owner: Worker, europe: str) -> None:
    _, path, (first, second) = await put_up(owner, eur(20), eur(18, min_quantity=10))
    body = {
        "create": [eur(19, rules={"region_id": europe}), {"amount": 21.5, "currency_code": "USD"}],
        "update": [{"id": first["id"], "amount": 22}],
        "delete": [second["id"]],
    }
    after = (await owner.post(f"{path}/prices", body))["product"]
    assert amounts(after) == [
        (19, "eur", europe, None, None),
        (21.5, "usd", None, None, None),
        (22, "eur", None, None, None),
    ]
    assert first["id"] in [price["id"] for price in after["variants"][0]["prices"]]
    assert (await owner.post(f"{path}/prices", {"delete": [second["id"]]}, 404))["code"] == "not_found"
    both = {"update": [{"id": first["id"], "amount": 1}], "delete": [first["id"]]}
    assert (await owner.post(f"{path}/prices", both, 400))["code"] == "batch_repeats"


async def test_the_prices_of_a_variant_are_said_whole(owner: Worker) -> None:
    _, path, (small, large) = await put_up(owner, eur(20, max_quantity=9), eur(18, min_quantity=10))
    # Two prices change places, and keep their ids.
    said = [{**eur(18, min_quantity=10), "id": small["id"]}, {**eur(20, max_quantity=9), "id": large["id"]}]
    after = (await owner.post(path, {"prices": said}))["product"]["variants"][0]["prices"]
    assert {p["id"]: (p["min_quantity"], p["max_quantity"]) for p in after} == {
        small["id"]: (10, None),
        large["id"]: (None, 9),
    }
    one = (await owner.post(path, {"prices": [eur(5)]}))["product"]
    assert amounts(one) == [(5, "eur", None, None, None)]
    assert (await owner.post(path, {"prices": []}, 400))["code"] == "product_not_sellable"


@pytest.mark.parametrize(
    ("price", "status", "code"),
    [
        ({"amount": 1, "currency_code": "xxx"}, 404, "currency_not_found"),
        ({"amount": 1.005, "currency_code": "eur"}, 400, "invalid_amount"),
        ({"amount": 1.5, "currency_code": "jpy"}, 400, "invalid_amount"),
        ({"amount": 10**13, "currency_code": "kwd"}, 400, "invalid_amount"),
        ({"amount": -1, "currency_code": "eur"}, 400, None),
        ({"amount": 1, "currency_code": "eur", "region_id": "reg_none"}, 404, "not_found"),
        ({"amount": 1, "currency_code": "usd", "region_id": "EUROPE"}, 400, "price_currency_mismatch"),
        ({"amount": 1, "currency_code": "eur", "min_quantity": 5, "max_quantity": 4}, 400, "price_quantities_invalid"),
        ({"amount": 1, "currency_code": "eur", "min_quantity": 0}, 400, None),
        ({"amount": 2, "currency_code": "eur"}, 400, "price_repeated"),
        ({"amount": 2, "currency_code": "eur", "price_list_id": "plist_1"}, 400, None),
    ],
)
async def test_a_price_that_cannot_be_is_refused(
    owner: Worker, europe: str, price: Json, status: int, code: str | None
) -> None:
    _, path, _ = await put_up(owner, eur(20))
    said = {name: europe if value == "EUROPE" else value for name, value in price.items()}
    refused = await owner.post(f"{path}/prices", {"create": [said]}, status)
    assert code is None or refused["code"] == code
    assert (await owner.post(path, {"prices": [eur(20), said]}, status))["code"] == refused["code"]


async def test_the_largest_amount_is_exact(owner: Worker) -> None:
    _, path, _ = await put_up(owner, eur(9_999_999_999_999.99))
    assert (await owner.get(path))["variant"]["prices"][0]["amount"] == 9_999_999_999_999.99


async def test_prices_of_price_lists_are_neither_shown_nor_touched(
    client: Client, deps: Any, ids: Json, europe: str
) -> None:
    keeper = await hire(client, deps, seller_id=ids["stores"]["cascade"])
    variant_id = ids["variants"]["cascade/CAS-TB"]
    found = (await keeper.get(f"{PRODUCTS}?sku=CAS-TB"))["products"][0]
    prices = found["variants"][0]["prices"]
    assert {(p["currency_code"], p["amount"]) for p in prices} >= {("eur", 22.5)}
    assert 18.9 not in [p["amount"] for p in prices]
    await keeper.post(f"{PRODUCTS}/{found['id']}/variants/{variant_id}", {"prices": [eur(23)]})
    shown = (await shelf(client, found["id"], europe))["variants"][0]["calculated_price"]
    assert (shown["calculated_amount"], shown["original_amount"]) == (18.9, 23)


async def test_a_price_of_another_variant_is_missing(owner: Worker, other_owner: Worker) -> None:
    _, _, (theirs,) = await put_up(other_owner, eur(1))
    _, path, _ = await put_up(owner, eur(2))
    for body in ({"update": [{"id": theirs["id"], "amount": 1}]}, {"delete": [theirs["id"]]}):
        await owner.post(f"{path}/prices", body, 404)
    await owner.post(path, {"prices": [{**eur(1), "id": theirs["id"]}]}, 404)


async def test_a_variant_has_so_many_prices_and_no_more_however_they_come(owner: Worker) -> None:
    _, variant, _ = await put_up(owner, {"amount": 5, "currency_code": "eur"})
    steps = [{"amount": 1, "currency_code": "eur", "min_quantity": 2 + n} for n in range(200)]
    full = await owner.post(f"{variant}/prices", {"create": steps}, 400)
    assert (full["code"], full["limit"]) == ("product_too_large", 200)
    await owner.post(f"{variant}/prices", {"create": steps[:199]})
    assert (await owner.post(f"{variant}/prices", {"create": steps[199:]}, 400))["code"] == "product_too_large"
