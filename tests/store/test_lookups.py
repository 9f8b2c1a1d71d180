"""Each request asks the product cache once at most: what was found on the way down is handed on to the view."""

from collections.abc import Iterable
from typing import Any

import pytest

from services.infrastructure.database.database import UnitOfWork
from services.product import cache as products
from tests.buying import Buyer

SHIRT, SCARF, TOTE, BOTTLE = "aurora/AUR-LS-S", "aurora/AUR-WS", "borneo/BOR-BT-RED", "borneo/BOR-BO"
WITH_PRODUCTS = "?fields=%2B*items.variant,%2B*items.product"


@pytest.fixture
def lookups(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The variants that the product cache is asked for, one list a look-up."""
    asked: list[list[str]] = []
    find = products.products_by_variant

    async def counted(work: UnitOfWork, variant_ids: Iterable[str]) -> Any:
        wanted = list(variant_ids)
        asked.append(wanted)
        return await find(work, wanted)

    monkeypatch.setattr(products, "products_by_variant", counted)
    return asked


@pytest.mark.parametrize("fields", ["", WITH_PRODUCTS], ids=["default fields", "with products"])
async def test_adding_a_line_looks_its_variants_up_once(buyer: Buyer, lookups: list[list[str]], fields: str) -> None:
    cart = await buyer.cart((SHIRT, 1), (TOTE, 1))
    lookups.clear()
    body = {"variant_id": buyer.variant(SCARF), "quantity": 1}
    changed = (await buyer.post(f"/store/carts/{cart['id']}/line-items{fields}", body))["cart"]
    assert len(changed["items"]) == 3
    assert [sorted(wanted) for wanted in lookups] == [sorted(line["variant_id"] for line in changed["items"])]
    assert all(("variant" in line) == bool(fields) for line in changed["items"])


async def test_changing_a_line_looks_its_variants_up_once(buyer: Buyer, lookups: list[list[str]]) -> None:
    cart = await buyer.cart((SHIRT, 1), (TOTE, 1))
    path = f"/store/carts/{cart['id']}/line-items/{cart['items'][0]['id']}{WITH_PRODUCTS}"
    for quantity in (3, 2, 0):
        lookups.clear()
        await buyer.post(path, {"quantity": quantity})
        assert len(lookups) == 1


async def test_reading_a_cart_looks_variants_up_only_where_they_are_shown(
    buyer: Buyer, lookups: list[list[str]]
) -> None:
    cart = await buyer.cart((SHIRT, 1), (TOTE, 1))
    lookups.clear()
    await buyer.get(f"/store/carts/{cart['id']}")
    assert lookups == []
    shown = (await buyer.get(f"/store/carts/{cart['id']}{WITH_PRODUCTS}"))["cart"]
    assert [line["variant"]["id"] for line in shown["items"]] == [line["variant_id"] for line in shown["items"]]
    assert len(lookups) == 1


@pytest.mark.parametrize("fields", ["", WITH_PRODUCTS], ids=["default fields", "with products"])
async def test_completing_looks_variants_up_once(buyer: Buyer, lookups: list[list[str]], fields: str) -> None:
    cart = await buyer.ready((SHIRT, 1), (TOTE, 1))
    lookups.clear()
    done = await buyer.post(f"/store/carts/{cart['id']}/complete{fields}", {})
    assert done["type"] == "order"
    assert len(lookups) == 1
    lookups.clear()
    again = await buyer.post(f"/store/carts/{cart['id']}/complete{fields}", {})
    assert again["order"]["id"] == done["order"]["id"]
    assert len(lookups) == 1
    if fields:
        assert all(line["variant"]["id"] == line["variant_id"] for line in again["order"]["items"])


async def test_opening_a_payment_session_looks_variants_up_once(buyer: Buyer, lookups: list[list[str]]) -> None:
    cart = await buyer.ready((SHIRT, 1), (TOTE, 1))
    collection = (await buyer.post("/store/payment-collections", {"cart_id": cart["id"]}))["payment_collection"]
    lookups.clear()
    path = f"/store/payment-collections/{collection['id']}/payment-sessions"
    await buyer.post(path, {"provider_id": "pp_system_default"})
    assert len(lookups) == 1
