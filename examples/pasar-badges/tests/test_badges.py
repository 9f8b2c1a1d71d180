"""Badges over HTTP: an order makes a bestseller, and age makes nothing new any more."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from pasar_badges.config import BadgeSettings
from pasar_badges.services import badge
from sqlalchemy import text

from pasar.data import Deps
from pasar.events import OrderPlaced
from pasar.testing import Shop

PATIENCE_SECONDS = 20.0


@pytest.fixture(scope="module")
def plugin_settings() -> dict[str, Any]:
    return {"badges": BadgeSettings(bestseller_pieces=3, refresh_seconds=1)}


def badges(shop: Shop, product_id: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = shop.ask("GET", f"/store/products/{product_id}/badges")["badges"]
    return found


def wait_for(question: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not question():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.1)


def buy(shop: Shop, sku: str, quantity: int) -> str:
    """Order pieces of a variant; the id of the order."""
    variant = {"variant_id": shop.ids["variants"][sku], "quantity": quantity}
    region = shop.ids["regions"]["Europe"]
    cart = shop.ask("POST", "/store/carts", {"region_id": region, "email": "a@example.com", "items": [variant]})["cart"]
    address = {"country_code": "de", "city": "Berlin", "postal_code": "10115"}
    shop.ask("POST", f"/store/carts/{cart['id']}", {"shipping_address": address})
    option = shop.ask("GET", f"/store/shipping-options?cart_id={cart['id']}")["shipping_options"][0]["id"]
    shop.ask("POST", f"/store/carts/{cart['id']}/shipping-methods", {"option_id": option})
    paid = shop.ask("POST", "/store/payment-collections", {"cart_id": cart["id"]})["payment_collection"]["id"]
    session = {"provider_id": "pp_system_default"}
    shop.ask("POST", f"/store/payment-collections/{paid}/payment-sessions", session)
    return str(shop.ask("POST", f"/store/carts/{cart['id']}/complete")["order"]["id"])


def a_variant(shop: Shop, handle: str) -> str:
    """`store/SKU` of a variant of the product."""
    region = shop.ids["regions"]["Europe"]
    path = f"/store/products?handle={handle}&region_id={region}&fields=variants.id"
    wanted = shop.ask("GET", path)["products"][0]["variants"][0]["id"]
    return next(name for name, variant_id in shop.ids["variants"].items() if variant_id == wanted)


def test_a_product_that_has_just_come_is_new_until_it_is_old(shop: Shop) -> None:
    product = shop.ids["products"]["harbour-lamp"]
    wait_for(lambda: badges(shop, product) == [{"id": "new", "label": "New"}])

    async def age(deps: Deps) -> None:
        async with deps.database.unit_of_work() as work:
            await work.execute(
                text("UPDATE product SET created_at = now() - interval '31 days' WHERE id = :id"), {"id": product}
            )

    shop.run(age)
    wait_for(lambda: badges(shop, product) == [])


def test_orders_make_a_bestseller_and_an_event_that_comes_twice_counts_once(shop: Shop) -> None:
    product, sku = shop.ids["products"]["elbe-mug"], a_variant(shop, "elbe-mug")
    order = buy(shop, sku, 2)

    async def again(deps: Deps) -> None:
        event = OrderPlaced(order_id=order, cart_id="", seller_order_ids=(), total=0, currency_code="eur")
        await badge.count_order(deps, event)
        await badge.refresh(deps)

    shop.run(again)
    assert "bestseller" not in [each["id"] for each in badges(shop, product)]
    buy(shop, sku, 1)
    wait_for(lambda: "bestseller" in [each["id"] for each in badges(shop, product)])


def test_a_product_that_nobody_may_see_has_no_badges_to_show(shop: Shop) -> None:
    shop.ask("GET", "/store/products/prod_none/badges", status=404)
