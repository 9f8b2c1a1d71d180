"""Orders over HTTP: the list of a customer, who may read which, and handing one over."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from models.schema.order import order as orders
from models.schema.order import order_transfer, seller_order
from routes.schemas.shared import totals
from services.deps import Deps
from services.infrastructure.database.database import Database
from tests.buying import Buyer, customer_id, member
from tests.conftest import Client
from tests.people import letters

SCARF, TOTE = "aurora/AUR-WS", "borneo/BOR-BT-RED"
STARTER = "limit=10&offset=0&order=-created_at&fields=*items,%2Bitems.metadata,*items.variant,*items.product"
DEFAULTS = set(
    "id status summary display_id custom_display_id currency_code metadata created_at updated_at version items "
    "payment_status fulfillment_status region_id customer_id sales_channel_id email locale shipping_methods "
    f"gift_card_total gift_card_tax_total item_discount_total shipping_discount_total {totals.ORDER}".split()
)


async def bought(buyer: Buyer, *items: tuple[str, int]) -> dict[str, Any]:
    cart = await buyer.ready(*(items or ((SCARF, 1),)))
    order: dict[str, Any] = (await buyer.complete(cart["id"]))["order"]
    return order


@pytest.fixture(scope="module")
async def ana(client: Client, ids: dict[str, Any]) -> Buyer:
    """A customer with three orders."""
    buyer = await member(client, ids, "ana@example.com")
    for items in (((SCARF, 1),), ((SCARF, 2), (TOTE, 1)), ((TOTE, 3),)):
        await bought(buyer, *items)
    return buyer


async def test_the_list_shows_a_customers_orders_newest_first(ana: Buyer, client: Client, ids: Any) -> None:
    page = await ana.get("/store/orders")
    assert (page["count"], page["offset"], page["limit"]) == (3, 0, 50)
    assert set(page["orders"][0]) == DEFAULTS
    assert "variant" not in page["orders"][0]["items"][0]
    numbers = [order["display_id"] for order in page["orders"]]
    assert numbers == sorted(numbers, reverse=True)
    bob = await member(client, ids, "bob-list@example.com")
    assert (await bob.get("/store/orders"))["orders"] == []


async def test_the_starters_list_has_variants_and_products(ana: Buyer) -> None:
    page = await ana.get(f"/store/orders?{STARTER}")
    line = page["orders"][1]["items"][0]
    assert {"title", "thumbnail", "variant", "product", "metadata", "total", "quantity"} <= set(line)
    assert line["variant"]["id"] == line["variant_id"]


async def test_pages_orders_and_filters(ana: Buyer, database: Database) -> None:
    newest = [order["id"] for order in (await ana.get("/store/orders"))["orders"]]
    second = await ana.get("/store/orders?limit=1&offset=1&order=created_at&fields=id")
    assert ([o["id"] for o in second["orders"]], second["count"]) == ([newest[1]], 3)
    assert set(second["orders"][0]) == {"id", "version", "payment_status", "fulfillment_status"}
    named = await ana.get(f"/store/orders?id[]={newest[0]}&id[]={newest[2]}&order=display_id")
    assert [o["id"] for o in named["orders"]] == [newest[2], newest[0]]
    async with database.unit_of_work() as work:
        await work.execute(update(seller_order).where(seller_order.c.order_id == newest[2]).values(status="canceled"))
    canceled = await ana.get("/store/orders?status=canceled")
    assert [(o["id"], o["status"]) for o in canceled["orders"]] == [(newest[2], "canceled")]
    both = await ana.get("/store/orders?status[]=pending&status[]=completed")
    assert both["count"] == 2
    assert (await ana.get("/store/orders?status=lost", 400))["type"] == "invalid_data"
    assert (await ana.get("/store/orders?order=email", 400))["type"] == "invalid_data"


async def test_a_list_takes_as_many_statements_for_one_order_as_for_three(
    ana: Buyer, count_statements: Callable[[], Any]
) -> None:
    seen = []
    for limit in (1, 3):
        path = f"/store/orders?{STARTER}".replace("limit=10", f"limit={limit}")
        await ana.get(path)
        with count_statements() as statements:
            await ana.get(path)
        seen.append(len(statements))
    assert seen == [2, 2]


async def test_a_guests_order_is_read_by_its_id_and_a_customers_only_by_himself(
    ana: Buyer, buyer: Buyer, client: Client, ids: dict[str, Any]
) -> None:
    guests = await bought(buyer)
    assert (await ana.get(f"/store/orders/{guests['id']}"))["order"]["id"] == guests["id"]
    hers = (await ana.get("/store/orders?limit=1"))["orders"][0]["id"]
    assert (await ana.get(f"/store/orders/{hers}"))["order"]["id"] == hers
    bob = await member(client, ids, "bob-read@example.com")
    for stranger in (buyer, bob):
        told = await stranger.get(f"/store/orders/{hers}", 404)
        assert told["message"] == f"Order id not found: {hers}"
        assert told["code"] == (await stranger.get("/store/orders/order_missing", 404))["code"]


async def token_of(deps: Deps, order_id: str) -> str:
    """From the last letter to the order's address."""
    pending = select(order_transfer.c.id).where(
        order_transfer.c.order_id == order_id, order_transfer.c.status == "requested"
    )
    async with deps.database.reading() as work:
        key = f"order-transfer-{(await work.execute(pending)).scalar_one()}"
    async with asyncio.timeout(10):
        while True:
            for mail in letters(deps.settings.data_dir / "outbox", "ana@example.com"):
                if mail["key"] == key:
                    return str(mail["data"]["token"])
            await asyncio.sleep(0.02)


async def test_a_guests_order_is_handed_over_by_the_token_alone_and_once(
    buyer: Buyer, client: Client, ids: dict[str, Any], deps: Deps
) -> None:
    order = await bought(buyer)
    path = f"/store/orders/{order['id']}/transfer"
    bob, eve = await member(client, ids, "bob@example.com"), await member(client, ids, "eve@example.com")
    assert (await buyer.post(f"{path}/request", None, 401))["message"] == "Unauthorized"
    asked = (await bob.post(f"{path}/request?fields=id,email"))["order"]
    assert (asked["id"], asked["email"]) == (order["id"], "ana@example.com")
    twice = await eve.post(f"{path}/request", None, 400)
    assert twice["message"] == f"Order ({order['id']}) already has an existing active order change"
    token = await token_of(deps, order["id"])
    for wrong in ("nothing", token[:-1], token.partition(".")[0], " "):
        for way in ("accept", "decline"):
            refused = await buyer.post(f"{path}/{way}", {"token": wrong}, 400)
            assert (refused["type"], refused["message"]) == ("not_allowed", "Invalid token.")
    assert (await buyer.post(f"{path}/accept", {}, 400))["message"] == "Invalid request: Field 'token' is required"
    accepted = (await buyer.post(f"{path}/accept", {"token": token}))["order"]
    assert (accepted["email"], accepted["version"]) == ("ana@example.com", 2)
    assert (await buyer.post(f"{path}/accept", {"token": token}, 400))["message"] == "Invalid token."
    assert [o["id"] for o in (await bob.get("/store/orders"))["orders"]] == [order["id"]]
    await buyer.get(f"/store/orders/{order['id']}", 404)
    own = await bob.post(f"{path}/request", None, 400)
    assert own["message"] == f"Order: {order['id']} already belongs to customer: {await customer_id(bob)}"
    assert (await eve.post(f"{path}/request", None, 404))["message"] == f"Order id not found: {order['id']}"


async def test_the_address_of_the_order_follows_when_that_is_said(
    buyer: Buyer, client: Client, ids: dict[str, Any], deps: Deps
) -> None:
    order = await bought(buyer)
    path = f"/store/orders/{order['id']}/transfer"
    bob = await member(client, ids, "bob-mail@example.com")
    await bob.post(f"{path}/request")
    said = {"token": await token_of(deps, order["id"]), "update_order_email": True}
    assert (await buyer.post(f"{path}/accept", said))["order"]["email"] == "bob-mail@example.com"


async def test_a_request_is_declined_by_token_or_taken_back_by_who_asked(
    buyer: Buyer, client: Client, ids: dict[str, Any], deps: Deps
) -> None:
    order = await bought(buyer)
    path = f"/store/orders/{order['id']}/transfer"
    bob, eve = await member(client, ids, "bob-no@example.com"), await member(client, ids, "eve-no@example.com")
    assert (await bob.post(f"{path}/cancel", None, 400))["message"] == "An active Order Change is required to proceed"
    await bob.post(f"{path}/request")
    foreign = await eve.post(f"{path}/cancel", None, 400)
    assert foreign["message"] == "This customer is not allowed to cancel the transfer."
    await buyer.post(f"{path}/decline", {"token": await token_of(deps, order["id"])})
    await bob.post(f"{path}/request")
    old = await token_of(deps, order["id"])
    await bob.post(f"{path}/cancel")
    assert (await bob.post(f"{path}/cancel", None, 400))["message"] == "An active Order Change is required to proceed"
    assert (await buyer.post(f"{path}/accept", {"token": old}, 400))["message"] == "Invalid token."
    assert (await bob.post("/store/orders/order_missing/transfer/request", None, 404))["code"] == "order_not_found"
    told = await buyer.post("/store/orders/order_missing/transfer/accept", {"token": old}, 400)
    assert told["message"] == "Invalid token."


async def test_the_letters_token_shows_an_accounts_order_until_it_changes_hands(
    client: Client, deps: Deps, ids: dict[str, Any]
) -> None:
    owner = await member(client, ids, "letter@example.com")
    cart = await owner.ready(("aurora/AUR-WS", 2))
    order = (await owner.complete(cart["id"]))["order"]
    path, visitor, email = f"/store/orders/{order['id']}", Buyer(client, ids), order["email"]
    assert (await visitor.get(path, 404))["code"] == "order_not_found"
    found: list[Any] = []
    for _ in range(100):
        found = [
            each for each in letters(deps.settings.data_dir / "outbox", email) if each["template"] == "order-placed"
        ]
        found = [each for each in found if each["data"]["order_id"] == order["id"]]
        if found:
            break
        await asyncio.sleep(0.05)
    (mail,) = found
    assert (mail["template"], mail["subject"]) == ("order-placed", f"Your order {order['display_id']}")
    assert f"Total: {order['total']} EUR" in mail["text"]
    token = mail["data"]["token"]
    assert (await visitor.ask("GET", path, x_order_token=token))["order"]["id"] == order["id"]
    for wrong in ("", token[:-1], f"{token}x", token.replace(order["id"], "order_none")):
        assert (await visitor.ask("GET", path, None, 404, x_order_token=wrong))["code"] == "order_not_found"
    async with deps.database.unit_of_work() as work:
        await work.execute(update(orders).where(orders.c.id == order["id"]).values(email="other@example.com"))
    await visitor.ask("GET", path, None, 404, x_order_token=token)
