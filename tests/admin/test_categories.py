"""The category tree as administrators keep it: paths, ranks, moves, and what buyers see of it at once."""

import asyncio
from typing import Any

import pytest

from tests.admin.test_regions import seen
from tests.conftest import Client
from tests.staff import Worker

CATEGORIES = "/admin/product-categories"


async def make(admin: Worker, name: str, **said: Any) -> dict[str, Any]:
    return dict((await admin.post(CATEGORIES, {"name": name, **said}))["product_category"])


async def get(admin: Worker, row_id: str) -> dict[str, Any]:
    return dict((await admin.get(f"{CATEGORIES}/{row_id}"))["product_category"])


async def names(admin: Worker, parent_id: str) -> list[tuple[str, int]]:
    found = await admin.get(f"{CATEGORIES}?parent_category_id={parent_id}&order=rank")
    return [(each["name"], each["rank"]) for each in found["product_categories"]]


async def test_a_moved_category_takes_all_below_it_along(admin: Worker) -> None:
    a, b = await make(admin, "Alpha"), await make(admin, "Beta")
    child = await make(admin, "Child", parent_category_id=a["id"])
    leaf = await make(admin, "Leaf", parent_category_id=child["id"])
    assert leaf["mpath"] == f"{a['id']}.{child['id']}.{leaf['id']}."
    assert leaf["parent_category"]["name"] == "Child"
    moved = (await admin.post(f"{CATEGORIES}/{child['id']}", {"parent_category_id": b["id"]}))["product_category"]
    assert moved["mpath"] == f"{b['id']}.{child['id']}."
    assert (await get(admin, leaf["id"]))["mpath"] == f"{b['id']}.{child['id']}.{leaf['id']}."
    assert [each["name"] for each in (await get(admin, b["id"]))["category_children"]] == ["Child"]
    await admin.post(f"{CATEGORIES}/{child['id']}", {"parent_category_id": None})
    assert (await get(admin, leaf["id"]))["mpath"] == f"{child['id']}.{leaf['id']}."


async def test_no_category_comes_below_itself(admin: Worker) -> None:
    top = await make(admin, "Top")
    below = await make(admin, "Below top", parent_category_id=top["id"])
    for parent in (top, below):
        refused = await admin.post(f"{CATEGORIES}/{top['id']}", {"parent_category_id": parent["id"]}, 400)
        assert refused["code"] == "category_cycle"
    assert (await get(admin, top["id"]))["parent_category_id"] is None


async def test_two_moves_at_once_do_not_make_a_ring(admin: Worker) -> None:
    for turn in range(5):
        one, two = await make(admin, f"Ring one {turn}"), await make(admin, f"Ring two {turn}")
        replies = await asyncio.gather(
            admin.send("POST", f"{CATEGORIES}/{one['id']}", {"parent_category_id": two["id"]}),
            admin.send("POST", f"{CATEGORIES}/{two['id']}", {"parent_category_id": one["id"]}),
        )
        assert sorted(reply.status for reply in replies) == [200, 400]


async def test_a_rank_is_a_place_among_the_siblings(admin: Worker) -> None:
    top = await make(admin, "Shelf")
    for name in ("S1", "S2", "S3"):
        await make(admin, name, parent_category_id=top["id"])
    first = await make(admin, "S0", parent_category_id=top["id"], rank=0)
    assert await names(admin, top["id"]) == [("S0", 0), ("S1", 1), ("S2", 2), ("S3", 3)]
    await admin.post(f"{CATEGORIES}/{first['id']}", {"rank": 2})
    assert await names(admin, top["id"]) == [("S1", 0), ("S2", 1), ("S0", 2), ("S3", 3)]


async def test_a_category_with_children_is_not_removed(client: Client, admin: Worker) -> None:
    top = await make(admin, "Parent")
    below = await make(admin, "Kid", parent_category_id=top["id"])
    refused = await admin.delete(f"{CATEGORIES}/{top['id']}", 409)
    assert (refused["code"], refused["users"]) == ("in_use", "its child categories")
    await admin.delete(f"{CATEGORIES}/{below['id']}")
    gone = await admin.delete(f"{CATEGORIES}/{top['id']}")
    assert gone == {"id": top["id"], "object": "product_category", "deleted": True}
    await admin.get(f"{CATEGORIES}/{top['id']}", 404)


async def test_buyers_see_a_change_at_once(client: Client, admin: Worker) -> None:
    made = await make(admin, "Garden & Größe")
    assert made["handle"] == "garden-grosse"
    path = f"/store/product-categories?handle={made['handle']}"
    assert (await seen(client, path))["product_categories"][0]["name"] == "Garden & Größe"
    await admin.post(f"{CATEGORIES}/{made['id']}", {"name": "Garden"})
    assert (await seen(client, path))["product_categories"][0]["name"] == "Garden"
    await admin.post(f"{CATEGORIES}/{made['id']}", {"is_internal": True})
    assert (await seen(client, path))["count"] == 0
    assert (await admin.get(f"{CATEGORIES}?is_internal=true&q=garden"))["count"] == 1


async def test_products_are_filed_under_a_category_or_no_longer(
    client: Client, admin: Worker, ids: dict[str, Any]
) -> None:
    made = await make(admin, "New arrivals")
    product_id = next(iter(ids["products"].values()))
    listed = f"/store/products?category_id={made['id']}"
    assert (await seen(client, listed))["count"] == 0
    await admin.post(f"{CATEGORIES}/{made['id']}/products", {"add": [product_id]})
    assert [each["id"] for each in (await seen(client, listed))["products"]] == [product_id]
    await admin.post(f"{CATEGORIES}/{made['id']}/products", {"remove": [product_id]})
    assert (await seen(client, listed))["count"] == 0
    await admin.post(f"{CATEGORIES}/{made['id']}/products", {"add": [product_id]})
    await admin.delete(f"{CATEGORIES}/{made['id']}")
    await seen(client, f"/store/products/{product_id}")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"name": "Apparel"}, 422, "handle_taken"),
        ({"name": "X", "parent_category_id": "pcat_none"}, 404, "not_found"),
        ({"name": "!!!"}, 400, "handle_missing"),
        ({"name": "X", "handle": "Not a handle"}, 400, "invalid_request"),
        ({"name": "X", "mpath": "x."}, 400, "invalid_request"),
    ],
)
async def test_a_category_that_cannot_be_is_refused(
    admin: Worker, body: dict[str, Any], status: int, code: str
) -> None:
    assert (await admin.post(CATEGORIES, body, status))["code"] == code


async def test_a_handle_that_is_taken_is_refused_when_it_is_changed(admin: Worker) -> None:
    made = await make(admin, "Unique so far")
    assert (await admin.post(f"{CATEGORIES}/{made['id']}", {"handle": "apparel"}, 422))["code"] == "handle_taken"
    racing = [await make(admin, f"Racer {n}") for n in range(4)]
    replies = await asyncio.gather(
        *(admin.send("POST", f"{CATEGORIES}/{each['id']}", {"handle": "the-only-one"}) for each in racing)
    )
    assert sorted(reply.status for reply in replies) == [200, 422, 422, 422]


async def test_a_category_takes_its_place_among_few_and_many_in_as_many_statements(
    admin: Worker, count_statements: Any
) -> None:
    parent = (await admin.post(CATEGORIES, {"name": "Crowded"}))["product_category"]["id"]
    counts = []
    for turn in range(12):
        with count_statements() as statements:
            await admin.post(CATEGORIES, {"name": f"First {turn}", "parent_category_id": parent, "rank": 0})
        counts.append(len(statements))
    assert counts[2] == counts[11]
    found = await admin.get(f"{CATEGORIES}?parent_category_id={parent}&order=rank&fields=name,rank")
    ranked = [(each["name"], each["rank"]) for each in found["product_categories"]]
    assert ranked == [(f"First {11 - place}", place) for place in range(12)]
