"""Images of a seller's products: their own uploads and no others, in the order that is said."""

from typing import Any

from services.deps import Deps
from tests.conftest import Client
from tests.seller.goods import PRODUCTS, ready_upload, shelf, shirt
from tests.staff import Worker, hire

Json = dict[str, Any]


async def test_images_are_own_uploads_by_id_or_by_address(owner: Worker, deps: Deps, client: Client, ids: Json) -> None:
    (first, one), (_, two) = [await ready_upload(deps, owner.seller_id) for _ in range(2)]
    images = [{"upload_id": first, "alt": "The front"}, {"url": two}]
    made = (await owner.post(PRODUCTS, shirt(images=images)))["product"]
    assert [(i["url"], i["alt"], i["rank"]) for i in made["images"]] == [(one, "The front", 0), (two, None, 1)]
    assert made["thumbnail"] == one
    seen = await shelf(client, made["id"], ids["regions"]["Europe"])
    assert ([i["url"] for i in seen["images"]], seen["thumbnail"]) == ([one, two], one)


async def test_uploads_of_others_unready_ones_and_strange_addresses_are_refused(
    owner: Worker, other_owner: Worker, deps: Deps
) -> None:
    foreign, address = await ready_upload(deps, other_owner.seller_id)
    pending, _ = await ready_upload(deps, owner.seller_id, status="pending")
    answers = [await owner.post(PRODUCTS, shirt(images=[{"upload_id": i}]), 404) for i in (foreign, "upl_none")]
    assert answers[0]["message"] == answers[1]["message"].replace("upl_none", foreign)
    refused = await owner.post(PRODUCTS, shirt(images=[{"upload_id": pending}]), 400)
    assert refused["code"] == "upload_not_ready"
    for url in (address, "https://img.example/a.png", "javascript:alert(1)", address.replace("1-full", "2-full")):
        for said in ({"images": [{"url": url}]}, {"thumbnail": url}):
            assert (await owner.post(PRODUCTS, shirt(**said), 400))["code"] == "image_not_uploaded", (url, said)
        variants = [{"thumbnail": url, "prices": [{"amount": 1, "currency_code": "eur"}]}]
        assert (await owner.post(PRODUCTS, shirt(options=[], variants=variants), 400))["code"] == "image_not_uploaded"
    assert (await owner.post(PRODUCTS, shirt(images=[{"alt": "Nothing"}]), 400))["code"] == "image_unnamed"


async def test_an_image_is_exchanged_for_another_upload(owner: Worker, deps: Deps) -> None:
    (first, _), (second, two) = [await ready_upload(deps, owner.seller_id) for _ in range(2)]
    made = (await owner.post(PRODUCTS, shirt(images=[{"upload_id": first}])))["product"]
    images = [{"id": made["images"][0]["id"], "upload_id": second}]
    changed = (await owner.post(f"{PRODUCTS}/{made['id']}", {"images": images}))["product"]
    assert ([image["url"] for image in changed["images"]], changed["thumbnail"]) == ([two], two)


async def test_images_are_put_in_another_order_and_taken_away(owner: Worker, deps: Deps) -> None:
    uploads = [await ready_upload(deps, owner.seller_id) for _ in range(3)]
    made = (await owner.post(PRODUCTS, shirt(images=[{"upload_id": i} for i, _ in uploads])))["product"]
    first, second, third = made["images"]
    path = f"{PRODUCTS}/{made['id']}"
    said = [{"id": third["id"]}, {"url": first["url"], "alt": "Now with words"}, {"url": first["url"]}]
    after = (await owner.post(path, {"images": said}))["product"]
    assert [(i["id"], i["alt"]) for i in after["images"]] == [(third["id"], None), (first["id"], "Now with words")]
    assert after["thumbnail"] == first["url"]
    after = (await owner.post(path, {"images": [{"id": third["id"]}]}))["product"]
    assert after["thumbnail"] == third["url"], "a thumbnail that is no image any more is replaced"
    await owner.post(path, {"images": [{"id": second["id"]}]}, 404)
    assert (await owner.post(path, {"images": [], "thumbnail": None}))["product"]["thumbnail"] is None


async def test_images_that_were_imported_stay_as_long_as_they_are_named(
    client: Client, deps: Deps, ids: Json, sellers: list[str]
) -> None:
    keeper = await hire(client, deps, seller_id=sellers[1])
    found = (await keeper.get(f"{PRODUCTS}?handle=batik-tote"))["products"][0]
    path = f"{PRODUCTS}/{found['id']}"
    urls = [{"url": image["url"]} for image in reversed(found["images"])]
    after = (await keeper.post(path, {"images": urls, "thumbnail": urls[0]["url"]}))["product"]
    assert [image["url"] for image in after["images"]] == [one["url"] for one in urls]
    # A panel may send back the whole of what it got.
    whole = {"title": after["title"], "thumbnail": after["thumbnail"], "images": urls, "status": after["status"]}
    variants = [{"id": v["id"], "sku": v["sku"], "title": v["title"]} for v in after["variants"]]
    again = (await keeper.post(path, {**whole, "variants": variants}))["product"]
    assert {**again, "updated_at": None} == {**after, "updated_at": None}


async def test_an_upload_that_a_product_shows_is_not_deleted(owner: Worker, deps: Deps) -> None:
    (upload, url), (small, thumbnail) = [await ready_upload(deps, owner.seller_id) for _ in range(2)]
    body = shirt(images=[{"url": url}])
    body["variants"][0]["thumbnail"] = thumbnail
    made = (await owner.post(PRODUCTS, body))["product"]
    for upload_id in (upload, small):
        refused = await owner.delete(f"/vendor/uploads/{upload_id}", 409)
        assert (refused["code"], refused["product_id"]) == ("upload_in_use", made["id"])
    await owner.post(f"{PRODUCTS}/{made['id']}", {"images": []})
    await owner.delete(f"{PRODUCTS}/{made['id']}/variants/{made['variants'][0]['id']}")
    for upload_id in (upload, small):
        await owner.delete(f"/vendor/uploads/{upload_id}")


async def test_a_variant_is_shown_by_the_images_that_are_its_own(owner: Worker, deps: Deps) -> None:
    uploads = [await ready_upload(deps, owner.seller_id) for _ in range(2)]
    made = (await owner.post(PRODUCTS, shirt(images=[{"upload_id": i} for i, _ in uploads])))["product"]
    front, back = (image["id"] for image in made["images"])
    variant = f"{PRODUCTS}/{made['id']}/variants/{made['variants'][0]['id']}"

    async def shown() -> list[str]:
        return [image["id"] for image in (await owner.get(variant))["variant"]["images"]]

    assert await shown() == [front, back], "without images of its own all of them show it"
    assert await owner.post(f"{variant}/images/batch", {"add": [back]}) == {"added": [back], "removed": []}
    assert await shown() == [back]
    await owner.post(f"{variant}/images/batch", {"add": [front], "remove": [back]})
    assert await shown() == [front]
    other = (await owner.post(PRODUCTS, shirt(images=[{"upload_id": uploads[0][0]}])))["product"]["images"][0]["id"]
    await owner.post(f"{variant}/images/batch", {"add": [other]}, 404)
    await owner.post(f"{variant}/images/batch", {"remove": [front]})
    assert await shown() == [front, back]
