"""A seller's products: written whole, seen by nobody else's seller, sold at once."""

import asyncio
from secrets import token_hex
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import insert, select

from models.schema.audit import audit_log
from models.schema.product import product_category_product
from services.deps import Deps
from tests.buying import Buyer
from tests.conftest import Client
from tests.seller.goods import PRODUCTS, shelf, shirt
from tests.staff import Worker, hire


@pytest.fixture(scope="module")
def europe(ids: dict[str, Any]) -> str:
    return str(ids["regions"]["Europe"])


async def test_a_whole_product_comes_back_as_it_was_said(owner: Worker, ids: dict[str, Any]) -> None:
    body = shirt(
        subtitle="Soft",
        description="<p>Of <b>linen</b></p><script>alert(1)</script>",
        category_ids=[ids["categories"]["shirts"]],
        tags=[{"id": ids["tags"]["cotton"]}],
        type_id=ids["types"]["Shirt"],
        collection_id=ids["collections"]["summer"],
        weight=280,
        origin_country="DE",
        external_id="shirt-1",
        metadata={"fit": "loose"},
    )
    made = (await owner.post(PRODUCTS, body))["product"]
    assert made == (await owner.get(f"{PRODUCTS}/{made['id']}"))["product"]
    assert (made["handle"], made["status"]) == (body["title"].lower().replace(" ", "-"), "published")
    assert (made["description"], made["weight"], made["origin_country"]) == ("Of linen", 280, "de")
    assert made["metadata"] == {"fit": "loose", "body_html": "<p>Of <b>linen</b></p>"}
    assert [one["value"] for one in made["tags"]] == ["cotton"]
    assert [one["handle"] for one in made["categories"]] == ["shirts"]
    assert (made["type"]["value"], made["collection"]["title"]) == ("Shirt", "Summer")
    assert [one["name"] for one in made["sales_channels"]] == ["Web", "Wholesale"]
    assert made["shipping_profile_id"] == ids["shipping_profiles"]["Default"]
    assert [(o["title"], [v["value"] for v in o["values"]]) for o in made["options"]] == [("Size", ["S", "M", "L"])]
    small = made["variants"][0]
    assert (small["title"], small["sku"], small["inventory_quantity"]) == ("S", body["variants"][0]["sku"], 0)
    assert [(p["amount"], p["currency_code"], p["rules"]) for p in small["prices"]] == [(19.9, "eur", {})]
    assert [need["required_quantity"] for need in small["inventory_items"]] == [1]


async def test_a_published_product_is_on_the_shelf_at_once_and_a_draft_is_not(
    owner: Worker, client: Client, europe: str
) -> None:
    made = (await owner.post(PRODUCTS, shirt()))["product"]
    assert (await shelf(client, made["id"], europe))["variants"][0]["calculated_price"]["calculated_amount"] == 19.9
    await owner.post(f"{PRODUCTS}/{made['id']}", {"status": "draft"})
    await shelf(client, made["id"], europe, 404)
    await owner.post(f"{PRODUCTS}/{made['id']}", {"status": "published", "title": "Renamed"})
    assert (await shelf(client, made["id"], europe))["title"] == "Renamed"


async def test_products_of_other_sellers_are_missing_everywhere(owner: Worker, other_owner: Worker) -> None:
    made = (await owner.post(PRODUCTS, shirt()))["product"]
    variant, option = made["variants"][0]["id"], made["options"][0]["id"]
    base = f"{PRODUCTS}/{made['id']}"
    tries: list[tuple[str, str, Any]] = [
        ("GET", base, None),
        ("POST", base, {"title": "Mine"}),
        ("DELETE", base, None),
        ("POST", f"{PRODUCTS}/batch", {"update": [{"id": made["id"], "title": "Mine"}]}),
        ("POST", f"{PRODUCTS}/batch", {"delete": [made["id"]]}),
        ("GET", f"{base}/variants", None),
        ("POST", f"{base}/variants", {"title": "Mine"}),
        ("POST", f"{base}/variants/batch", {"delete": [variant]}),
        ("GET", f"{base}/variants/{variant}", None),
        ("POST", f"{base}/variants/{variant}", {"title": "Mine"}),
        ("DELETE", f"{base}/variants/{variant}", None),
        ("POST", f"{base}/variants/{variant}/prices", {"create": [{"amount": 1, "currency_code": "eur"}]}),
        ("POST", f"{base}/variants/{variant}/images/batch", {"add": []}),
        ("GET", f"{base}/options", None),
        ("POST", f"{base}/options", {"title": "Mine", "values": ["a"]}),
        ("GET", f"{base}/options/{option}", None),
        ("POST", f"{base}/options/{option}", {"title": "Mine"}),
        ("DELETE", f"{base}/options/{option}", None),
    ]
    for method, path, body in tries:
        foreign = await other_owner.ask(method, path, body, 404)
        missing = await other_owner.ask(method, path.replace(made["id"], "prod_none"), _swapped(body, made["id"]), 404)
        assert foreign["message"].replace(made["id"], "prod_none") == missing["message"], (method, path)
    assert (await owner.get(base))["product"]["title"] == made["title"]
    assert made["id"] not in [p["id"] for p in (await other_owner.get(f"{PRODUCTS}?limit=100"))["products"]]
    # Parts of another product of one's own are no parts of this one.
    second = (await owner.post(PRODUCTS, shirt()))["product"]["id"]
    await owner.get(f"{PRODUCTS}/{second}/variants/{variant}", 404)
    await owner.post(f"{PRODUCTS}/{second}", {"variants": [{"id": variant}]}, 404)
    await owner.delete(f"{PRODUCTS}/{second}/options/{option}", 404)


def _swapped(body: Any, product_id: str) -> Any:
    if isinstance(body, dict):
        return {name: _swapped(value, product_id) for name, value in body.items()}
    if isinstance(body, list):
        return [_swapped(value, product_id) for value in body]
    return "prod_none" if body == product_id else body


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ({"category_ids": ["pcat_none"]}, "Product category"),
        ({"tag_ids": ["ptag_none"]}, "Product tag"),
        ({"sales_channel_ids": ["sc_none"]}, "Sales channel"),
        ({"collection_id": "pcol_none"}, "Product collection"),
        ({"type_id": "ptyp_none"}, "Product type"),
        ({"shipping_profile_id": "sp_none"}, "Shipping profile"),
    ],
)
async def test_what_a_product_is_filed_under_must_be_there(owner: Worker, said: dict[str, Any], what: str) -> None:
    assert (await owner.post(PRODUCTS, shirt(**said), 404))["message"].startswith(what)


async def test_categories_of_the_house_are_no_sellers_to_give_or_to_take(
    owner: Worker, deps: Deps, ids: dict[str, Any]
) -> None:
    await owner.post(PRODUCTS, shirt(category_ids=[ids["categories"]["staff-picks"]]), 404)
    made = (await owner.post(PRODUCTS, shirt(category_ids=[ids["categories"]["shirts"]])))["product"]["id"]
    picked = {"product_id": made, "category_id": ids["categories"]["staff-picks"]}
    async with deps.database.unit_of_work() as work:
        await work.execute(insert(product_category_product), picked)
    after = (await owner.post(f"{PRODUCTS}/{made}", {"category_ids": []}))["product"]
    assert after["categories"] == []
    async with deps.database.reading() as work:
        links = select(product_category_product.c.category_id).where(product_category_product.c.product_id == made)
        assert (await work.execute(links)).scalars().all() == [ids["categories"]["staff-picks"]]


async def test_a_handle_is_unique_in_the_marketplace_and_a_free_one_is_named(
    owner: Worker, other_owner: Worker
) -> None:
    await owner.post(PRODUCTS, shirt(handle="only-one"))
    refused = await other_owner.post(PRODUCTS, shirt(handle="only-one"), 422)
    assert (refused["code"], refused["suggestion"]) == ("handle_taken", "only-one-2")
    derived = (await other_owner.post(PRODUCTS, shirt(title="Only One!")))["product"]
    assert derived["handle"] == "only-one-2"
    refused = await other_owner.post(f"{PRODUCTS}/{derived['id']}", {"handle": "only-one"}, 422)
    assert (refused["code"], refused["suggestion"]) == ("handle_taken", "only-one-3")
    assert (await other_owner.post(f"{PRODUCTS}/{derived['id']}", {"handle": "only-one-2"}))["product"]["handle"]


async def test_of_many_who_want_one_handle_at_once_one_gets_it(owner: Worker, other_owner: Worker) -> None:
    wishes = [worker.send("POST", PRODUCTS, shirt(handle="raced")) for worker in (owner, other_owner) * 6]
    statuses = sorted([reply.status for reply in await asyncio.gather(*wishes)])
    assert statuses[0] == 200
    assert set(statuses[1:]) <= {422, 409}


async def test_a_deleted_product_is_gone_and_its_names_are_free(
    owner: Worker, client: Client, deps: Deps, europe: str
) -> None:
    body = shirt(handle="short-lived", external_id="ext-short")
    made = (await owner.post(PRODUCTS, body))["product"]
    gone = await owner.delete(f"{PRODUCTS}/{made['id']}")
    assert gone == {"id": made["id"], "object": "product", "deleted": True}
    await owner.get(f"{PRODUCTS}/{made['id']}", 404)
    await owner.post(f"{PRODUCTS}/{made['id']}", {"title": "Back"}, 404)
    await owner.delete(f"{PRODUCTS}/{made['id']}", 404)
    await shelf(client, made["id"], europe, 404)
    again = (await owner.post(PRODUCTS, body))["product"]
    assert (again["handle"], again["variants"][0]["sku"]) == ("short-lived", body["variants"][0]["sku"])
    # What lies in the stockroom under the SKU is still the same.
    assert (
        again["variants"][0]["inventory_items"][0]["inventory_item_id"]
        == (made["variants"][0]["inventory_items"][0]["inventory_item_id"])
    )


async def test_what_is_deleted_cannot_be_bought_from_a_cart_any_more(
    owner: Worker, client: Client, ids: dict[str, Any], europe: str
) -> None:
    body = shirt()
    for variant in body["variants"]:
        variant["manage_inventory"] = False
    made = (await owner.post(PRODUCTS, body))["product"]
    buyer = Buyer(client, ids)
    lines = [{"variant_id": made["variants"][0]["id"], "quantity": 1}]
    cart = (await buyer.post("/store/carts", {"region_id": europe, "items": lines, "email": "a@example.com"}))["cart"]
    assert cart["items"][0]["unit_price"] == 19.9
    await owner.delete(f"{PRODUCTS}/{made['id']}")
    reply = await buyer.send("POST", f"/store/carts/{cart['id']}/complete")
    assert 400 <= reply.status < 500, await reply.json()
    reply = await buyer.send("POST", f"/store/carts/{cart['id']}/line-items", lines[0])
    assert 400 <= reply.status < 500, await reply.json()


async def test_a_batch_is_done_whole_or_not_at_all(owner: Worker) -> None:
    first, second = [(await owner.post(PRODUCTS, shirt()))["product"]["id"] for _ in range(2)]
    update = [{"id": first, "title": "Changed"}]
    refused = {"create": [shirt(), shirt(type_id="ptyp_none")], "update": update, "delete": [second]}
    await owner.post(f"{PRODUCTS}/batch", refused, 404)
    assert (await owner.get(f"{PRODUCTS}/{first}"))["product"]["title"] != "Changed"
    done = await owner.post(f"{PRODUCTS}/batch", {"create": [shirt()], "update": update, "delete": [second]})
    assert [len(done["created"]), len(done["updated"])] == [1, 1]
    assert (done["updated"][0]["title"], done["deleted"]["ids"]) == ("Changed", [second])
    await owner.get(f"{PRODUCTS}/{second}", 404)
    assert (await owner.post(f"{PRODUCTS}/batch", {"create": []}, 400))["code"] == "batch_empty"
    twice = await owner.post(f"{PRODUCTS}/batch", {"update": update, "delete": [first]}, 400)
    assert twice["code"] == "batch_repeats"
    many = {"create": [shirt() for _ in range(60)], "delete": [f"prod_{n}" for n in range(41)]}
    assert (await owner.post(f"{PRODUCTS}/batch", many, 400))["code"] == "batch_too_large"


async def test_the_list_finds_by_status_words_skus_and_filing(owner: Worker, ids: dict[str, Any]) -> None:
    marked = shirt(title="Zebra Kimono", status="draft", tag_ids=[ids["tags"]["outdoor"]])
    made = (await owner.post(PRODUCTS, marked))["product"]["id"]
    sku = marked["variants"][0]["sku"]
    for query in (
        "q=zebr",
        f"q={sku}",
        f"sku={sku}",
        "status[]=draft&q=kimono",
        f"tag_id={ids['tags']['outdoor']}&status=draft",
        f"id[]={made}",
        "handle=zebra-kimono",
        "created_at[$gte]=2020-01-01T00:00:00Z&q=zebra",
    ):
        found = await owner.get(f"{PRODUCTS}?{query}")
        assert ([p["id"] for p in found["products"]], found["count"]) == ([made], 1), query
    assert (await owner.get(f"{PRODUCTS}?status=published&q=zebra"))["count"] == 0
    page = await owner.get(f"{PRODUCTS}?order=title&limit=2&offset=1&fields=id,title")
    assert [set(p) for p in page["products"]] == [{"id", "title"}] * 2


@pytest.mark.parametrize(
    "text",
    [
        "KB-72188691-S",
        "kb-7218",
        "72188691",
        "usb-c/hdmi",
        "hdmi",
        "3.1",
        "router™",
        "“fritz”",
        "a/b.txt",
        "x@y.example",
    ],
)
async def test_the_list_finds_words_whatever_signs_stand_between_them(owner: Worker, text: str) -> None:
    body = shirt(title="Cable USB-C/HDMI 3.1", description="Fits «Fritz» Router™, a/b.txt, x@y.example")
    body["variants"][0]["sku"] = f"KB-72188691-S_{token_hex(4)}"
    made = (await owner.post(PRODUCTS, body))["product"]["id"]
    assert made in [p["id"] for p in (await owner.get(f"{PRODUCTS}?q={quote(text)}&limit=50"))["products"]]
    assert (await owner.get(f"{PRODUCTS}?q={quote(text)}+nowhere"))["count"] == 0


async def test_a_list_and_a_product_take_a_constant_number_of_statements(owner: Worker, count_statements: Any) -> None:
    made = [(await owner.post(PRODUCTS, shirt()))["product"] for _ in range(3)]
    counts = []
    for query in ("limit=1", "limit=50"):
        with count_statements() as statements:
            await owner.get(f"{PRODUCTS}?{query}")
        counts.append(len(statements))
    # Finding, loading, channels, profiles; at most one more for stock that is not held.
    assert max(counts) <= 5, counts
    sizes = []
    for variants in (1, 40):
        body = shirt(options=[{"title": "N", "values": [str(n) for n in range(variants)]}])
        price = [{"amount": 1, "currency_code": "eur"}]
        body["variants"] = [{"options": {"N": str(n)}, "prices": price} for n in range(variants)]
        with count_statements() as statements:
            await owner.post(PRODUCTS, body)
        sizes.append(len(statements))
    assert sizes[0] == sizes[1]
    batches = []
    for count in (1, 3):
        with count_statements() as statements:
            update = [{"id": one["id"], "subtitle": f"{count} at once"} for one in made[:count]]
            await owner.post(f"{PRODUCTS}/batch", {"create": [shirt() for _ in range(count)], "update": update})
        batches.append(len(statements))
    assert batches[0] == batches[1]


async def test_only_who_may_write_the_catalogue_writes_it(client: Client, deps: Deps, sellers: list[str]) -> None:
    support = await hire(client, deps, seller_id=sellers[0], role="support")
    await support.get(PRODUCTS)
    assert (await support.post(PRODUCTS, shirt(), 403))["code"] == "forbidden"
    clerk = await hire(client, deps, seller_id=sellers[0], role="catalogue")
    await clerk.post(PRODUCTS, shirt())
    closed = await hire(client, deps, seller_id=sellers[3])
    assert (await closed.post(PRODUCTS, shirt(), 403))["code"] == "store_state_forbids"


async def test_what_was_done_stands_in_the_audit_log(owner: Worker, deps: Deps) -> None:
    made = (await owner.post(PRODUCTS, shirt()))["product"]
    path = f"{PRODUCTS}/{made['id']}"
    await owner.post(path, {"subtitle": "New"})
    price = made["variants"][0]["prices"][0]["id"]
    await owner.post(f"{path}/variants/{made['variants'][0]['id']}/prices", {"update": [{"id": price, "amount": 5}]})
    await owner.delete(path)
    async with deps.database.reading() as work:
        mine = select(audit_log).where(audit_log.c.entity_id == made["id"]).order_by(audit_log.c.id)
        log = (await work.execute(mine)).all()
    assert [row.action for row in log] == ["product.create", "product.update", "product.prices", "product.delete"]
    assert (log[1].before, log[1].after) == ({"subtitle": None}, {"subtitle": "New"})
    assert log[2].after[f"variant {made['variants'][0]['id']}"]["prices"] == [["eur", 500, None, None, None]]
    assert {(row.actor_id, row.seller_id) for row in log} == {(owner.actor_id, owner.seller_id)}


async def test_the_same_key_makes_one_product(owner: Worker) -> None:
    body = shirt()
    first, second = [await owner.post(PRODUCTS, body, idempotency_key="one-shirt") for _ in range(2)]
    assert first == second


async def test_a_product_that_the_platform_rejected_waits_for_its_word(
    owner: Worker, admin: Worker, client: Client, europe: str
) -> None:
    made = (await owner.post(PRODUCTS, shirt()))["product"]["id"]
    await admin.post(f"/admin/products/{made}/reject", {"reason": "The picture shows another shirt."})
    await shelf(client, made, europe, 404)
    seen = (await owner.get(f"{PRODUCTS}/{made}"))["product"]
    assert (seen["status"], seen["rejection_reason"]) == ("rejected", "The picture shows another shirt.")
    for status in ("draft", "proposed"):
        await owner.post(f"{PRODUCTS}/{made}", {"status": status})
        refused = await owner.post(f"{PRODUCTS}/{made}", {"status": "published"}, 409)
        assert refused["code"] == "product_rejected"
    done = (await admin.post(f"/admin/products/{made}/publish"))["product"]
    assert (done["status"], done["rejected_at"]) == ("published", None)
    await shelf(client, made, europe)
    assert (await admin.post(f"/admin/products/{made}/publish", status=409))["code"] == "product_status_unchanged"
    await admin.get(f"/admin/products/{made}")
    found = await admin.get(f"/admin/products?id={made}&seller_id={owner.seller_id}&fields=+seller.name")
    assert (found["count"], found["products"][0]["seller"]["name"]) == (1, "Aurora")
    await admin.post("/admin/products/prod_none/reject", {"reason": "No"}, 404)
    assert (await owner.post(f"{PRODUCTS}/{made}", {"status": "rejected"}, 400))["message"]


async def test_a_published_product_has_something_to_sell(owner: Worker) -> None:
    bare = {"title": "Bare", "status": "published"}
    assert (await owner.post(PRODUCTS, bare, 400))["code"] == "product_not_sellable"
    made = (await owner.post(PRODUCTS, {"title": "Bare"}))["product"]
    refused = await owner.post(f"{PRODUCTS}/{made['id']}", {"status": "published"}, 400)
    assert refused["code"] == "product_not_sellable"
    sold = (await owner.post(PRODUCTS, shirt()))["product"]["id"]
    refused = await owner.post(f"{PRODUCTS}/{sold}", {"variants": []}, 400)
    assert refused["code"] == "product_not_sellable"
