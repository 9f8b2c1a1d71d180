"""Groups of customers as administrators keep them: whoever joins one sees its prices at the next request."""

from typing import Any

from tests.buying import Buyer, customer_id, member
from tests.conftest import Client
from tests.staff import Worker

GROUPS = "/admin/customer-groups"
COFFEE = "borneo/BOR-KG-250"
VIP_PRICE = 6.66


async def price_of(buyer: Buyer) -> float:
    """What the coffee costs on the page of its product, which is asked for as the buyer would."""
    europe = buyer.ids["regions"]["Europe"]
    found = await buyer.get(f"/store/product-variants/{buyer.variant(COFFEE)}?region_id={europe}")
    return float(found["variant"]["calculated_price"]["calculated_amount"])


async def test_a_member_of_a_group_has_its_prices_at_the_next_request(
    client: Client, admin: Worker, ids: dict[str, Any]
) -> None:
    vip = f"{GROUPS}/{ids['customer_groups']['VIP']}/customers"
    buyer = await member(client, ids, "soon-vip@example.com")
    mine = await customer_id(buyer)
    usual = await price_of(buyer)
    assert usual != VIP_PRICE
    await admin.post(vip, {"add": [mine]})
    assert await price_of(buyer) == VIP_PRICE
    assert (await buyer.cart((COFFEE, 1)))["items"][0]["unit_price"] == VIP_PRICE
    await admin.post(vip, {"remove": [mine]})
    assert await price_of(buyer) == usual
    path = f"/admin/customers/{mine}/customer-groups"
    put = (await admin.post(path, {"add": [ids["customer_groups"]["VIP"]]}))["customer"]
    assert [group["name"] for group in put["groups"]] == ["VIP"]
    assert await price_of(buyer) == VIP_PRICE
    await admin.post(path, {"remove": [ids["customer_groups"]["VIP"]]})
    assert await price_of(buyer) == usual


async def test_a_removed_group_has_no_members_and_its_prices_are_nobodys(
    client: Client, admin: Worker, ids: dict[str, Any]
) -> None:
    made = (await admin.post(GROUPS, {"name": "Friends"}))["customer_group"]
    buyer = await member(client, ids, "friend@example.com")
    mine = await customer_id(buyer)
    await admin.post(f"{GROUPS}/{made['id']}/customers", {"add": [mine]})
    usual = await price_of(buyer)
    assert await admin.delete(f"{GROUPS}/{made['id']}") == {
        "id": made["id"],
        "object": "customer_group",
        "deleted": True,
    }
    assert (await admin.get(f"/admin/customers/{mine}"))["customer"]["groups"] == []
    assert await price_of(buyer) == usual


async def test_groups_are_made_renamed_and_listed(admin: Worker) -> None:
    made = (await admin.post(GROUPS, {"name": "Wholesalers", "metadata": {"n": 1}}))["customer_group"]
    assert (await admin.post(GROUPS, {"name": "VIP"}, 422))["code"] == "name_taken"
    assert (await admin.post(f"{GROUPS}/{made['id']}", {"name": "VIP"}, 422))["code"] == "name_taken"
    assert (await admin.post(f"{GROUPS}/{made['id']}", {"name": "Trade"}))["customer_group"]["name"] == "Trade"
    assert [each["name"] for each in (await admin.get(f"{GROUPS}?q=trad"))["customer_groups"]] == ["Trade"]


async def test_unknown_customers_and_groups_are_missing(admin: Worker, ids: dict[str, Any]) -> None:
    vip = ids["customer_groups"]["VIP"]
    await admin.post(f"{GROUPS}/{vip}/customers", {"add": ["cus_none"]}, 404)
    await admin.post(f"{GROUPS}/cusgroup_none/customers", {"add": []}, 404)
    somebody = (await admin.post("/admin/customers", {"email": "somebody@example.com"}))["customer"]
    await admin.post(f"/admin/customers/{somebody['id']}/customer-groups", {"add": ["cusgroup_none"]}, 404)
