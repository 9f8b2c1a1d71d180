"""What holds for all of a seller's writes of stock and shipping: they are noted, and they bear each other at once."""

import asyncio
from collections import Counter
from typing import Any

from sqlalchemy import func, select

from models.schema.audit import audit_log
from services.deps import Deps
from tests.conftest import Client
from tests.staff import Worker, hire

Json = dict[str, Any]
ITEMS, LOCATIONS, OPTIONS = "/vendor/inventory-items", "/vendor/stock-locations", "/vendor/shipping-options"
SETS = "/vendor/fulfillment-sets"
GEO = [{"type": "country", "country_code": "de"}]


async def noted(deps: Deps, who: Worker) -> int:
    async with deps.database.reading() as work:
        rows = select(func.count()).select_from(audit_log).where(audit_log.c.actor_id == who.actor_id)
        return int((await work.execute(rows)).scalar_one())


async def test_every_write_is_in_the_audit_log(client: Client, deps: Deps, sellers: list[str], ids: Json) -> None:
    owner = await hire(client, deps, seller_id=sellers[0])
    product = next(ids["products"][key] for key in ids["products"] if key.endswith("wool-scarf"))
    needs = f"/vendor/products/{product}/variants/{ids['variants']['aurora/AUR-WS']}/inventory-items"
    seen = 0

    async def write(method: str, path: str, body: Json | None = None) -> Json:
        nonlocal seen
        reply = await owner.send(method, path, body)
        payload: Json = await reply.json()
        assert reply.status == 200, (method, path, payload)
        before, seen = seen, await noted(deps, owner)
        assert seen > before, (method, path)
        return payload

    location = (await write("POST", LOCATIONS, {"name": "Noted"}))["stock_location"]["id"]
    await write("POST", f"{LOCATIONS}/{location}", {"rank": 8})
    item = (await write("POST", ITEMS, {"sku": "NOTED"}))["inventory_item"]["id"]
    await write("POST", f"{ITEMS}/{item}", {"title": "Noted"})
    levels = f"{ITEMS}/{item}/location-levels"
    await write("POST", levels, {"location_id": location, "stocked_quantity": 2})
    await write("POST", f"{levels}/{location}", {"stocked_quantity": 2})
    await write("POST", f"{levels}/{location}/adjustments", {"adjustment": -2})
    await write("POST", f"{levels}/batch", {})
    await write("POST", "/vendor/inventory/batch", {"items": [{"sku": "NOTED", "stocked_quantity": 0}]})
    await write("POST", needs, {"inventory_item_id": item, "required_quantity": 1})
    await write("POST", f"{needs}/{item}", {"required_quantity": 2})
    await write("DELETE", f"{needs}/{item}")
    await write("DELETE", f"{levels}/{location}")
    await write("DELETE", f"{ITEMS}/{item}")
    made = await write("POST", f"{LOCATIONS}/{location}/fulfillment-sets", {"name": "Noted", "type": "pickup"})
    set_id = made["stock_location"]["fulfillment_sets"][0]["id"]
    zones = f"{SETS}/{set_id}/service-zones"
    zone = (await write("POST", zones, {"name": "Z", "geo_zones": GEO}))["fulfillment_set"]["service_zones"][0]["id"]
    await write("POST", f"{zones}/{zone}", {"name": "Y"})
    body = {"name": "Noted", "service_zone_id": zone, "shipping_profile_id": ids["shipping_profiles"]["Default"]}
    body |= {"type": {"code": "noted", "label": "Noted"}, "prices": [{"currency_code": "eur", "amount": 1}]}
    option = (await write("POST", OPTIONS, body))["shipping_option"]["id"]
    await write("POST", f"{OPTIONS}/{option}", {"name": "Other"})
    await write("DELETE", f"{OPTIONS}/{option}")
    await write("DELETE", f"{zones}/{zone}")
    await write("DELETE", f"{SETS}/{set_id}")
    await write("DELETE", f"{LOCATIONS}/{location}")


async def at_once(owner: Worker, *calls: tuple[str, str, Json | None]) -> list[int]:
    replies = await asyncio.gather(*(owner.send(method, path, body) for method, path, body in calls))
    return [reply.status for reply in replies]


async def test_what_is_being_deleted_gets_nothing_hung_on_it(owner: Worker, ids: Json) -> None:
    berlin = ids["stock_locations"]["aurora/Berlin"]
    product = next(ids["products"][key] for key in ids["products"] if key.endswith("wool-scarf"))
    needs = f"/vendor/products/{product}/variants/{ids['variants']['aurora/AUR-WS']}/inventory-items"
    statuses: Counter[int] = Counter()
    for n in range(12):
        item = (await owner.post(ITEMS, {"sku": f"RACE-{n}"}))["inventory_item"]["id"]
        place = (await owner.post(LOCATIONS, {"name": f"Race {n}"}))["stock_location"]["id"]
        level = {"location_id": berlin, "stocked_quantity": 1}
        calls: list[tuple[str, str, Json | None]] = [
            ("POST", needs, {"inventory_item_id": item, "required_quantity": 1}),
            ("POST", f"{ITEMS}/{item}/location-levels", level),
            ("DELETE", f"{ITEMS}/{item}", None),
            ("POST", f"{LOCATIONS}/{place}/fulfillment-sets", {"name": "S", "type": "shipping"}),
            (
                "POST",
                "/vendor/inventory/batch",
                {"items": [{"sku": "AUR-MUG", "location": place, "stocked_quantity": 1}]},
            ),
            ("DELETE", f"{LOCATIONS}/{place}", None),
        ]
        statuses.update(await at_once(owner, *(calls if n % 2 else calls[::-1])))
        await owner.send("DELETE", f"{needs}/{item}")
    assert set(statuses) <= {200, 400, 404, 409}, statuses


async def test_of_two_of_one_name_at_once_one_is_made(owner: Worker) -> None:
    for n in range(6):
        first = await owner.post(ITEMS, {"sku": f"OLD-A-{n}"})
        second = await owner.post(ITEMS, {"sku": f"OLD-B-{n}"})
        paths = [f"{ITEMS}/{made['inventory_item']['id']}" for made in (first, second)]
        renamed = await at_once(owner, *(("POST", path, {"sku": f"SAME-{n}"}) for path in paths))
        assert renamed.count(200) == 1, renamed
        assert set(renamed) <= {200, 409, 422}
        made = await at_once(owner, *(("POST", LOCATIONS, {"name": f"Twin {n}"}) for _ in range(3)))
        assert sorted(made) == [200, 422, 422]


async def test_what_a_deleted_product_took_can_be_deleted_too(owner: Worker) -> None:
    made = (await owner.post("/vendor/products", {"title": "Passing", "variants": [{"sku": "PASSING"}]}))["product"]
    item_id = made["variants"][0]["inventory_items"][0]["inventory_item_id"]
    assert (await owner.delete(f"{ITEMS}/{item_id}", 400))["code"] == "inventory_item_in_use"
    path = f"/vendor/products/{made['id']}"
    await owner.delete(path)
    assert (await owner.get(f"{ITEMS}/{item_id}"))["inventory_item"]["variants"] == []
    need = {"inventory_item_id": item_id, "required_quantity": 1}
    await owner.post(f"{path}/variants/{made['variants'][0]['id']}/inventory-items", need, 404)
    await owner.delete(f"{ITEMS}/{item_id}")
