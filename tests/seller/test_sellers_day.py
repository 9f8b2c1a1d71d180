"""A day of a seller over HTTP: applies, is approved, invites, sells, packs, ships; a second seller sees none of it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer, unused_port

from services.deps import Deps
from tests.buying import ADDRESSES, Buyer
from tests.conftest import Client
from tests.people import Person, registered
from tests.staff import Worker, letter_to
from tests.uploads.pictures import jpeg
from tests.verifying import FORMS, WITH_DOCUMENTS
from utils.config import Settings

Json = dict[str, Any]


@pytest.fixture(scope="module")
def settings(settings: Settings) -> Settings:
    """At a port that is known before it listens: signed addresses name it."""
    return replace(settings, port=unused_port())


@pytest.fixture(scope="module")
async def client(app: web.Application, settings: Settings) -> AsyncIterator[Client]:
    async with TestClient(TestServer(app, port=settings.port)) as started:
        yield started


@dataclass
class Shop:
    """What came of the day, for those who look on."""

    seller_id: str
    owner: Worker
    paths: list[str]


async def sent(person: Person | Worker, path: str, size: tuple[int, int]) -> Json:
    """A picture goes the whole way: leave to send it, the file itself, and the word that it is there."""
    content = jpeg(size)
    begun = await person.ask("POST", path, {"filename": "a.jpg", "mime_type": "image/jpeg", "size": len(content)})
    grant = begun["grant"]
    async with (
        aiohttp.ClientSession() as browser,
        browser.put(grant["url"], data=content, headers=grant["headers"]) as reply,
    ):
        assert reply.status in (200, 204), await reply.text()
    (made,) = (value for name, value in begun.items() if name != "grant")
    confirmed = await person.ask("POST", f"{path}/{made['id']}/confirm")
    (done,) = confirmed.values()
    assert done["status"] == "ready"
    return dict(done)


async def opened(client: Client, admin: Worker) -> Worker:
    """Somebody applies to sell, shows what the checklist asks for, and is approved."""
    person = await registered(client, "siti@toko.example", "seller")
    body = {"name": "Toko Siti", "currency_code": "eur", "address": {"city": "Berlin", "country_code": "de"}}
    made = await person.ask("POST", "/vendor/sellers", body)
    await person.log_in()
    owner = Worker(client, person.token, made["member_id"], seller_id=made["seller"]["id"])
    refused = await admin.post(f"/admin/sellers/{owner.seller_id}/approve", None, 409)
    assert refused["code"] == "kyc_incomplete"
    for kind, form in FORMS.items():
        shown = [(await sent(owner, "/vendor/kyc-documents", (300, 200)))["id"]] if kind in WITH_DOCUMENTS else []
        await owner.post(f"/vendor/kyc/{kind}", {**form, **({"document_ids": shown} if shown else {})})
        await admin.post(f"/admin/sellers/{owner.seller_id}/kyc/{kind}/verify")
    approved = await admin.post(f"/admin/sellers/{owner.seller_id}/approve")
    assert approved["seller"]["status"] == "open"
    return owner


async def engaged(client: Client, deps: Deps, owner: Worker, role: str) -> Worker:
    """Somebody is invited by mail and accepts."""
    email = f"{role}@toko.example"
    await owner.post("/vendor/invites", {"email": email, "role": role})
    person = await registered(client, email, "seller")
    await person.ask("POST", "/vendor/invites/accept", {"token": await letter_to(deps, email)})
    await person.log_in()
    return Worker(client, person.token)


async def furnished(owner: Worker, clerk: Worker, ids: Json) -> Json:
    """A place to send from and a way to do it; a product with a picture, and ten pieces of it."""
    place = (await owner.post("/vendor/stock-locations", {"name": "Attic"}))["stock_location"]
    path = f"/vendor/stock-locations/{place['id']}/fulfillment-sets"
    parcels = (await owner.post(path, {"name": "Parcels", "type": "shipping"}))["stock_location"]["fulfillment_sets"][0]
    zone = {"name": "Germany", "geo_zones": [{"type": "country", "country_code": "de"}]}
    path = f"/vendor/fulfillment-sets/{parcels['id']}/service-zones"
    zone = (await owner.post(path, zone))["fulfillment_set"]["service_zones"][0]
    post = {"name": "Post", "type": {"code": "standard", "label": "Standard"}, "service_zone_id": zone["id"]}
    post |= {"shipping_profile_id": ids["shipping_profiles"]["Default"]}
    await owner.post("/vendor/shipping-options", {**post, "prices": [{"amount": 4.5, "currency_code": "eur"}]})
    picture = await sent(clerk, "/vendor/uploads", (900, 600))
    variant = {"sku": "SAMBAL-1", "options": {"Size": "200 g"}, "prices": [{"amount": 7.9, "currency_code": "eur"}]}
    options, images = [{"title": "Size", "values": ["200 g"]}], [{"upload_id": picture["id"]}]
    body = {"title": "Sambal", "images": images, "options": options, "variants": [variant], "status": "published"}
    product = (await clerk.post("/vendor/products", body))["product"]
    counts = {"items": [{"sku": "SAMBAL-1", "location": place["id"], "stocked_quantity": 10}]}
    await clerk.post("/vendor/inventory/batch", counts)
    return {"product": product, "place": place["id"], "zone": zone["id"], "set": parcels["id"], "upload": picture["id"]}


async def bought(buyer: Buyer, product: Json, ids: Json) -> Json:
    """Somebody finds the product on the storefront and buys three of it."""
    found = await buyer.get(f"/store/products?handle={product['handle']}&region_id={ids['regions']['Europe']}")
    (shown,) = found["products"]
    assert shown["thumbnail"] or shown["images"]
    variant = shown["variants"][0]
    assert variant["calculated_price"]["calculated_amount"] == 7.9
    lines = [{"variant_id": variant["id"], "quantity": 3}]
    said = {"region_id": ids["regions"]["Europe"], "items": lines, "email": "ana@example.com"}
    cart = (await buyer.post("/store/carts", {**said, "shipping_address": ADDRESSES["Europe"]}))["cart"]
    (option,) = await buyer.options(cart["id"])
    await buyer.post(f"/store/carts/{cart['id']}/shipping-methods", {"option_id": option["id"]})
    await buyer.pay(cart["id"])
    order: Json = (await buyer.complete(cart["id"]))["order"]
    assert order["total"] == 33.56  # three at 7.90 and 4.50 for the post, with 19 % of taxes
    return order


async def test_a_sellers_day(
    client: Client, deps: Deps, ids: Json, admin: Worker, buyer: Buyer, other_owner: Worker
) -> None:
    owner = await opened(client, admin)
    clerk = await engaged(client, deps, owner, "catalogue")
    packer = await engaged(client, deps, owner, "orders")
    made = await furnished(owner, clerk, ids)
    order = await bought(buyer, made["product"], ids)

    (head,) = (await packer.get("/vendor/orders?status=placed"))["orders"]
    path = f"/vendor/orders/{head['id']}"
    assert (head["total"], head["display_id"]) == (order["total"], order["display_id"])
    assert (await clerk.get("/vendor/orders", 403))["code"] == "forbidden"
    await packer.post(f"{path}/accept")
    (parcel,) = (await packer.post(f"{path}/fulfillments"))["order"]["fulfillments"]
    label = {"tracking_number": "DE42", "tracking_url": "https://track.example/DE42"}
    await packer.post(f"{path}/fulfillments/{parcel['id']}/shipments", {"labels": [label], "carrier": "Post"})
    item_id = (await clerk.get("/vendor/inventory-items?sku=SAMBAL-1"))["inventory_items"][0]["id"]
    (level,) = (await clerk.get(f"/vendor/inventory-items/{item_id}/location-levels"))["inventory_levels"]
    assert (level["stocked_quantity"], level["reserved_quantity"]) == (7, 0)
    done = (await packer.post(f"{path}/fulfillments/{parcel['id']}/mark-as-delivered"))["order"]
    assert (done["status"], done["fulfillment_status"]) == ("delivered", "delivered")

    seen = (await buyer.get(f"/store/orders/{order['id']}?fields=*fulfillments,*fulfillments.labels,status"))["order"]
    assert seen["status"] == "completed"
    assert seen["fulfillments"][0]["labels"][0]["tracking_number"] == "DE42"
    steps = (await packer.get(f"{path}/changes"))["order_changes"]
    assert [each["kind"] for each in steps] == ["accepted", "packed", "shipped", "delivered"]
    log = (await owner.get("/vendor/audit-log?limit=100"))["audit_log"]
    assert {"store.approve", "product.create"} <= {each["action"] for each in log}

    hidden = [path, f"/vendor/products/{made['product']['id']}", f"/vendor/uploads/{made['upload']}"]
    hidden += [f"/vendor/inventory-items/{item_id}", f"/vendor/stock-locations/{made['place']}"]
    hidden += [f"/vendor/fulfillment-sets/{made['set']}/service-zones/{made['zone']}"]
    for each in hidden:
        await other_owner.get(each, 404)
        await owner.get(each)
    lists = "orders products uploads inventory-items stock-locations shipping-options members invites audit-log returns"
    for name in lists.split():
        told = str(await other_owner.get(f"/vendor/{name}"))
        assert owner.seller_id not in told, name
        assert "toko.example" not in told, name
        assert head["id"] not in told, name
        assert made["product"]["id"] not in told, name
    await other_owner.get("/vendor/orders", 404, x_seller_id=owner.seller_id)
