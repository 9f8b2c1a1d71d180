"""An Idempotency-Key of a guest counts for that guest's cart."""

from typing import Any

from tests.buying import Buyer

KEY = "one-key-for-everybody"


async def test_guests_with_one_key_get_what_is_their_own(buyer: Buyer, ids: dict[str, Any]) -> None:
    carts = [await buyer.cart(next_item(ids), email="guest@example.com") for _ in "ab"]
    shown = []
    for cart in carts:
        path, body = f"/store/carts/{cart['id']}", {"metadata": {"mine": "yes"}}
        first = await buyer.post(path, body, Idempotency_Key=KEY)
        again = await buyer.send("POST", path, body, Idempotency_Key=KEY)
        assert again.headers["Idempotency-Replayed"] == "true"
        assert (await again.json()) == first
        shown.append(first["cart"]["id"])
    assert shown == [cart["id"] for cart in carts]
    other = await buyer.send("POST", f"/store/carts/{carts[0]['id']}", {"email": "x@example.com"}, Idempotency_Key=KEY)
    assert other.status == 422


async def test_payments_of_two_carts_with_one_key_are_two(buyer: Buyer, ids: dict[str, Any]) -> None:
    carts = [await buyer.cart(next_item(ids), email="guest@example.com") for _ in "ab"]
    made = [
        (await buyer.post("/store/payment-collections", {"cart_id": cart["id"]}, Idempotency_Key="pay"))[
            "payment_collection"
        ]["id"]
        for cart in carts
    ]
    assert len(set(made)) == 2


async def test_a_new_cart_is_no_other_guests(buyer: Buyer, ids: dict[str, Any]) -> None:
    body = {"region_id": ids["regions"]["Europe"]}
    told = [
        (await buyer.post("/store/carts", body, Idempotency_Key=KEY, User_Agent=agent))["cart"]["id"]
        for agent in ("phone", "phone", "laptop")
    ]
    assert told[0] == told[1] != told[2]


def next_item(ids: dict[str, Any]) -> tuple[str, int]:
    """Something to buy."""
    return next(iter(ids["variants"])), 1
