"""Pieces that are called off: what is owed for them, their stock, the promotion, and what the buyer is told."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select, update

from models.schema.payment import ledger_entry, ledger_posting
from models.schema.pricing import campaign_usage, promotion, promotion_usage
from services.deps import Deps
from services.infrastructure.database.database import Database
from services.product import cache as products
from tests.buying import Buyer
from tests.seller.conftest import Books
from tests.seller.selling import (
    CHAIR,
    SCARF,
    SET,
    SHIRT,
    TOTE,
    bought,
    delivered,
    letters,
    packed,
    part_id,
    received,
    seen,
    sold,
    step,
    stock,
)
from tests.staff import Worker

Json = dict[str, Any]
COFFEE = "borneo/BOR-KG-1000"
GONE = {"reason": "The moths were faster."}


async def pending(database: Database, order_id: str) -> int:
    """What the seller is owed for the order, in minor units."""
    statement = select(ledger_entry.c.amount).where(
        ledger_entry.c.seller_order_id == order_id, ledger_entry.c.account == "seller_pending"
    )
    async with database.reading() as work:
        return -sum(int(amount) for amount in (await work.execute(statement)).scalars())


async def test_a_whole_order_is_called_off_and_leaves_nothing_behind(
    buyer: Buyer, owner: Worker, database: Database, deps: Deps, ids: Json, books: Books
) -> None:
    before = await stock(database, ids, SCARF)
    order = await bought(buyer, (SCARF, 2), (TOTE, 1))
    part = await seen(owner, part_id(order))
    done = await step(owner, part["id"], "cancel", GONE)
    assert (done["status"], done["current_total"], done["payout_total"]) == ("canceled", 0, 0)
    assert (done["canceled_total"], done["canceled_commission_total"]) == (part["total"], part["commission_total"])
    assert done["canceled_at"] is not None
    assert await stock(database, ids, SCARF) == before
    assert await pending(database, part["id"]) == 0
    now = (await buyer.get(f"/store/orders/{order['id']}"))["order"]
    assert now["status"] == "pending"
    assert now["summary"]["original_order_total"] == order["total"]
    assert now["summary"]["current_order_total"] == round(order["total"] - part["total"], 2)
    scarf = next(line for line in now["items"] if line["variant_sku"] == "AUR-WS")
    assert (scarf["detail"]["canceled_quantity"], scarf["refundable_total"]) == (2, 0)
    (told,) = await letters(deps, "order-canceled", 1)
    assert GONE["reason"] in told["text"]
    assert "2 x " in told["text"]
    assert await books() == []


async def test_pieces_are_called_off_one_by_one_and_add_up_to_the_whole(
    buyer: Buyer, owner: Worker, database: Database, ids: Json, books: Books
) -> None:
    order = await sold(buyer, owner, (SCARF, 3), (SHIRT, 4), promo_codes=["ACROSS7EUR"])
    scarf, shirt = (line["id"] for line in order["items"])
    amounts = []
    for line_id, times in ((scarf, 3), (shirt, 4)):
        for _ in range(times):
            one = {**GONE, "items": [{"id": line_id, "quantity": 1}]}
            done = await step(owner, order["id"], "cancel", one)
            amounts.append(done["canceled_total"])
            assert await books() == []
    assert amounts == sorted(amounts)
    # The way it is sent is owed until nothing is left.
    assert amounts[-2] < order["item_total"]
    assert (amounts[-1], done["status"], done["payout_total"]) == (order["total"], "canceled", 0)
    assert await pending(database, order["id"]) == 0


async def test_what_is_packed_stays_and_the_rest_goes(
    buyer: Buyer, owner: Worker, database: Database, ids: Json, books: Books
) -> None:
    before = await stock(database, ids, SCARF)
    order = await sold(buyer, owner, (SCARF, 5))
    line = order["items"][0]
    await packed(owner, order["id"], {"items": [{"id": line["id"], "quantity": 2}]})
    over = {**GONE, "items": [{"id": line["id"], "quantity": 4}]}
    assert (await step(owner, order["id"], "cancel", over, 409))["code"] == "quantity_not_open"
    done = await step(owner, order["id"], "cancel", GONE)
    assert (done["status"], done["items"][0]["detail"]["canceled_quantity"]) == ("packed", 3)
    assert (await step(owner, order["id"], "cancel", GONE, 409))["code"] == "order_state_forbids"
    assert await stock(database, ids, SCARF) == (before[0], before[1] + 2, 0)
    parcel = f"fulfillments/{done['fulfillments'][0]['id']}"
    assert (await step(owner, order["id"], f"{parcel}/shipments"))["status"] == "shipped"
    assert (await step(owner, order["id"], f"{parcel}/mark-as-delivered"))["status"] == "delivered"
    assert await books() == []


async def test_backordered_pieces_are_called_off_first(
    buyer: Buyer, other_owner: Worker, database: Database, ids: Json, books: Books
) -> None:
    stocked, reserved, _ = await stock(database, ids, CHAIR)
    order = await sold(buyer, other_owner, (CHAIR, stocked - reserved + 2), handle="borneo")
    one = {**GONE, "items": [{"id": order["items"][0]["id"], "quantity": 1}]}
    await step(other_owner, order["id"], "cancel", one)
    assert await stock(database, ids, CHAIR) == (stocked, stocked, 1)
    await received(database, ids, CHAIR, 1, covering=1)
    await step(other_owner, order["id"], "cancel", GONE)
    assert await stock(database, ids, CHAIR) == (stocked + 1, reserved, 0)
    assert await books() == []


async def test_packing_and_calling_off_at_once_share_the_pieces_out(
    buyer: Buyer, owner: Worker, database: Database, ids: Json, books: Books
) -> None:
    order = await sold(buyer, owner, (SET, 6))
    one = [{"id": order["items"][0]["id"], "quantity": 1}]
    steps = [("fulfillments", {"items": one}), ("cancel", {**GONE, "items": one})] * 5
    path = f"/vendor/orders/{order['id']}"
    replies = await asyncio.gather(*(owner.send("POST", f"{path}/{name}", body) for name, body in steps))
    assert sorted(reply.status for reply in replies) == [200] * 6 + [409] * 4
    line = (await seen(owner, order["id"]))["items"][0]["detail"]
    assert line["fulfilled_quantity"] + line["canceled_quantity"] == 6
    assert await books() == []


async def test_a_promotion_is_free_again_when_all_sellers_have_called_off(
    buyer: Buyer, owner: Worker, other_owner: Worker, database: Database, books: Books
) -> None:
    async def used() -> list[int]:
        """Of the code for one order, of the budget in euros, and of the budget of two orders."""
        once = select(func.sum(promotion_usage.c.used)).where(promotion_usage.c.usage_limit == 1)
        budgets = select(campaign_usage.c.used).where(campaign_usage.c.usage_limit.is_not(None))
        async with database.reading() as work:
            spent = await work.execute(budgets.order_by(campaign_usage.c.usage_limit.desc()))
            return [(await work.execute(once)).scalar_one(), *spent.scalars()]

    order = await bought(buyer, (SCARF, 1), (TOTE, 1), promo_codes=["ONLYONE", "BUDGET", "TWICE"])
    counts = await used()
    assert (counts[0], counts[1] > 0, counts[2]) == (1, True, 1)
    mine, theirs = part_id(order), part_id(order, "borneo")
    await asyncio.gather(step(owner, mine, "cancel", GONE), step(other_owner, theirs, "cancel", GONE))
    assert await used() == [0, 0, 0]
    assert (await buyer.get(f"/store/orders/{order['id']}"))["order"]["status"] == "canceled"
    assert await books() == []


async def test_amounts_in_whole_rupiah_are_called_off_in_whole_rupiah(
    buyer: Buyer, owner: Worker, database: Database, books: Books
) -> None:
    order = await sold(buyer, owner, (SCARF, 3), region="Indonesia", promo_codes=["WELCOME10"])
    done = await step(owner, order["id"], "cancel", {**GONE, "items": [{"id": order["items"][0]["id"], "quantity": 2}]})
    assert done["canceled_total"] == int(done["canceled_total"]) > 0
    assert await books() == []


async def test_what_is_called_off_of_the_lines_adds_up_to_what_is_called_off_of_the_order(
    buyer: Buyer, other_owner: Worker
) -> None:
    half = {"region": "Indonesia", "promo_codes": ["COFFEEHALF"]}
    order = await bought(buyer, ("borneo/BOR-KG-250", 3), **half)
    part = await seen(other_owner, part_id(order, "borneo"))
    two = {**GONE, "items": [{"id": part["items"][0]["id"], "quantity": 2}]}
    done = await step(other_owner, part["id"], "cancel", two)
    shown = (await buyer.get(f"/store/orders/{order['id']}"))["order"]
    for lines in (done["items"], shown["items"]):
        assert [line["canceled_total"] for line in lines] == [done["canceled_total"]]
        assert [line["refundable_total"] for line in lines] == [part["item_total"] - done["canceled_total"]]


async def test_the_history_says_who_called_off_what_and_why(buyer: Buyer, owner: Worker, database: Database) -> None:
    order = await sold(buyer, owner, (SCARF, 2))
    line = order["items"][0]["id"]
    done = await step(owner, order["id"], "cancel", {**GONE, "items": [{"id": line, "quantity": 1}]})
    (change,) = (await owner.get(f"/vendor/orders/{order['id']}/changes"))["order_changes"]
    assert (change["kind"], change["reason"], change["actor_id"]) == ("canceled", GONE["reason"], owner.actor_id)
    assert (change["data"]["items"], change["data"]["amount"]) == ({line: 1}, done["canceled_total"])
    async with database.reading() as work:
        posting = select(ledger_posting.c.kind).where(ledger_posting.c.reference == change["id"])
        assert (await work.execute(posting)).scalar_one() == "cancel"


async def test_only_what_is_of_the_order_is_called_off(buyer: Buyer, owner: Worker, other_owner: Worker) -> None:
    order, other = await sold(buyer, owner, (SCARF, 1)), await sold(buyer, owner, (SCARF, 1))
    foreign = {**GONE, "items": [{"id": other["items"][0]["id"], "quantity": 1}]}
    assert (await step(owner, order["id"], "cancel", foreign, 404))["code"] == "not_found"
    stranger = await step(other_owner, order["id"], "cancel", GONE, 404)
    assert stranger["message"] == f"Order with id: {order['id']} was not found"
    assert (await step(owner, order["id"], "cancel", {"reason": ""}, 400))["type"] == "invalid_data"
    await delivered(owner, order["id"])
    assert (await step(owner, order["id"], "cancel", GONE, 409))["status"] == "delivered"


async def test_an_order_holds_what_its_lines_say_though_a_variant_comes_to_need_more_meanwhile(
    buyer: Buyer, other_owner: Worker, database: Database, ids: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await stock(database, ids, COFFEE)
    cart, item = await buyer.ready((COFFEE, 2)), ids["inventory_items"][COFFEE]
    line = (await buyer.get(f"/store/carts/{cart['id']}"))["cart"]["items"][0]
    need = f"/vendor/products/{line['product_id']}/variants/{line['variant_id']}/inventory-items/{item}"
    real, pieces = products.products_by_variant, iter(range(2, 20))

    async def read_before_a_change(*asked: Any) -> Any:
        found = await real(*asked)
        await other_owner.post(need, {"required_quantity": next(pieces)})
        return found

    monkeypatch.setattr(products, "products_by_variant", read_before_a_change)
    order = (await buyer.complete(cart["id"]))["order"]
    monkeypatch.undo()
    assert await stock(database, ids, COFFEE) != before
    await step(other_owner, part_id(order, "borneo"), "cancel", GONE)
    assert await stock(database, ids, COFFEE) == before


async def test_what_was_never_counted_is_not_given_back(buyer: Buyer, owner: Worker, database: Database) -> None:
    async def limit(pieces: int | None) -> None:
        async with database.unit_of_work() as work:
            await work.execute(update(promotion).where(promotion.c.code == "WELCOME10").values(limit=pieces))

    first = await sold(buyer, owner, (SCARF, 1), promo_codes=["WELCOME10"])
    await limit(1)
    second = await sold(buyer, owner, (SCARF, 1), promo_codes=["WELCOME10"])
    await step(owner, first["id"], "cancel", GONE)
    third = await sold(buyer, owner, (SCARF, 1), promo_codes=["WELCOME10"])
    await step(owner, second["id"], "cancel", GONE)
    fourth = await sold(buyer, owner, (SCARF, 1), promo_codes=["WELCOME10"])
    await limit(None)
    assert [order["discount_total"] > 0 for order in (first, second, third, fourth)] == [True, True, False, True]
