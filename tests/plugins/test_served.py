"""What a plug-in brings is served as our own is: layers, grants, providers, reactions, seed sections, the document."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import update

from app import create_app
from models.schema.seller import seller
from pasar.registry import registry
from services import deps as wiring
from services import seed as seeds
from services.deps import Deps
from services.seed import SeedErrors
from tests.buying import Buyer
from tests.conftest import Client
from tests.plugins import notes
from tests.staff import administrator, basic, hire
from utils.config import Settings

Json = dict[str, Any]


@pytest.fixture(scope="module")
def seed_file() -> Path:
    return Path(__file__).parents[1] / "data" / "world.yaml"


@pytest.fixture(scope="module")
async def app(settings: Settings) -> web.Application:
    return create_app(replace(settings, rate_per_second=0), plugins=[notes.PLUGIN])


async def test_staff_of_the_roles_have_its_grants_in_the_states_where_they_count(
    client: Client, deps: Deps, ids: Json
) -> None:
    seller_id = ids["stores"]["aurora"]
    for role, mine in (("owner", ["notes:read", "notes:write"]), ("manager", ["notes:write"])):
        worker = await hire(client, deps, seller_id=seller_id, role=role)
        assert (await worker.get("/vendor/notes"))["grants"] == mine
        profile = (await worker.get("/vendor/me"))["member"]
        assert set(mine) <= set(profile["sellers"][0]["grants"])
    support = await hire(client, deps, seller_id=seller_id, role="support")
    await support.get("/vendor/notes", status=403)
    dormant = await hire(client, deps, seller_id=ids["stores"]["dormant"])
    assert (await dormant.get("/vendor/notes"))["grants"] == ["notes:read", "notes:write"]
    async with deps.database.unit_of_work() as work:
        await work.execute(update(seller).where(seller.c.id == ids["stores"]["dormant"]).values(status="closed"))
    assert (await (await hire(client, deps, seller_id=ids["stores"]["dormant"])).get("/vendor/notes", status=403))[
        "code"
    ] == "store_state_forbids"


async def test_administrators_and_secret_keys_have_its_grants(client: Client, deps: Deps) -> None:
    admin, support = await administrator(client, deps), await administrator(client, deps, role="support")
    assert (await admin.get("/admin/notes"))["grants"] == ["notes:read", "notes:write"]
    await support.get("/admin/notes", status=403)
    assert (await support.get("/admin/notes/copy"))["grants"] == ["aa"]
    made = await admin.post("/admin/api-keys", {"title": "Notes", "type": "secret", "scopes": ["notes:write"]})
    key = {"authorization": basic(made["api_key"]["token"])}
    answer = await client.get("/admin/notes", headers=key)
    assert (answer.status, await answer.json()) == (200, {"grants": ["notes:write"]})
    assert (await client.get("/admin/notes/copy", headers=key)).status == 403
    invited = await admin.post("/admin/invites", {"email": "new@example.com", "role": "support"})
    assert invited["invite"]["email"] == "new@example.com"
    gone = await administrator(client, deps)
    await admin.delete(f"/admin/users/{gone.actor_id}")


async def test_its_layer_is_inside_of_ours_and_around_its_rows(client: Client, deps: Deps) -> None:
    admin = await administrator(client, deps)
    assert (await admin.send("GET", "/admin/notes")).headers["X-Noted"] == "user"
    assert "X-Noted" not in (await client.get("/health")).headers


async def test_its_rows_stand_in_the_document_and_get_cors_and_validation(client: Client, deps: Deps) -> None:
    told = await (await client.get("/openapi.json")).json()
    assert told["paths"]["/vendor/notes"]["get"]["summary"] == "See one's grants (grant notes:write)"
    admin = await administrator(client, deps)
    assert (await admin.get("/admin/notes?no_such=1", status=400))["code"] == "invalid_request"
    origin = {"Origin": "http://localhost:5173"}
    assert (await client.get("/admin/notes", headers=origin)).headers["Access-Control-Allow-Origin"] == origin["Origin"]
    assert (await client.post("/admin/notes")).status == 405


async def test_buyers_pay_by_its_provider_and_its_reaction_hears_of_the_order(
    client: Client, deps: Deps, ids: Json
) -> None:
    admin = await administrator(client, deps)
    region, ways = ids["regions"]["Europe"], ["pp_system_default", notes.Cash.id]
    await admin.post(f"/admin/regions/{region}", {"payment_providers": ways})
    assert isinstance(deps.payments[notes.Cash.id], notes.Cash)
    buyer = Buyer(client, ids)
    cart = await buyer.cart(("aurora/AUR-WS", 1))
    await buyer.send_to(cart["id"])
    paid = (await buyer.post("/store/payment-collections", {"cart_id": cart["id"]}))["payment_collection"]
    await buyer.post(f"/store/payment-collections/{paid['id']}/payment-sessions", {"provider_id": notes.Cash.id})
    order = (await buyer.complete(cart["id"]))["order"]["id"]
    async with asyncio.timeout(20):
        while order not in notes.HEARD:
            await asyncio.sleep(0.05)


async def test_a_seed_file_may_have_its_section_and_is_held_to_its_schema(deps: Deps) -> None:
    note = {"product": "linen-shirt", "text": "soft"}
    async with deps.database.unit_of_work() as work:
        report = await seeds.load(work, {"notes": [note]})
    assert [note] == notes.LOADED
    assert set(report.ids["notes"]) == {"soft"}
    for wrong, told in (
        ({"product": "linen-shirt"}, "has no 'text'"),
        ({"product": "no-such", "text": ""}, "no product 'no-such'"),
    ):
        with pytest.raises(SeedErrors, match=told):
            async with deps.database.unit_of_work() as work:
                await seeds.load(work, {"notes": [wrong]})
    assert "notes" in json.dumps(seeds.schema_of(seeds.Sections(deps.extensions.sections)))


async def test_a_region_of_a_seed_file_may_name_its_provider(deps: Deps) -> None:
    region = {
        "name": "Europe",
        "currency": "eur",
        "countries": ["de", "at", "fr"],
        "payment_providers": [notes.Cash.id],
    }
    async with deps.database.unit_of_work() as work:
        await seeds.check(work, {"regions": [region]})


async def test_what_is_closable_is_closed_with_the_server(settings: Settings) -> None:
    notes.Cash.closed = False
    deps = wiring.build(settings, registry([notes.PLUGIN]).extensions)
    await deps.close()
    assert notes.Cash.closed
