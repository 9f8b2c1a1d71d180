"""What a seller has, made as its owner makes it: goods, stock, ways to send, orders in every state, staff."""

from secrets import token_hex
from typing import Any

from services.deps import Deps
from tests.buying import Buyer
from tests.matrix.samples import Samples
from tests.seller.goods import ready_upload, shirt
from tests.staff import Worker, hire
from tests.verifying import document

Json = dict[str, Any]


async def furnish(owner: Worker, deps: Deps, buyer: Buyer, made: Samples, group: str, sku: str) -> None:
    """Something of every kind for the seller of this owner; `buyer` buys pieces of `sku` from it."""
    found = {
        **await goods(owner, deps, made),
        **await stock(owner),
        **await orders(owner, buyer, sku, made.ids["return_option"][group]),
        **await staff(owner, deps),
        **await papers(owner, deps),
    }
    found |= await sending(owner, made, found["location"])
    for kind, value in found.items():
        made.add(kind, group, value)


async def goods(owner: Worker, deps: Deps, made: Samples) -> Json:
    upload_id, _ = await ready_upload(deps, owner.seller_id)
    second, _ = await ready_upload(deps, owner.seller_id)
    body = shirt(images=[{"upload_id": upload_id}], status="draft")
    product = (await owner.post("/vendor/products", body))["product"]
    spare_product = (await owner.post("/vendor/products", shirt(status="draft")))["product"]
    option, (variant, spare) = product["options"][0], product["variants"]
    used = {value["value"]: value["id"] for value in option["values"]}
    begun = await owner.post("/vendor/uploads", {"filename": "a.jpg", "mime_type": "image/jpeg", "size": 1000})
    path = f"/vendor/products/{product['id']}/variants/{variant['id']}/inventory-items"
    needs = (await owner.get(path))["variant"]["inventory_items"]
    return {
        "product": product["id"],
        "spare_product": spare_product["id"],
        "variant": variant["id"],
        "spare_variant": spare["id"],
        "option": option["id"],
        "option_value": used["L"],
        "image": product["images"][0]["id"],
        "price": variant["prices"][0]["id"],
        "upload": upload_id,
        "fresh_upload": second,
        "begun_upload": begun["upload"]["id"],
        "needed_item": needs[0]["inventory_item_id"],
    }


async def stock(owner: Worker) -> Json:
    name = token_hex(4)
    location = (await owner.post("/vendor/stock-locations", {"name": f"Attic {name}"}))["stock_location"]
    shelf = (await owner.post("/vendor/stock-locations", {"name": f"Shelf {name}"}))["stock_location"]
    levels = [{"location_id": shelf["id"], "stocked_quantity": 0}]
    body = {"sku": f"IT-{name}", "location_levels": levels}
    item = (await owner.post("/vendor/inventory-items", body))["inventory_item"]
    return {"location": location["id"], "shelf": shelf["id"], "item": item["id"], "item_sku": body["sku"]}


async def sending(owner: Worker, made: Samples, location_id: str) -> Json:
    path = f"/vendor/stock-locations/{location_id}/fulfillment-sets"
    answer = await owner.post(path, {"name": f"Parcels {token_hex(3)}", "type": "shipping"})
    group = answer["stock_location"]["fulfillment_sets"][0]
    zones = [{"type": "country", "country_code": "de"}]
    path = f"/vendor/fulfillment-sets/{group['id']}/service-zones"
    answer = await owner.post(path, {"name": "Home", "geo_zones": zones})
    zone = answer["fulfillment_set"]["service_zones"][0]
    empty = (await owner.post(path, {"name": "Elsewhere", "geo_zones": zones}))["fulfillment_set"]["service_zones"]
    body = {
        "name": f"Post {token_hex(3)}",
        "service_zone_id": zone["id"],
        "shipping_profile_id": made.ids["profile"]["*"],
        "price_type": "flat",
        "type": {"code": "post", "label": "Post"},
        "prices": [{"amount": 3, "currency_code": "eur"}],
    }
    option = (await owner.post("/vendor/shipping-options", body))["shipping_option"]
    spare = next(each["id"] for each in empty if each["id"] != zone["id"])
    found = {"set": group["id"], "zone": zone["id"], "spare_zone": spare, "shipping_option": option["id"]}
    return {**found, "option_price": option["prices"][0]["id"]}


async def orders(owner: Worker, buyer: Buyer, sku: str, return_option: str) -> Json:
    """Seller orders as they were placed, accepted, packed, shipped, delivered; a return of the last."""

    async def placed() -> tuple[str, Json]:
        order = (await buyer.complete((await buyer.ready((sku, 2)))["id"]))["order"]
        return order["seller_orders"][0]["id"], order

    async def step(order_id: str, action: str, body: Any = None) -> Json:
        answer = await owner.post(f"/vendor/orders/{order_id}/{action}", body or {})
        order: Json = answer["order"]
        return order

    async def parcel(order_id: str) -> str:
        return str((await step(order_id, "fulfillments"))["fulfillments"][-1]["id"])

    new, bought = await placed()
    accepted, of_accepted = await placed()
    await step(accepted, "accept")
    found: Json = {"placed": new, "accepted": accepted, "accepted_line": of_accepted["items"][0]["id"]}
    found |= {"placed_line": bought["items"][0]["id"]}
    for state in ("packed", "shipped", "delivered"):
        order_id, bought = await placed()
        parcel_id = await parcel(order_id)
        found |= {f"{state}_order": order_id, f"{state}_parcel": parcel_id}
        if state != "packed":
            await step(order_id, f"fulfillments/{parcel_id}/shipments", {"labels": []})
        if state == "delivered":
            await step(order_id, f"fulfillments/{parcel_id}/mark-as-delivered")
            back = {"id": bought["items"][0]["id"], "quantity": 1}
            body = {"order_id": bought["id"], "items": [back], "return_shipping": {"option_id": return_option}}
            found["return"] = (await buyer.post("/store/returns", body))["return"]["id"]
            found["returned_line"] = back["id"]
    return found


async def papers(owner: Worker, deps: Deps) -> Json:
    """Documents of the checklist that no item shows."""
    begun = await owner.post("/vendor/kyc-documents", {"filename": "a.jpg", "mime_type": "image/jpeg", "size": 1000})
    return {"document": await document(deps, owner.seller_id), "begun_document": begun["document"]["id"]}


async def staff(owner: Worker, deps: Deps) -> Json:
    clerk = await hire(None, deps, seller_id=owner.seller_id, role="support")
    body = {"email": f"{token_hex(5)}@example.com", "role": "orders"}
    invite = (await owner.post("/vendor/invites", body))["invite"]
    return {"member": clerk.actor_id, "invite": invite["id"]}
