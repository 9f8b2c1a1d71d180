"""A seller's stock over REST: items, levels, counts, movements, bundles, sheets."""

from collections.abc import AsyncIterator
from itertools import count as numbers
from typing import Any

import asyncpg
import pytest

from tests.buying import Buyer
from tests.conftest import Client
from tests.staff import Worker
from tests.workflows.books import faults, open_books

Json = dict[str, Any]
ITEMS = "/vendor/inventory-items"
NUMBERS = numbers()


@pytest.fixture
async def books(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """The database behind the shop's back; at the end of each test its books agree."""
    connection = await open_books(database_url.replace("+asyncpg", ""))
    yield connection
    assert await faults(connection) == []
    await connection.close()


@pytest.fixture
async def berlin(ids: Json) -> str:
    return str(ids["stock_locations"]["aurora/Berlin"])


@pytest.fixture
async def buyer(client: Client, ids: Json) -> Buyer:
    return Buyer(client, ids)


async def made(owner: Worker, location_id: str = "", stocked: int = 0, **said: Any) -> Json:
    """A new item of the owner's seller, with so many pieces at the location."""
    levels = [{"location_id": location_id, "stocked_quantity": stocked}] if location_id else []
    body = {"sku": f"NEW-{next(NUMBERS)}", "location_levels": levels, **said}
    item: Json = (await owner.post(ITEMS, body))["inventory_item"]
    return item


async def moved(owner: Worker, item_id: str) -> list[tuple[Any, ...]]:
    found = (await owner.get(f"{ITEMS}/{item_id}/movements"))["inventory_movements"]
    return [(m["kind"], m["stocked_change"], m["reserved_change"], m["reason"]) for m in found]


async def test_an_item_is_made_with_its_stock_found_changed_and_deleted(
    owner: Worker, berlin: str, books: asyncpg.Connection
) -> None:
    item = await made(owner, berlin, 12, title="Lamp", weight=900, metadata={"shelf": "B4"})
    assert (item["stocked_quantity"], item["available_quantity"], item["seller_id"]) == (12, 12, owner.seller_id)
    assert [level["location_name"] for level in item["location_levels"]] == ["Berlin"]
    path = f"{ITEMS}/{item['id']}"
    assert (await owner.get(path))["inventory_item"] == item
    changed = (await owner.post(path, {"title": "Desk lamp", "metadata": None}))["inventory_item"]
    assert (changed["title"], changed["weight"], changed["metadata"]) == ("Desk lamp", 900, None)
    assert await owner.delete(path) == {"id": item["id"], "object": "inventory_item", "deleted": True}
    await owner.get(path, 404)
    gone = await books.fetchrow(
        "SELECT sum(stocked) AS pieces, count(*) AS n FROM inventory_movement WHERE item_id = $1", item["id"]
    )
    assert gone is not None
    assert (gone["pieces"], gone["n"]) == (0, 2)


async def test_a_sku_is_unique_for_the_seller_and_free_for_others(owner: Worker, other_owner: Worker) -> None:
    item, second = await made(owner), await made(owner)
    assert (await owner.post(ITEMS, {"sku": item["sku"]}, 422))["code"] == "sku_taken"
    assert (await owner.post(f"{ITEMS}/{second['id']}", {"sku": item["sku"]}, 422))["code"] == "sku_taken"
    assert (await made(other_owner, sku=item["sku"]))["sku"] == item["sku"]
    assert (await owner.post(f"{ITEMS}/{item['id']}", {"sku": item["sku"]}))["inventory_item"]["sku"] == item["sku"]


async def test_items_are_searched_filtered_and_sorted(owner: Worker, berlin: str) -> None:
    few, many = await made(owner, berlin, 2, title="Zinc bucket"), await made(owner, berlin, 90, title="Zinc tub")
    nowhere = await made(owner, title="Zinc sheet")

    async def titles(query: str) -> list[str]:
        found = await owner.get(f"{ITEMS}?q=zinc&{query}")
        assert found["count"] == len(found["inventory_items"])
        return [item["title"] for item in found["inventory_items"]]

    assert await titles("order=title") == ["Zinc bucket", "Zinc sheet", "Zinc tub"]
    assert await titles("order=-title&low_stock=2") == ["Zinc sheet", "Zinc bucket"]
    assert await titles(f"location_id={berlin}&order=sku") == ["Zinc bucket", "Zinc tub"]
    assert await titles(f"sku={many['sku']}") == ["Zinc tub"]
    assert await titles(f"id[]={few['id']}&id[]={nowhere['id']}&order=title") == ["Zinc bucket", "Zinc sheet"]
    page = await owner.get(f"{ITEMS}?q=zinc&order=title&limit=1&offset=1")
    assert (page["count"], [item["title"] for item in page["inventory_items"]]) == (3, ["Zinc sheet"])


async def test_a_page_costs_as_many_statements_as_a_single_item(
    owner: Worker, berlin: str, count_statements: Any
) -> None:
    for _ in range(6):
        await made(owner, berlin, 1, title="Counted thing")
    sent = []
    for limit in (1, 6):
        with count_statements() as statements:
            assert len((await owner.get(f"{ITEMS}?q=counted&limit={limit}"))["inventory_items"]) == limit
        sent.append(len(statements))
    assert sent[0] == sent[1]


async def test_counts_and_adjustments_leave_movements(owner: Worker, berlin: str, books: asyncpg.Connection) -> None:
    item = await made(owner, berlin, 5)
    level = f"{ITEMS}/{item['id']}/location-levels/{berlin}"
    item = (await owner.post(level, {"stocked_quantity": 8, "reason": "Counted"}))["inventory_item"]
    assert item["stocked_quantity"] == 8
    await owner.post(f"{level}/adjustments", {"adjustment": -3, "reason": "Broken"})
    item = (await owner.post(level, {"stocked_quantity": 5, "incoming_quantity": 40}))["inventory_item"]
    assert (item["stocked_quantity"], item["incoming_quantity"], item["available_quantity"]) == (5, 40, 5)
    assert await moved(owner, item["id"]) == [
        ("adjust", -3, 0, "Broken"),
        ("receive", 3, 0, "Counted"),
        ("receive", 5, 0, None),
    ]
    page = await owner.get(f"{ITEMS}/{item['id']}/movements?kind=receive&limit=1&offset=1")
    assert (page["count"], page["inventory_movements"][0]["stocked_change"]) == (2, 5)
    assert (await owner.post(f"{level}/adjustments", {"adjustment": 0}, 400))["code"] == "invalid_request"


async def test_a_count_that_was_made_on_an_old_figure_is_refused(owner: Worker, berlin: str) -> None:
    item = await made(owner, berlin, 5)
    level = f"{ITEMS}/{item['id']}/location-levels/{berlin}"
    refused = await owner.post(level, {"stocked_quantity": 9, "expected_quantity": 4}, 409)
    assert (refused["code"], refused["stocked_quantity"]) == ("stock_changed", 5)
    await owner.post(level, {"stocked_quantity": 9, "expected_quantity": 5})


async def test_stock_does_not_fall_below_what_is_held_or_sold(
    owner: Worker, buyer: Buyer, ids: Json, berlin: str, books: asyncpg.Connection
) -> None:
    item_id = ids["inventory_items"]["aurora/AUR-LS-S"]
    level = f"{ITEMS}/{item_id}/location-levels/{berlin}"
    cart = await buyer.ready(("aurora/AUR-LS-S", 3))
    held = await owner.post(level, {"stocked_quantity": 2}, 400)
    assert (held["code"], held["bound"]) == ("stock_reserved", 3)
    assert (await owner.post(f"{level}/adjustments", {"adjustment": -23}, 400))["code"] == "stock_reserved"
    assert (await owner.delete(f"{ITEMS}/{item_id}", 400))["code"] == "inventory_item_in_use"
    assert (await owner.delete(level, 400))["code"] == "inventory_level_in_use"
    await buyer.complete(cart["id"])
    item = (await owner.post(level, {"stocked_quantity": 3}))["inventory_item"]
    assert (item["reserved_quantity"], item["held_quantity"], item["available_quantity"]) == (3, 0, 0)
    assert (await owner.post(level, {"stocked_quantity": 2}, 400))["code"] == "stock_reserved"
    await owner.post(level, {"stocked_quantity": 25})


async def test_a_hold_whose_time_is_over_does_not_stand_in_the_way(
    owner: Worker, buyer: Buyer, ids: Json, berlin: str, books: asyncpg.Connection
) -> None:
    level = f"{ITEMS}/{ids['inventory_items']['aurora/AUR-WS']}/location-levels/{berlin}"
    await buyer.ready(("aurora/AUR-WS", 7))
    assert (await owner.post(level, {"stocked_quantity": 6}, 400))["bound"] == 7
    await books.execute("UPDATE stock_hold SET expires_at = now() - interval '1 second'")
    item = (await owner.post(level, {"stocked_quantity": 6}))["inventory_item"]
    assert (item["held_quantity"], item["available_quantity"]) == (0, 6)
    await owner.post(level, {"stocked_quantity": 500})


async def test_pieces_that_come_are_for_buyers_who_wait(
    other_owner: Worker, buyer: Buyer, ids: Json, books: asyncpg.Connection
) -> None:
    owner = other_owner
    item_id, jakarta = ids["inventory_items"]["borneo/BOR-RC"], ids["stock_locations"]["borneo/Jakarta"]
    before = (await owner.get(f"{ITEMS}/{item_id}"))["inventory_item"]["available_quantity"]
    cart = await buyer.ready(("borneo/BOR-RC", before + 5))
    await buyer.complete(cart["id"])
    item = (await owner.get(f"{ITEMS}/{item_id}"))["inventory_item"]
    assert (item["available_quantity"], item["backordered_quantity"]) == (0, 5)
    adjust = f"{ITEMS}/{item_id}/location-levels/{jakarta}/adjustments"
    item = (await owner.post(adjust, {"adjustment": 3}))["inventory_item"]
    assert (item["available_quantity"], item["backordered_quantity"]) == (0, 2)
    item = (await owner.post(adjust, {"adjustment": 6}))["inventory_item"]
    assert (item["available_quantity"], item["backordered_quantity"]) == (4, 0)
    assert item["reserved_quantity"] == before + 5
    assert (await moved(owner, item_id))[:2] == [("receive", 6, 2, None), ("receive", 3, 3, None)]


async def test_buyers_see_a_count_at_once(owner: Worker, buyer: Buyer, ids: Json, berlin: str) -> None:
    level = f"{ITEMS}/{ids['inventory_items']['aurora/AUR-MUG']}/location-levels/{berlin}"
    fields = "*variants,+variants.inventory_quantity"
    page = f"/store/products?handle=tea-mug&region_id={ids['regions']['Europe']}&fields={fields}"
    for quantity in (41, 17):
        await owner.post(level, {"stocked_quantity": quantity})
        (product,) = (await buyer.get(page))["products"]
        assert product["variants"][0]["inventory_quantity"] == quantity


async def test_a_level_is_opened_once_and_closed_when_empty(owner: Worker, berlin: str) -> None:
    item = await made(owner)
    levels = f"{ITEMS}/{item['id']}/location-levels"
    assert (await owner.post(f"{levels}/{berlin}", {"stocked_quantity": 1}, 404))["code"] == "inventory_level_not_found"
    await owner.post(levels, {"location_id": berlin, "stocked_quantity": 2})
    assert (await owner.post(levels, {"location_id": berlin}, 422))["code"] == "inventory_level_exists"
    assert [level["stocked_quantity"] for level in (await owner.get(levels))["inventory_levels"]] == [2]
    assert (await owner.delete(f"{levels}/{berlin}", 400))["code"] == "inventory_level_in_use"
    await owner.post(f"{levels}/{berlin}", {"stocked_quantity": 0})
    assert (await owner.delete(f"{levels}/{berlin}"))["parent"]["location_levels"] == []
    assert (await owner.delete(f"{levels}/{berlin}", 404))["code"] == "inventory_level_not_found"


async def test_a_batch_of_levels_is_done_whole_or_not_at_all(owner: Worker, berlin: str) -> None:
    attic = (await owner.post("/vendor/stock-locations", {"name": "Attic of batches"}))["stock_location"]["id"]
    item = await made(owner, berlin, 4)
    batch = f"{ITEMS}/{item['id']}/location-levels/batch"
    body = {
        "create": [{"location_id": attic, "stocked_quantity": 7}],
        "update": [{"location_id": berlin, "stocked_quantity": 6}],
    }
    bad = {**body, "update": [{"location_id": berlin, "stocked_quantity": 6, "expected_quantity": 1}]}
    assert (await owner.post(batch, bad, 409))["code"] == "stock_changed"
    twice = {"update": [{"location_id": berlin, "stocked_quantity": n} for n in (1, 2)]}
    assert (await owner.post(batch, twice, 400))["code"] == "inventory_level_named_twice"
    assert len((await owner.get(f"{ITEMS}/{item['id']}"))["inventory_item"]["location_levels"]) == 1
    done = await owner.post(batch, body)
    assert [level["stocked_quantity"] for level in (*done["created"], *done["updated"])] == [7, 6]
    emptied = {"update": [{"location_id": attic, "stocked_quantity": 0}], "delete": [attic]}
    assert (await owner.post(batch, emptied))["deleted"] == [attic]


async def test_a_sheet_of_counts_is_applied_whole_or_not_at_all(
    owner: Worker, berlin: str, books: asyncpg.Connection
) -> None:
    first, second = await made(owner, berlin, 4), await made(owner)
    rows = [
        {"sku": first["sku"], "location": "Berlin", "stocked_quantity": 9},
        {"sku": second["sku"], "location": berlin, "stocked_quantity": 3},
    ]
    bad = [
        *rows,
        {"sku": "NO-SUCH", "stocked_quantity": 1},
        {"sku": first["sku"], "location": "X", "stocked_quantity": 1},
    ]
    refused = await owner.post("/vendor/inventory/batch", {"items": bad}, 400)
    assert refused["code"] == "inventory_sheet_refused"
    assert [(error["row"], error["code"]) for error in refused["errors"]] == [
        (2, "sku_unknown"),
        (3, "location_unknown"),
    ]
    twice = await owner.post("/vendor/inventory/batch", {"items": [*rows, rows[0]]}, 400)
    assert [(error["row"], error["code"]) for error in twice["errors"]] == [(0, "row_twice"), (2, "row_twice")]
    assert (await owner.get(f"{ITEMS}/{first['id']}"))["inventory_item"]["stocked_quantity"] == 4
    done = (await owner.post("/vendor/inventory/batch", {"items": rows, "reason": "Stocktaking"}))["inventory_sheet"]
    assert (done["row_count"], done["changed_count"]) == (2, 2)
    again = (await owner.post("/vendor/inventory/batch", {"items": rows}))["inventory_sheet"]
    assert again["changed_count"] == 0
    assert await moved(owner, second["id"]) == [("receive", 3, 0, "Stocktaking")]


async def test_a_sheet_says_which_rows_are_below_what_is_held(
    owner: Worker, buyer: Buyer, books: asyncpg.Connection
) -> None:
    await buyer.ready(("aurora/AUR-WS", 4))
    rows = [{"sku": "AUR-MUG", "stocked_quantity": 50}, {"sku": "AUR-WS", "stocked_quantity": 1}]
    refused = await owner.post("/vendor/inventory/batch", {"items": rows}, 400)
    assert [(error["row"], error["code"]) for error in refused["errors"]] == [(1, "stock_reserved")]


async def test_a_bundle_is_bought_as_far_as_its_scarcest_item_goes(
    owner: Worker, buyer: Buyer, ids: Json, berlin: str
) -> None:
    product_id = next(iter(ids["products"][key] for key in ids["products"] if key.endswith("wool-scarf")))
    variant_id = ids["variants"]["aurora/AUR-WS"]
    ribbon = await made(owner, berlin, 5)
    path = f"/vendor/products/{product_id}/variants/{variant_id}/inventory-items"
    kit = (await owner.post(path, {"inventory_item_id": ribbon["id"], "required_quantity": 2}))["variant"]
    assert {need["sku"]: need["required_quantity"] for need in kit["inventory_items"]} == {
        "AUR-WS": 1,
        ribbon["sku"]: 2,
    }
    assert (await owner.get(path))["variant"] == kit
    again = {"inventory_item_id": ribbon["id"], "required_quantity": 1}
    assert (await owner.post(path, again, 422))["code"] == "variant_inventory_item_exists"
    await buyer.cart(("aurora/AUR-WS", 2))
    body = {"region_id": ids["regions"]["Europe"], "items": [{"variant_id": variant_id, "quantity": 3}]}
    assert (await buyer.post("/store/carts", body, 400))["code"] == "insufficient_inventory"
    await owner.post(f"{path}/{ribbon['id']}", {"required_quantity": 1})
    await buyer.cart(("aurora/AUR-WS", 3))
    assert (await owner.delete(f"{ITEMS}/{ribbon['id']}", 400))["code"] == "inventory_item_in_use"
    await owner.delete(f"{path}/{ribbon['id']}")
    assert (await owner.delete(f"{path}/{ribbon['id']}", 404))["code"] == "variant_inventory_item_not_found"
    await buyer.cart(("aurora/AUR-WS", 9))
    await owner.delete(f"{ITEMS}/{ribbon['id']}")


async def test_other_sellers_items_and_places_are_missing(
    owner: Worker, other_owner: Worker, ids: Json, berlin: str
) -> None:
    mine, jakarta = await made(owner, berlin, 1), ids["stock_locations"]["borneo/Jakarta"]
    theirs = await made(other_owner, jakarta, 1)
    for item_id in (theirs["id"], "iitem_none"):
        path = f"{ITEMS}/{item_id}"
        answers = [
            await owner.get(path, 404),
            await owner.post(path, {"title": "x"}, 404),
            await owner.delete(path, 404),
            await owner.get(f"{path}/location-levels", 404),
            await owner.post(f"{path}/location-levels", {"location_id": berlin}, 404),
            await owner.post(f"{path}/location-levels/{berlin}", {"stocked_quantity": 3}, 404),
            await owner.post(f"{path}/location-levels/{berlin}/adjustments", {"adjustment": 3}, 404),
            await owner.delete(f"{path}/location-levels/{berlin}", 404),
            await owner.post(f"{path}/location-levels/batch", {}, 404),
            await owner.get(f"{path}/movements", 404),
        ]
        assert {a["message"] for a in answers} == {f"Inventory item with id: {item_id} was not found"}
    levels = f"{ITEMS}/{mine['id']}/location-levels"
    for location_id in (jakarta, "sloc_none"):
        await owner.post(levels, {"location_id": location_id}, 404)
        await owner.post(f"{levels}/{location_id}", {"stocked_quantity": 3}, 404)
        await owner.post(ITEMS, {"sku": "FOREIGN", "location_levels": [{"location_id": location_id}]}, 404)
    variants = f"/vendor/products/prod_none/variants/{ids['variants']['borneo/BOR-KG-250']}/inventory-items"
    await owner.post(variants, {"inventory_item_id": mine["id"], "required_quantity": 1}, 404)
