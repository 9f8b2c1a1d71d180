"""Prices by quantity are seen before buying, for who asks, and are what the cart charges."""

from typing import Any

import pytest

from models.pricing.price import Price, PriceBook, tiers
from services.infrastructure.database.database import Database
from tests.buying import Buyer, join_group, member
from tests.conftest import Client
from utils.clock import now

SCARF = "two/SCARF"


async def shown(buyer: Buyer, region: str = "Belgium") -> list[tuple[int, int | None, float]]:
    query = f"region_id={buyer.ids['regions'][region]}&fields=%2Bvariants.price_tiers"
    product = (await buyer.get(f"/store/products/{buyer.ids['products']['scarf']}?{query}"))["product"]
    return table(product["variants"][0])


def table(variant: dict[str, Any]) -> list[tuple[int, int | None, float]]:
    return [(t["min_quantity"], t["max_quantity"], t["calculated_amount"]) for t in variant["price_tiers"]]


async def test_tiers_are_those_of_the_buyers_region(buyer: Buyer) -> None:
    assert await shown(buyer) == [(1, 2, 20), (3, 9, 18), (10, None, 15)]
    assert await shown(buyer, "United States") == [(1, 4, 30), (5, None, 25)]


async def test_tiers_are_what_the_cart_charges(buyer: Buyer) -> None:
    for low, high, amount in await shown(buyer):
        for quantity in {low, high or low + 5}:
            cart = await buyer.cart((SCARF, quantity), region="Belgium")
            assert cart["items"][0]["unit_price"] == amount


async def test_a_groups_tiers_are_its_members_alone(
    client: Client, buyer: Buyer, ids: dict[str, Any], database: Database
) -> None:
    her = await member(client, ids, "vera@example.com")
    await join_group(database, her, ids["customer_groups"]["VIP"])
    assert await shown(her) == [(1, 2, 20), (3, 4, 18), (5, None, 12)]
    assert await shown(buyer) == [(1, 2, 20), (3, 9, 18), (10, None, 15)]


async def test_lists_and_variants_have_them_too(buyer: Buyer) -> None:
    region = f"region_id={buyer.ids['regions']['Belgium']}"
    listed = await buyer.get(f"/store/products?handle=scarf&{region}&fields=%2Bvariants.price_tiers")
    assert len(table(listed["products"][0]["variants"][0])) == 3
    path = f"/store/product-variants/{buyer.variant(SCARF)}"
    assert len(table((await buyer.get(f"{path}?{region}&fields=%2Bprice_tiers"))["variant"])) == 3
    refused = await buyer.get(f"{path}?fields=%2Bprice_tiers", 400)
    assert refused["code"] == "pricing_context_missing"


@pytest.mark.parametrize("fields", ["", "&fields=*variants", "&fields=*variants.calculated_price"])
async def test_who_does_not_ask_sees_none(buyer: Buyer, fields: str) -> None:
    path = f"/store/products/{buyer.ids['products']['scarf']}?region_id={buyer.ids['regions']['Belgium']}{fields}"
    assert "price_tiers" not in (await buyer.get(path))["product"]["variants"][0]


def test_quantities_without_a_price_are_left_out_and_equal_neighbours_are_one() -> None:
    context = PriceBook().context(currency_code="eur", moment=now())
    rows = [
        Price("a", "eur", 500, min_quantity=2, max_quantity=3),
        Price("b", "eur", 500, min_quantity=4, max_quantity=5),
        Price("c", "eur", 300, min_quantity=8),
        Price("d", "usd", 100),
    ]
    found = [(tier.low, tier.high, tier.chosen.calculated.amount) for tier in tiers(rows, context)]
    assert found == [(2, 5, 500), (8, None, 300)]
