"""A seller's orders as lists: pages that keep their place, filters, and nothing of other sellers or of the buyer's."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import literal, update
from sqlalchemy.dialects.postgresql import JSONB

from models.schema.order import order_line
from services.infrastructure.database.database import Database
from services.order import seller_orders
from tests.buying import Buyer
from tests.seller.selling import ORDERS, SCARF, SHIRT, TOTE, bought, delivered, part_id, seen, sold, step
from tests.staff import Worker

Json = dict[str, Any]


@pytest.fixture(scope="module")
async def placed(client: Any, ids: Json, owner: Worker) -> list[Json]:
    """Orders of the first seller, the newest first: one of a shirt, then five of scarves, the second accepted."""
    buyer = Buyer(client, ids)
    made = [await sold(buyer, owner, (SCARF, 1)) for _ in range(5)]
    await step(owner, made[1]["id"], "accept")
    made.append(await sold(buyer, owner, (SHIRT, 1), (TOTE, 1)))
    return made[::-1]


async def listed(seller: Worker, query: str = "") -> list[str]:
    return [order["id"] for order in (await seller.get(f"{ORDERS}?{query}"))["orders"]]


async def test_the_newest_orders_come_first_with_what_is_to_be_sent(owner: Worker, placed: list[Json]) -> None:
    page = await owner.get(ORDERS)
    assert [order["id"] for order in page["orders"]] == [order["id"] for order in placed]
    assert (page["count"], page["count_is_exact"], page["next_cursor"]) == (6, True, None)
    newest = page["orders"][0]
    assert [line["variant_sku"] for line in newest["items"]] == ["AUR-LS-S"]
    assert newest["shipping_address"]["city"] == "Berlin"
    assert newest["payout_total"] == pytest.approx(newest["total"] - placed[0]["commission_total"])


@pytest.mark.parametrize("order", ["-created_at", "created_at"])
@pytest.mark.parametrize("states", ["", "&status=placed&status=accepted"])
async def test_a_cursor_leads_through_all_orders_though_new_ones_come(
    owner: Worker, placed: list[Json], order: str, states: str
) -> None:
    found, query = [], f"limit=2&order={order}{states}"
    page = await owner.get(f"{ORDERS}?{query}")
    assert page["count"] == 6
    while True:
        found += [each["id"] for each in page["orders"]]
        if page["next_cursor"] is None:
            break
        page = await owner.get(f"{ORDERS}?{query}&cursor={page['next_cursor']}")
        assert "count" not in page
    wanted = [each["id"] for each in placed]
    assert found == (wanted if order.startswith("-") else wanted[::-1])
    assert await listed(owner, f"{query}&offset=4") == found[4:]


@pytest.mark.parametrize("cursor", ["x", "%00", "MTI", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OS5h", "MS4", "w6k"])
async def test_a_cursor_that_no_page_gave_is_refused(owner: Worker, placed: list[Json], cursor: str) -> None:
    assert (await owner.get(f"{ORDERS}?cursor={cursor}", 400))["type"] == "invalid_data"


async def test_orders_are_found_by_state_number_sku_and_title(owner: Worker, placed: list[Json]) -> None:
    accepted = placed[4]
    assert await listed(owner, "status=accepted") == [accepted["id"]]
    assert await listed(owner, "status=shipped") == []
    assert await listed(owner, f"q={accepted['display_id']}") == [accepted["id"]]
    assert await listed(owner, f"q={accepted['id']}") == [accepted["id"]]
    assert await listed(owner, "q=AUR-LS-S") == await listed(owner, "q=linen+SHIRT") == [placed[0]["id"]]
    assert await listed(owner, "q=%25") == await listed(owner, "q=ana@example.com") == []
    assert await listed(owner, "q=AUR-WS&status=accepted") == [accepted["id"]]
    assert (await owner.get(f"{ORDERS}?q=AUR-WS"))["count"] == 5


async def test_orders_are_found_by_skus_with_a_number_after_a_dash(
    owner: Worker, placed: list[Json], database: Database
) -> None:
    sku = literal({"sku": "AUR-72188691-S"}, JSONB)
    async with database.unit_of_work() as work:
        sold_long_ago = order_line.c.seller_order_id == placed[-1]["id"]
        await work.execute(update(order_line).where(sold_long_ago).values(snapshot=order_line.c.snapshot.op("||")(sku)))
    for text in ("AUR-72188691-S", "72188691"):
        assert await listed(owner, f"q={text}") == [placed[-1]["id"]]


async def test_orders_are_found_by_when_they_were_placed_or_changed(owner: Worker, placed: list[Json]) -> None:
    middle = placed[2]["created_at"].replace("Z", "999Z")
    later = await listed(owner, f"created_at[$gt]={middle}")
    assert later == [placed[0]["id"], placed[1]["id"]]
    assert await listed(owner, f"created_at[$lte]={middle}") == [order["id"] for order in placed[2:]]
    assert placed[4]["id"] in await listed(owner, f"updated_at[$gte]={placed[4]['updated_at']}")
    assert (await owner.get(f"{ORDERS}?created_at[$gt]=0000-13-01T00:00:00Z", 400))["type"] == "invalid_data"


async def test_a_list_takes_as_many_statements_for_one_order_as_for_six(
    owner: Worker, placed: list[Json], count_statements: Callable[[], Any]
) -> None:
    taken = []
    for limit in (1, 6):
        with count_statements() as statements:
            await owner.get(f"{ORDERS}?limit={limit}&fields=*items,*fulfillments,*shipping_methods")
        taken.append(len(statements))
    assert taken == [1, 1]


async def test_a_count_ends_somewhere(owner: Worker, placed: list[Json], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seller_orders, "MOST_COUNTED", 5)
    page = await owner.get(f"{ORDERS}?limit=1")
    assert (page["count"], page["count_is_exact"]) == (5, False)


async def test_the_seller_sees_his_part_and_what_is_needed_to_send_it(
    buyer: Buyer, owner: Worker, other_owner: Worker
) -> None:
    order = await bought(buyer, (SCARF, 2), (TOTE, 1))
    mine, theirs = await seen(owner, part_id(order)), await seen(other_owner, part_id(order, "borneo"))
    assert [line["variant_sku"] for line in mine["items"]] == ["AUR-WS"]
    assert [line["variant_sku"] for line in theirs["items"]] == ["BOR-BT-RED"]
    assert round(mine["total"] + theirs["total"], 2) == order["total"]
    assert mine["display_id"] == order["display_id"]
    assert mine["shipping_address"]["postal_code"] == "10115"
    assert len(mine["shipping_methods"]) == 1
    for told in (str(mine), str(theirs), str(await owner.get(f"{ORDERS}/{mine['id']}/changes"))):
        for secret in (order["id"], "ana@example.com", "customer_id", "billing", str(order["total"])):
            assert secret not in told


async def test_orders_of_other_sellers_are_missing_in_every_way(
    buyer: Buyer, owner: Worker, other_owner: Worker
) -> None:
    part = await sold(buyer, owner, (SCARF, 1))
    parcel = "fulfillments/ful_none"
    steps = ("accept", "fulfillments", f"{parcel}/shipments", f"{parcel}/mark-as-delivered", f"{parcel}/cancel")
    for id_ in (part["id"], "sord_none"):
        for path in ("", "/changes"):
            assert (await other_owner.get(f"{ORDERS}/{id_}{path}", 404))["message"] == (
                f"Order with id: {id_} was not found"
            )
        for action in (*steps, "cancel"):
            body = {"reason": "x"} if action == "cancel" else None
            told = await step(other_owner, id_, action, body, 404)
            assert told["message"] == f"Order with id: {id_} was not found"
    assert (await step(owner, part["id"], f"{parcel}/cancel", None, 404))["message"] == (
        "Fulfillment with id: ful_none was not found"
    )
    assert part["id"] not in await listed(other_owner)


async def test_a_parcel_is_reached_through_its_own_order_only(buyer: Buyer, owner: Worker) -> None:
    one, other = await sold(buyer, owner, (SCARF, 1)), await sold(buyer, owner, (SCARF, 1))
    sent = (await delivered(owner, one["id"]))["fulfillments"][0]["id"]
    assert (await step(owner, other["id"], f"fulfillments/{sent}/cancel", None, 404))["code"] == "not_found"


async def test_a_sku_of_digits_is_found_as_well_as_a_number(buyer: Buyer, other_owner: Worker) -> None:
    first = await sold(buyer, other_owner, (TOTE, 1), handle="borneo")
    line = first["items"][0]
    sku = "4006381333931"
    await other_owner.post(f"/vendor/products/{line['product_id']}/variants/{line['variant_id']}", {"sku": sku})
    order = await sold(buyer, other_owner, (TOTE, 1), handle="borneo")
    assert await listed(other_owner, f"q={sku}") == [order["id"]]
    assert await listed(other_owner, f"q={first['display_id']}") == [first["id"]]
