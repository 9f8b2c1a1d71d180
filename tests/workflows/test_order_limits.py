"""How many pieces of a variant one order takes: the marketplace's number, unless the variant says another."""

from dataclasses import fields, replace
from pathlib import Path

import pytest

from models.product.product import OrderLimit
from tests.buying import Buyer, Json, member
from tests.conftest import Client
from tests.workflows.paying import WORLD
from utils.config import Settings

GOODS = """
  - handle: counted
    title: Counted
    store: aurora
    sales_channels: [Web]
    options: [{title: Size, values: [Any, More, Less]}]
    variants:
      - {sku: C-ANY, options: {Size: Any}, prices: {eur: 1}, stock: 100}
      - {sku: C-MORE, options: {Size: More}, prices: {eur: 1}, stock: 100, order_limit: 8}
      - {sku: C-LESS, options: {Size: Less}, prices: {eur: 1}, stock: 100, order_limit: 2}
"""
LIMITS = {"aurora/C-ANY": 5, "aurora/C-MORE": 8, "aurora/C-LESS": 2}


@pytest.fixture(scope="module")
def seed_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("seed") / "counted.yaml"
    head, products, rest = WORLD.read_text().partition("\nproducts:\n")
    path.write_text(head + products + GOODS.lstrip("\n") + rest)
    return path


@pytest.fixture(scope="module")
def settings(settings: Settings) -> Settings:
    return replace(settings, order_quantity_limit=5)


@pytest.fixture
def buyer(client: Client, ids: Json) -> Buyer:
    return Buyer(client, ids)


@pytest.mark.parametrize("key", LIMITS)
async def test_a_cart_takes_as_many_as_the_variant_or_else_the_setting_says(buyer: Buyer, key: str) -> None:
    limit, variant = LIMITS[key], buyer.variant(key)
    cart = await buyer.cart((key, limit))
    more = {"variant_id": variant, "quantity": 1, "metadata": {"engraving": "Ana"}}
    refused = await buyer.post(f"/store/carts/{cart['id']}/line-items", more, 400)
    assert (refused["code"], refused["limit"], refused["variant_id"]) == ("order_quantity_limit", limit, variant)
    whole = {"region_id": buyer.ids["regions"]["Europe"], "items": [{"variant_id": variant, "quantity": limit + 1}]}
    assert (await buyer.post("/store/carts", whole, 400))["limit"] == limit


@pytest.mark.parametrize("key", LIMITS)
async def test_a_claimed_cart_is_filled_up_to_the_limit(client: Client, ids: Json, buyer: Buyer, key: str) -> None:
    limit = LIMITS[key]
    ana = await member(client, ids, f"{key[-4:].lower()}@example.com")
    own = await ana.cart((key, 1))
    await ana.post(f"/store/carts/{own['id']}/customer")
    other = await buyer.cart((key, limit))
    said = await ana.post(f"/store/carts/{other['id']}/customer")
    assert sum(item["quantity"] for item in said["cart"]["items"]) == limit


async def test_storefronts_see_the_limit_when_they_ask_for_it(buyer: Buyer) -> None:
    path = "/store/products?handle=counted"
    for query in ("%2Bvariants.order_limit", "id,*variants,variants.order_limit"):
        shown = (await buyer.get(f"{path}&fields={query}"))["products"][0]["variants"]
        assert {f"aurora/{one['sku']}": one["order_limit"] for one in shown} == LIMITS
    product = (await buyer.get(path))["products"][0]
    assert all("order_limit" not in one for one in product["variants"])
    one = f"/store/product-variants/{buyer.variant('aurora/C-ANY')}"
    assert (await buyer.get(f"{one}?fields=%2Border_limit"))["variant"]["order_limit"] == 5
    assert "order_limit" not in (await buyer.get(one))["variant"]


def test_without_the_setting_there_is_no_limit_but_a_variants_own() -> None:
    assert {spec.name: spec.default for spec in fields(Settings)}["order_quantity_limit"] == 0
    assert OrderLimit().each == 0
