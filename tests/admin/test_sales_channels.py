"""Sales channels as administrators keep them."""

from typing import Any

from tests.admin.test_regions import STORE, seen
from tests.buying import Buyer
from tests.conftest import Client
from tests.staff import Worker

CHANNELS = "/admin/sales-channels"


async def channel(admin: Worker, name: str) -> dict[str, Any]:
    (found,) = (await admin.get(f"{CHANNELS}?name={name}"))["sales_channels"]
    return dict(found)


async def test_a_disabled_channel_shows_nothing_at_once_and_all_when_it_is_enabled(
    client: Client, admin: Worker
) -> None:
    before = (await seen(client, "/store/products"))["count"]
    path = f"{CHANNELS}/{(await channel(admin, 'Web'))['id']}"
    assert before > 0
    assert (await admin.post(path, {"is_disabled": True}))["sales_channel"]["is_disabled"] is True
    shut = await client.get("/store/products", headers=STORE)
    assert (shut.status, (await shut.json())["code"]) == (400, "no_sales_channel")
    await admin.post(path, {"is_disabled": False})
    assert (await seen(client, "/store/products"))["count"] == before


async def test_products_are_sold_in_a_channel_or_no_longer(client: Client, admin: Worker, ids: dict[str, Any]) -> None:
    product_id = next(iter(ids["products"].values()))
    path = f"{CHANNELS}/{(await channel(admin, 'Web'))['id']}/products"
    await seen(client, f"/store/products/{product_id}")
    await admin.post(path, {"remove": [product_id]})
    gone = await client.get(f"/store/products/{product_id}", headers=STORE)
    assert gone.status == 404
    await admin.post(path, {"add": [product_id, product_id]})
    await seen(client, f"/store/products/{product_id}")
    missing = await admin.post(path, {"add": ["prod_none"]}, 404)
    assert missing["message"] == "Product with id: prod_none was not found"


async def test_a_channel_is_made_renamed_and_removed(admin: Worker) -> None:
    made = (await admin.post(CHANNELS, {"name": "Market stall", "description": "Saturdays"}))["sales_channel"]
    assert (made["is_disabled"], made["description"]) == (False, "Saturdays")
    assert (await admin.post(CHANNELS, {"name": "Market stall"}, 422))["code"] == "name_taken"
    path = f"{CHANNELS}/{made['id']}"
    assert (await admin.post(path, {"name": "Web"}, 422))["code"] == "name_taken"
    assert (await admin.post(path, {"description": None}))["sales_channel"]["description"] is None
    gone = await admin.delete(path)
    assert gone == {"id": made["id"], "object": "sales-channel", "deleted": True}
    await admin.delete(path, 404)


async def test_a_channel_in_which_somebody_has_a_cart_can_only_be_disabled(
    client: Client, admin: Worker, ids: dict[str, Any]
) -> None:
    await Buyer(client, ids).cart()
    refused = await admin.delete(f"{CHANNELS}/{(await channel(admin, 'Web'))['id']}", 409)
    assert refused["code"] == "in_use"
