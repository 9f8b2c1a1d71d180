"""Variants and options of a seller's product: every combination once, SKUs once a seller, stock from the first day."""

import asyncio
from typing import Any

import pytest

from tests.seller.goods import PRODUCTS, shirt
from tests.staff import Worker

Json = dict[str, Any]
EUR = [{"amount": 5, "currency_code": "eur"}]


async def put_up(owner: Worker, **said: Any) -> Json:
    made: Json = (await owner.post(PRODUCTS, shirt(**said)))["product"]
    return made


def chosen(variant: Json) -> dict[str, str]:
    return {one["option"]["title"]: one["value"] for one in variant["options"]}


async def test_a_variant_is_added_changed_and_deleted(owner: Worker) -> None:
    made = await put_up(owner)
    path = f"{PRODUCTS}/{made['id']}/variants"
    body = {"options": {"Size": "L"}, "prices": EUR, "weight": 300, "allow_backorder": True, "order_limit": 2}
    large = (await owner.post(path, body))["product"]["variants"][-1]
    assert (large["title"], large["sku"], large["weight"], large["allow_backorder"]) == ("L", None, 300, True)
    assert large["order_limit"] == 2
    assert large["inventory_quantity"] == 0
    assert (await owner.get(f"{path}/{large['id']}"))["variant"] == large
    changed = (await owner.post(f"{path}/{large['id']}", {"title": "Large", "sku": "SH-LARGE"}))["product"]
    assert [(v["title"], v["sku"]) for v in changed["variants"]][-1] == ("Large", "SH-LARGE")
    assert changed["variants"][-1]["prices"] == large["prices"]
    assert chosen(changed["variants"][-1]) == {"Size": "L"}
    listed = await owner.get(f"{path}?limit=1&offset=2")
    assert ([v["title"] for v in listed["variants"]], listed["count"]) == (["Large"], 3)
    gone = await owner.delete(f"{path}/{large['id']}")
    assert (gone["object"], gone["deleted"], len(gone["parent"]["variants"])) == ("variant", True, 2)
    await owner.get(f"{path}/{large['id']}", 404)


async def test_no_two_variants_have_the_same_values(owner: Worker) -> None:
    made = await put_up(owner)
    path = f"{PRODUCTS}/{made['id']}/variants"
    small, medium = (one["id"] for one in made["variants"])
    refused = await owner.post(path, {"options": {"Size": "S"}}, 422)
    assert refused["code"] == "variant_combination_taken"
    assert (await owner.post(f"{path}/{small}", {"options": {"Size": "M"}}, 422))["code"] == refused["code"]
    swap = {"update": [{"id": small, "options": {"Size": "M"}}, {"id": medium, "options": {"Size": "S"}}]}
    swapped = (await owner.post(f"{path}/batch", swap))["updated"]
    assert [chosen(one) for one in swapped] == [{"Size": "M"}, {"Size": "S"}]
    assert (await owner.post(PRODUCTS, {"title": "Two alike", "variants": [{}, {}]}, 422))["code"] == refused["code"]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({}, "variant_options_incomplete"),
        ({"Size": "XXL"}, "option_value_unknown"),
        ({"Size": "L", "Colour": "Red"}, "option_unknown"),
    ],
)
async def test_a_variant_has_a_known_value_of_every_option(owner: Worker, options: Json, code: str) -> None:
    made = await put_up(owner)
    assert (await owner.post(f"{PRODUCTS}/{made['id']}/variants", {"options": options}, 400))["code"] == code
    await owner.post(f"{PRODUCTS}/{made['id']}/variants", {"options": {"Size": {"a": 1}}}, 400)


async def test_a_sku_is_unique_for_its_seller_alone(owner: Worker, other_owner: Worker) -> None:
    first = await put_up(owner)
    sku = first["variants"][0]["sku"]
    taken = {"title": "Other", "variants": [{"sku": sku}]}
    refused = await owner.post(PRODUCTS, taken, 422)
    assert (refused["code"], refused["sku"]) == ("sku_taken", sku)
    await other_owner.post(PRODUCTS, taken)
    path = f"{PRODUCTS}/{first['id']}/variants"
    small, medium = first["variants"]
    assert (await owner.post(f"{path}/{medium['id']}", {"sku": sku}, 422))["code"] == "sku_taken"
    twice = {"create": [{"sku": "TWICE", "options": {"Size": "L"}}, {"sku": "TWICE", "options": {"Size": "L"}}]}
    assert (await owner.post(f"{path}/batch", twice, 422))["code"] == "sku_taken"
    swap = {"update": [{"id": small["id"], "sku": medium["sku"]}, {"id": medium["id"], "sku": sku}]}
    assert [v["sku"] for v in (await owner.post(f"{path}/batch", swap))["updated"]] == [medium["sku"], sku]


async def test_a_sku_that_changed_does_not_share_its_stock_with_who_takes_it(owner: Worker) -> None:
    made = await put_up(owner)
    path = f"{PRODUCTS}/{made['id']}/variants"
    small = made["variants"][0]
    await owner.post(f"{path}/{small['id']}", {"sku": f"{small['sku']}-OLD"})
    body = {"sku": small["sku"], "options": {"Size": "L"}}
    variants = (await owner.post(path, body))["product"]["variants"]
    items = [one["inventory_items"][0]["inventory_item_id"] for one in variants]
    assert len(set(items)) == 3


async def test_stock_is_counted_from_the_moment_it_is_asked_for(owner: Worker, ids: Json, deps: Any) -> None:
    made = await put_up(owner, options=[], variants=[{"manage_inventory": False, "prices": EUR}])
    variant = made["variants"][0]
    assert (variant["inventory_items"], variant["inventory_quantity"]) == ([], None)
    path = f"{PRODUCTS}/{made['id']}/variants/{variant['id']}"
    counted = (await owner.post(path, {"manage_inventory": True}))["product"]["variants"][0]
    assert (len(counted["inventory_items"]), counted["inventory_quantity"]) == (1, 0)


async def test_a_bundle_takes_items_of_the_seller_and_no_others(owner: Worker, other_owner: Worker) -> None:
    parts = [one["inventory_items"][0]["inventory_item_id"] for one in (await put_up(owner))["variants"]]
    needs = [{"inventory_item_id": parts[0], "required_quantity": 2}, {"inventory_item_id": parts[1]}]
    bundle = {"title": "Bundle", "variants": [{"inventory_items": needs}]}
    made = (await owner.post(PRODUCTS, bundle))["product"]["variants"][0]
    assert {n["inventory_item_id"]: n["required_quantity"] for n in made["inventory_items"]} == {
        parts[0]: 2,
        parts[1]: 1,
    }
    await other_owner.post(PRODUCTS, bundle, 404)


async def test_an_added_option_gives_its_first_value_to_what_is_there(owner: Worker) -> None:
    made = await put_up(owner)
    path = f"{PRODUCTS}/{made['id']}/options"
    after = (await owner.post(path, {"title": "Colour", "values": ["Red", "Blue"]}))["product"]
    assert [chosen(one) for one in after["variants"]] == [{"Size": s, "Colour": "Red"} for s in ("S", "M")]
    assert (await owner.post(path, {"title": "Colour", "values": ["Red"]}, 422))["code"] == "option_taken"
    colour = after["options"][1]
    assert (await owner.get(f"{path}/{colour['id']}"))["product_option"] == colour
    assert (await owner.get(path))["count"] == 2
    gone = await owner.delete(f"{path}/{colour['id']}")
    assert [chosen(one) for one in gone["parent"]["variants"]] == [{"Size": "S"}, {"Size": "M"}]
    refused = await owner.delete(f"{path}/{made['options'][0]['id']}", 422)
    assert refused["code"] == "variant_combination_taken"


async def test_values_are_renamed_and_added_and_go_only_when_no_variant_has_them(owner: Worker) -> None:
    made = await put_up(owner)
    size = made["options"][0]
    path = f"{PRODUCTS}/{made['id']}/options/{size['id']}"
    refused = await owner.post(path, {"values": ["S", "L"]}, 409)
    assert (refused["code"], refused["value"]) == ("option_value_used", "M")
    small = size["values"][0]["id"]
    body = {
        "title": "Grösse",
        "values": ["XL", {"id": small, "value": "M"}, {"id": size["values"][1]["id"], "value": "S"}],
    }
    after = (await owner.post(path, body))["product"]
    assert [v["value"] for v in after["options"][0]["values"]] == ["XL", "M", "S"]
    assert [chosen(one) for one in after["variants"]] == [{"Grösse": "M"}, {"Grösse": "S"}]
    assert (await owner.post(path, {"values": ["XL", "XL", "M", "S"]}, 400))["code"] == "option_value_repeated"
    await owner.post(path, {"values": [{"id": "optval_none", "value": "M"}]}, 404)
    # A value gets another name, and its old one is that of a new value.
    body = {"values": ["M", {"id": small, "value": "Medium"}, "S"]}
    after = (await owner.post(path, body))["product"]
    assert [chosen(one) for one in after["variants"]] == [{"Grösse": "Medium"}, {"Grösse": "S"}]
    assert small not in [v["id"] for v in after["options"][0]["values"] if v["value"] == "M"]


async def test_a_product_is_changed_whole_with_all_its_parts(owner: Worker) -> None:
    made = await put_up(owner)
    small, medium = made["variants"]
    body = {
        "options": [{"title": "Colour", "values": ["Red"]}, {"id": made["options"][0]["id"], "title": "Size"}],
        "variants": [
            {"options": {"Size": "L", "Colour": "Red"}, "prices": EUR},
            {"id": medium["id"], "title": "Middle"},
        ],
    }
    after = (await owner.post(f"{PRODUCTS}/{made['id']}", body))["product"]
    assert [o["title"] for o in after["options"]] == ["Colour", "Size"]
    assert [v["title"] for v in after["variants"]] == ["Red / L", "Middle"]
    assert [v["id"] for v in after["variants"]][1] == medium["id"]
    assert chosen(after["variants"][1]) == {"Colour": "Red", "Size": "M"}
    await owner.get(f"{PRODUCTS}/{made['id']}/variants/{small['id']}", 404)


async def test_a_batch_of_variants_is_done_whole_or_not_at_all(owner: Worker) -> None:
    made = await put_up(owner)
    small, medium = (one["id"] for one in made["variants"])
    path = f"{PRODUCTS}/{made['id']}/variants/batch"
    body: Json = {"create": [{"options": {"Size": "S"}}], "update": [{"id": medium, "title": "Mid"}], "delete": [small]}
    await owner.post(path, {**body, "create": [{"options": {"Size": "M"}}]}, 422)
    assert len((await owner.get(f"{PRODUCTS}/{made['id']}"))["product"]["variants"]) == 2
    done = await owner.post(path, body)
    assert ([v["title"] for v in done["created"]], [v["title"] for v in done["updated"]]) == (["S"], ["Mid"])
    assert done["deleted"]["ids"] == [small]
    both = {"update": [{"id": medium}], "delete": [medium]}
    assert (await owner.post(path, both, 400))["code"] == "batch_repeats"


async def test_of_many_who_add_one_combination_at_once_one_does(owner: Worker) -> None:
    made = await put_up(owner)
    path = f"{PRODUCTS}/{made['id']}/variants"
    replies = await asyncio.gather(*(owner.send("POST", path, {"options": {"Size": "L"}}) for _ in range(8)))
    assert sorted(reply.status for reply in replies) == [200, *[422] * 7]


async def test_a_product_has_500_variants_at_the_most(owner: Worker) -> None:
    values = [str(n) for n in range(50)]
    pairs = [{"options": {"A": a, "B": b}} for a in values[:10] for b in values]
    options = [{"title": "A", "values": values[:11]}, {"title": "B", "values": values}]
    made = (await owner.post(PRODUCTS, {"title": "Many", "options": options, "variants": pairs}))["product"]
    assert len(made["variants"]) == 500
    more = {"options": {"A": "10", "B": "0"}}
    assert (await owner.post(f"{PRODUCTS}/{made['id']}/variants", more, 400))["code"] == "product_too_large"


async def test_variants_that_exchange_their_skus_take_their_stock_along(owner: Worker) -> None:
    made = (await owner.post(PRODUCTS, shirt()))["product"]
    first, second = made["variants"]
    swap = [{"id": first["id"], "sku": second["sku"]}, {"id": second["id"], "sku": first["sku"]}]
    await owner.post(f"{PRODUCTS}/{made['id']}/variants/batch", {"update": swap})
    counted = {"items": [{"sku": second["sku"], "stocked_quantity": 7}]}
    await owner.post("/vendor/inventory/batch", counted)
    found = (await owner.get(f"{PRODUCTS}/{made['id']}"))["product"]["variants"]
    assert {variant["sku"]: variant["inventory_quantity"] for variant in found} == {first["sku"]: 0, second["sku"]: 7}


async def test_an_item_keeps_its_sku_where_another_bears_the_new_one(owner: Worker) -> None:
    made = (await owner.post(PRODUCTS, shirt()))["product"]
    first, second = made["variants"]
    taken = (await owner.post("/vendor/inventory-items", {"sku": f"{first['sku']}-TAKEN"}))["inventory_item"]
    chain = [{"id": first["id"], "sku": second["sku"]}, {"id": second["id"], "sku": taken["sku"]}]
    await owner.post(f"{PRODUCTS}/{made['id']}/variants/batch", {"update": chain})
    items = [variant["inventory_items"][0]["inventory_item_id"] for variant in (first, second)]
    found = [(await owner.get(f"/vendor/inventory-items/{i}"))["inventory_item"]["sku"] for i in items]
    assert found == [second["sku"], None]
    back = [{"id": first["id"], "sku": taken["sku"]}, {"id": second["id"], "sku": None}]
    await owner.post(f"{PRODUCTS}/{made['id']}/variants/batch", {"update": back})
    assert (await owner.get(f"/vendor/inventory-items/{items[0]}"))["inventory_item"]["sku"] == second["sku"]


async def test_an_option_of_two_lines_can_be_chosen(owner: Worker) -> None:
    options = [{"title": "Size\n(EU)", "values": ["38"]}]
    body = {"title": "Boot", "options": options, "variants": [{"options": {"Size\n(EU)": "38"}}]}
    assert (await owner.post(PRODUCTS, body))["product"]["variants"][0]["title"] == "38"
