"""What is referred to while it is removed: the remover or the other comes second, and nobody meets a fault."""

import asyncio
from typing import Any

from tests.buying import Buyer
from tests.conftest import Client
from tests.staff import Worker

EXPECTED = {200, 400, 404, 409, 422}


async def test_a_region_removed_while_carts_are_begun_in_it(client: Client, admin: Worker, ids: dict[str, Any]) -> None:
    buyer = Buyer(client, ids)
    for turn in range(6):
        made = (await admin.post("/admin/regions", {"name": f"Short-lived {turn}", "currency_code": "eur"}))["region"]
        carts = [buyer.send("POST", "/store/carts", {"region_id": made["id"]}) for _ in range(4)]
        replies = await asyncio.gather(*carts, admin.send("DELETE", f"/admin/regions/{made['id']}"))
        begun, gone = [reply.status for reply in replies[:-1]], replies[-1].status
        assert {*begun, gone} <= EXPECTED, (begun, gone)
        assert (gone == 409) == (200 in begun)


async def test_a_category_removed_while_products_are_filed_under_it(admin: Worker, ids: dict[str, Any]) -> None:
    product_ids = list(ids["products"].values())[:4]
    for turn in range(6):
        body = {"name": f"Fleeting {turn}"}
        made = (await admin.post("/admin/product-categories", body))["product_category"]
        path = f"/admin/product-categories/{made['id']}"
        filed = [admin.send("POST", f"{path}/products", {"add": [each]}) for each in product_ids]
        replies = await asyncio.gather(*filed, admin.send("DELETE", path))
        assert {reply.status for reply in replies} <= EXPECTED
        assert replies[-1].status == 200
        await admin.get(path, 404)


async def test_a_tag_that_is_deleted_twice_at_once_is_deleted_once(admin: Worker) -> None:
    made = (await admin.post("/admin/product-tags", {"value": "brief"}))["product_tag"]
    replies = await asyncio.gather(*(admin.send("DELETE", f"/admin/product-tags/{made['id']}") for _ in range(4)))
    assert sorted(reply.status for reply in replies) == [200, 404, 404, 404]


async def test_products_are_filed_while_their_seller_changes_them(admin: Worker, owner: Worker) -> None:
    made = [(await owner.post("/vendor/products", {"title": "Filed"}))["product"]["id"] for _ in range(3)]
    category = (await admin.post("/admin/product-categories", {"name": "Filing"}))["product_category"]["id"]
    collection = (await admin.post("/admin/collections", {"title": "Filing"}))["collection"]["id"]
    for turn in range(6):
        verb = "remove" if turn % 2 else "add"
        replies = await asyncio.gather(
            owner.send("POST", "/vendor/products/batch", {"update": [{"id": i, "title": f"F {turn}"} for i in made]}),
            admin.send("POST", f"/admin/product-categories/{category}/products", {verb: made[::-1]}),
            admin.send("POST", f"/admin/collections/{collection}/products", {verb: made}),
        )
        assert [reply.status for reply in replies] == [200, 200, 200], turn
