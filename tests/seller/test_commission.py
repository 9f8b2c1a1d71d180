"""Whose the money is: commission of several sellers' parts to the minor unit, in the order, the ledger and a cancel."""

from pathlib import Path
from typing import Any

import asyncpg
import pytest

from services.deps import Deps
from tests.buying import Buyer
from tests.seller.conftest import Books
from tests.seller.selling import bought, part_id, seen, step
from tests.staff import Worker
from tests.workflows.books import open_books
from utils.config import Settings

Json = dict[str, Any]
WORLD = Path(__file__).parents[1] / "data" / "world.yaml"
GOODS = """
  - handle: lamp
    title: Lamp
    store: aurora
    sales_channels: [Web]
    variants: [{sku: COM-LAMP, prices: {usd: 40.01, jpy: 3333}, stock: 50}]
  - handle: rug
    title: Rug
    store: borneo
    sales_channels: [Web]
    variants: [{sku: COM-RUG, prices: {usd: 25.50, jpy: 4321}, stock: 50}]
"""
LAMP, RUG = "aurora/COM-LAMP", "borneo/COM-RUG"
GONE = {"reason": "Broken."}
# Everything that was posted for an order, in the order it was.
POSTED = """
SELECT p.kind, e.account, s.handle, e.amount FROM ledger_posting p JOIN ledger_entry e ON e.posting_id = p.id
LEFT JOIN seller_order o ON o.id = e.seller_order_id LEFT JOIN seller s ON s.id = coalesce(e.seller_id, o.seller_id)
WHERE p.reference = $1 OR o.order_id = $1 ORDER BY e.id
"""
BUDGETS = "SELECT used FROM campaign_usage WHERE usage_limit IS NOT NULL ORDER BY usage_limit"
CHANGES = ("UPDATE TABLE SET created_at = now()", "DELETE FROM TABLE", "TRUNCATE TABLE CASCADE")
APPEND_ONLY = ("ledger_posting", "ledger_entry", "order_change", "audit_log", "inventory_movement")


@pytest.fixture(scope="module")
def seed_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("seed") / "commission.yaml"
    text = WORLD.read_text().replace("\nproducts:\n", "\nproducts:" + GOODS, 1)
    for handle, rate in (("aurora", "12.345"), ("borneo", "7.5")):
        text = text.replace(f"  - handle: {handle}\n", f"  - handle: {handle}\n    commission_rate: {rate}\n", 1)
    path.write_text(text)
    return path


@pytest.fixture
async def rows(settings: Settings) -> Any:
    opened = await open_books(settings.database_url.replace("+asyncpg", ""))
    yield opened
    await opened.close()


async def posted(rows: asyncpg.Connection, order: Json) -> list[tuple[str, str, str | None, int]]:
    return [tuple(row) for row in await rows.fetch(POSTED, order["id"])]


async def test_each_seller_pays_commission_of_goods_after_discount_and_before_tax_and_shipping(
    buyer: Buyer, owner: Worker, other_owner: Worker, rows: asyncpg.Connection, books: Books
) -> None:
    order = await bought(buyer, (LAMP, 3), (RUG, 2), region="United States", promo_codes=["WELCOME10"])
    mine, theirs = await seen(owner, part_id(order)), await seen(other_owner, part_id(order, "borneo"))
    assert (mine["commission_rate"], theirs["commission_rate"]) == (12.345, 7.5)
    # 120.03 less 12.00 are 108.03, of which 12.345 % are 13.3363; 51.00 less 5.10 are 45.90, of which 7.5 % are 3.4425.
    assert (mine["commission_total"], theirs["commission_total"]) == (13.34, 3.44)
    assert mine["payout_total"] == pytest.approx(mine["total"] - 13.34)
    total, a, b = (round(100 * amount) for amount in (order["total"], mine["total"], theirs["total"]))
    assert a + b == total
    # With 8.875 % tax (9.59 and 4.07), and shipping of 6 and 8 with theirs (0.53 and 0.71).
    assert (a, b) == (12415, 5868)
    assert await posted(rows, order) == [
        ("sale", "gateway_clearing", None, total),
        ("sale", "seller_pending", "aurora", 1334 - a),
        ("sale", "platform_fee", "aurora", -1334),
        ("sale", "seller_pending", "borneo", 344 - b),
        ("sale", "platform_fee", "borneo", -344),
    ]
    assert await books() == []


async def test_a_partial_cancel_gives_back_its_part_of_the_commission_and_the_last_one_the_rest(
    buyer: Buyer, owner: Worker, rows: asyncpg.Connection, books: Books
) -> None:
    order = await bought(buyer, (LAMP, 3), (RUG, 2), region="United States", promo_codes=["WELCOME10"])
    part = await seen(owner, part_id(order))
    line = part["items"][0]["id"]
    seen_so_far = []
    for _ in range(3):
        part = await step(owner, part["id"], "cancel", {**GONE, "items": [{"id": line, "quantity": 1}]})
        seen_so_far.append((part["canceled_commission_total"], part["canceled_total"], part["payout_total"]))
    # Thirds of 13.34, and of 117.62 for the goods with tax, rounded down; the last takes shipping too.
    assert seen_so_far == [(4.45, 39.2, 76.06), (8.89, 78.41, 41.29), (13.34, 124.15, 0)]
    cancels = [row for row in await posted(rows, order) if row[0] == "cancel"]
    assert [(account, amount) for _, account, _, amount in cancels] == [
        *(("gateway_clearing", -3920), ("seller_pending", 3475), ("platform_fee", 445)),
        *(("gateway_clearing", -3921), ("seller_pending", 3477), ("platform_fee", 444)),
        *(("gateway_clearing", -4574), ("seller_pending", 4129), ("platform_fee", 445)),
    ]
    assert sum(amount for _, account, _, amount in cancels if account == "platform_fee") == 1334
    assert await books() == []


async def test_commission_in_whole_yen_is_rounded_half_up(
    buyer: Buyer, owner: Worker, other_owner: Worker, rows: asyncpg.Connection
) -> None:
    order = await bought(buyer, (LAMP, 1), (RUG, 3), region="Japan")
    mine, theirs = await seen(owner, part_id(order)), await seen(other_owner, part_id(order, "borneo"))
    # 3333 with 10 % tax are 3030 net: 374.05; 12963 are 11785 net: 883.9.
    assert (mine["item_subtotal"], theirs["item_subtotal"]) == (3030, 11785)
    assert (mine["commission_total"], theirs["commission_total"]) == (374, 884)
    fees = [amount for _, account, _, amount in await posted(rows, order) if account == "platform_fee"]
    assert fees == [-374, -884]


async def test_a_budget_is_given_back_by_the_cancel_that_takes_the_last_of_the_order(
    buyer: Buyer, owner: Worker, other_owner: Worker, rows: asyncpg.Connection
) -> None:
    order = await bought(buyer, (LAMP, 1), (RUG, 1), region="United States", promo_codes=["TWICE"])
    assert [row[0] for row in await rows.fetch(BUDGETS)] == [1, 0]
    await step(owner, part_id(order), "cancel", GONE)
    assert [row[0] for row in await rows.fetch(BUDGETS)] == [1, 0], "half an order has still used it"
    await step(other_owner, part_id(order, "borneo"), "cancel", GONE)
    assert [row[0] for row in await rows.fetch(BUDGETS)] == [0, 0]


@pytest.mark.parametrize("table", APPEND_ONLY)
async def test_history_is_neither_changed_nor_removed(
    table: str, buyer: Buyer, owner: Worker, rows: asyncpg.Connection, deps: Deps
) -> None:
    order = await bought(buyer, (LAMP, 1), region="United States")
    await step(owner, part_id(order), "cancel", GONE)
    assert await rows.fetchval("SELECT count(*) FROM TABLE".replace("TABLE", table)) > 0
    for change in CHANGES:
        with pytest.raises(asyncpg.PostgresError, match="append-only"):
            await rows.execute(change.replace("TABLE", table))
