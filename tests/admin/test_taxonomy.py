"""Collections, tags, types, return reasons and shipping profiles as administrators keep them."""

import asyncio
from typing import Any

import pytest

from tests.admin.test_regions import logged, seen
from tests.conftest import Client
from tests.staff import Worker

KINDS = {
    "collections": ("collection", "collection", {"title": "Winter"}, {"title": "Deep winter"}),
    "product-tags": ("product_tag", "product_tag", {"value": "wool"}, {"value": "fine wool"}),
    "product-types": ("product_type", "product_type", {"value": "Hat"}, {"value": "Cap"}),
    "return-reasons": ("return_reason", "return_reason", {"value": "late", "label": "Late"}, {"label": "Too late"}),
    "shipping-profiles": ("shipping_profile", "shipping_profile", {"name": "Frozen"}, {"type": "cold"}),
}


@pytest.mark.parametrize("path", KINDS)
async def test_rows_are_made_changed_listed_and_removed(admin: Worker, path: str) -> None:
    key, entity, body, change = KINDS[path]
    made = (await admin.post(f"/admin/{path}", {**body, "metadata": {"n": 1}}))[key]
    assert {**body, "metadata": {"n": 1}}.items() <= made.items()
    one = f"/admin/{path}/{made['id']}"
    changed = (await admin.post(one, {**change, "metadata": None}))[key]
    assert {**change, "metadata": None}.items() <= changed.items()
    assert (await admin.get(one))[key] == changed
    listed = await admin.get(f"/admin/{path}?id={made['id']}")
    assert (listed["count"], next(v for v in listed.values() if isinstance(v, list))) == (1, [changed])
    assert await admin.delete(one) == {"id": made["id"], "object": key, "deleted": True}
    await admin.get(one, 404)
    await admin.post(one, change, 404)
    await admin.delete(one, 404)
    actions = [each["action"] for each in await logged(admin, entity, made["id"])]
    assert actions == [f"{entity}.{verb}" for verb in ("delete", "update", "create")]


@pytest.mark.parametrize("path", KINDS)
async def test_a_taken_name_is_refused_also_when_many_ask_at_once(admin: Worker, path: str) -> None:
    key, _, body, _ = KINDS[path]
    replies = await asyncio.gather(*(admin.send("POST", f"/admin/{path}", body) for _ in range(4)))
    assert sorted(reply.status for reply in replies) == [200, 422, 422, 422]
    codes = {(await reply.json())["code"] for reply in replies if reply.status == 422}
    assert codes <= {"handle_taken", "value_taken", "name_taken"}
    made = next([await reply.json() for reply in replies if reply.status == 200].__iter__())[key]
    await admin.delete(f"/admin/{path}/{made['id']}")
    again = (await admin.post(f"/admin/{path}", body))[key]
    await admin.delete(f"/admin/{path}/{again['id']}")


async def test_products_move_into_a_collection_and_out_again(
    client: Client, admin: Worker, ids: dict[str, Any]
) -> None:
    first, second = [(await admin.post("/admin/collections", {"title": t}))["collection"] for t in ("C one", "C two")]
    product_id = next(iter(ids["products"].values()))

    async def count(collection: dict[str, Any]) -> int:
        return int((await seen(client, f"/store/products?collection_id={collection['id']}"))["count"])

    await admin.post(f"/admin/collections/{first['id']}/products", {"add": [product_id]})
    assert (await count(first), await count(second)) == (1, 0)
    await admin.post(f"/admin/collections/{second['id']}/products", {"add": [product_id]})
    assert (await count(first), await count(second)) == (0, 1)
    await admin.post(f"/admin/collections/{first['id']}/products", {"remove": [product_id]})
    assert await count(second) == 1
    await admin.delete(f"/admin/collections/{second['id']}")
    shown = (await seen(client, f"/store/products/{product_id}?fields=collection_id"))["product"]
    assert shown["collection_id"] is None


async def test_a_removed_tag_and_type_are_gone_from_products_and_tax_rates(
    client: Client, admin: Worker, ids: dict[str, Any]
) -> None:
    (tag,) = (await admin.get("/admin/product-tags?value=cotton"))["product_tags"]
    (kind,) = (await admin.get("/admin/product-types?value=Book"))["product_types"]
    tagged = (await seen(client, f"/store/products?tag_id={tag['id']}"))["products"]
    assert tagged
    await admin.delete(f"/admin/product-tags/{tag['id']}")
    shown = (await seen(client, f"/store/products/{tagged[0]['id']}?fields=*tags"))["product"]
    assert tag["id"] not in [each["id"] for each in shown["tags"]]
    await admin.delete(f"/admin/product-types/{kind['id']}")
    (reduced,) = (await admin.get("/admin/tax-rates?code=de-7"))["tax_rates"]
    assert reduced["rules"] == []


async def test_reasons_hang_in_a_tree_without_rings(client: Client, admin: Worker) -> None:
    path = "/admin/return-reasons"
    top = (await admin.post(path, {"value": "broken", "label": "Broken"}))["return_reason"]
    below = {"value": "cracked", "label": "Cracked", "parent_return_reason_id": top["id"]}
    finer = (await admin.post(path, below))["return_reason"]
    ring = await admin.post(f"{path}/{top['id']}", {"parent_return_reason_id": finer["id"]}, 400)
    assert ring["code"] == "return_reason_cycle"
    await admin.post(path, {"value": "x", "label": "X", "parent_return_reason_id": "rr_none"}, 404)
    assert finer["id"] in [each["id"] for each in (await seen(client, "/store/return-reasons"))["return_reasons"]]
    await admin.delete(f"{path}/{top['id']}")
    assert (await admin.get(f"{path}/{finer['id']}"))["return_reason"]["parent_return_reason_id"] is None
    assert top["id"] not in [each["id"] for each in (await seen(client, "/store/return-reasons"))["return_reasons"]]


async def test_a_profile_that_options_are_of_stays(admin: Worker) -> None:
    (profile,) = (await admin.get("/admin/shipping-profiles?name=Default"))["shipping_profiles"]
    refused = await admin.delete(f"/admin/shipping-profiles/{profile['id']}", 409)
    assert refused["code"] == "in_use"


async def test_deleted_products_do_not_hold_a_shipping_profile(admin: Worker, owner: Worker) -> None:
    profile = (await admin.post("/admin/shipping-profiles", {"name": "Fragile", "type": "fragile"}))["shipping_profile"]
    body = {"title": "Vase", "shipping_profile_id": profile["id"]}
    made = (await owner.post("/vendor/products", body))["product"]
    await admin.delete(f"/admin/shipping-profiles/{profile['id']}", 409)
    await owner.delete(f"/vendor/products/{made['id']}")
    await admin.delete(f"/admin/shipping-profiles/{profile['id']}")
