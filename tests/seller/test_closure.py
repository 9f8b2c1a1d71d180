"""The closure window: in between a seller is listed and sells nothing; time alone begins and ends it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import select, update

from app import create_app
from models.schema.audit import audit_log
from models.schema.seller import seller
from services import deps as wiring
from services.deps import Deps
from tests.buying import Buyer
from tests.conftest import Client
from tests.staff import Worker
from utils.clock import MovableClock, now, to_iso
from utils.config import Settings

Json = dict[str, Any]
CLOSURE = "/vendor/sellers/me/closure"
SHIRT = ("aurora/AUR-LS-S", 1)


def later(**spans: float) -> str:
    return str(to_iso(now() + timedelta(**spans)))


@pytest.fixture(scope="module")
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture(scope="module")
async def app(settings: Settings, clock: MovableClock) -> web.Application:
    """A shop under a clock that the tests move."""
    return create_app(settings, wiring.build(settings, clock=clock))


@pytest.fixture
async def buyer(client: Client, ids: Json) -> Buyer:
    return Buyer(client, ids)


@pytest.fixture(autouse=True)
async def open_again(deps: Deps, sellers: list[str], clock: MovableClock) -> AsyncIterator[None]:
    yield
    clock.ahead = timedelta()
    async with deps.database.unit_of_work() as work:
        window = {"closed_from": None, "closed_to": None, "closure_note": None}
        await work.execute(update(seller).where(seller.c.id == sellers[0]).values(**window))
        work.touch("sellers")


async def add(buyer: Buyer, cart: Json, status: int = 200) -> Json:
    line = {"variant_id": buyer.variant(SHIRT[0]), "quantity": 1}
    return await buyer.post(f"/store/carts/{cart['id']}/line-items", line, status)


async def test_a_seller_on_holiday_is_listed_and_sells_nothing(owner: Worker, buyer: Buyer, sellers: list[str]) -> None:
    cart = await buyer.ready(SHIRT)
    ends = later(days=7)
    said = (await owner.post(CLOSURE, {"closed_to": ends, "note": "Back on Monday"}))["seller"]
    assert (said["status"], said["closed_to"], said["closure_note"]) == ("open", ends, "Back on Monday")
    shown = (await buyer.get(f"/store/sellers/{sellers[0]}"))["seller"]
    assert (shown["closed_to"], shown["closure_note"]) == (ends, "Back on Monday")
    assert (await buyer.get("/store/products?handle=linen-shirt"))["count"] == 1
    refused = await add(buyer, cart, 400)
    assert (refused["code"], refused["seller_id"], refused["closed_to"]) == ("store_closed", sellers[0], ends)
    assert (await buyer.refused(cart["id"]))["code"] == "store_closed"
    still = (await buyer.get(f"/store/carts/{cart['id']}"))["cart"]
    assert (len(still["items"]), still["completed_at"]) == (1, None)
    line = still["items"][0]["id"]
    more = await buyer.post(f"/store/carts/{cart['id']}/line-items/{line}", {"quantity": 2}, 400)
    assert more["code"] == "store_closed"
    await buyer.post(f"/store/carts/{cart['id']}/line-items/{line}", {"quantity": 0})


async def test_the_other_sellers_sell_meanwhile(owner: Worker, buyer: Buyer) -> None:
    await owner.post(CLOSURE, {"closed_to": later(days=7)})
    cart = await buyer.ready(("borneo/BOR-BT-RED", 1))
    assert (await buyer.complete(cart["id"]))["type"] == "order"


async def test_a_seller_sells_until_its_closure_begins(owner: Worker, buyer: Buyer) -> None:
    await owner.post(CLOSURE, {"closed_from": later(days=1), "closed_to": later(days=2)})
    cart = await buyer.ready(SHIRT)
    assert (await buyer.complete(cart["id"]))["type"] == "order"


async def test_time_alone_begins_and_ends_a_closure(owner: Worker, buyer: Buyer, clock: MovableClock) -> None:
    await owner.post(CLOSURE, {"closed_from": later(hours=1), "closed_to": later(hours=2)})
    cart = await buyer.cart(SHIRT)
    await add(buyer, cart)
    clock.forward(timedelta(hours=1.5))
    await add(buyer, cart, 400)
    clock.forward(timedelta(hours=1))
    await add(buyer, cart)


async def test_a_closure_that_is_called_off_is_over_at_once(owner: Worker, buyer: Buyer, sellers: list[str]) -> None:
    await owner.post(CLOSURE, {"closed_to": later(days=7), "note": "DatabaseUnavailable"})
    cleared = (await owner.delete(CLOSURE))["seller"]
    assert (cleared["closed_from"], cleared["closed_to"], cleared["closure_note"]) == (None, None, None)
    await add(buyer, await buyer.cart(SHIRT))
    assert (await owner.delete(CLOSURE))["seller"]["closed_to"] is None


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        (None, {"days": -1}),
        ({"days": 2}, {"days": 1}),
        ({"days": -3}, {"days": -2}),
        (None, {"days": 400}),
    ],
)
async def test_a_closure_that_is_none_is_refused(owner: Worker, begins: Json | None, ends: Json) -> None:
    body = {"closed_to": later(**ends)} | ({"closed_from": later(**begins)} if begins else {})
    assert (await owner.post(CLOSURE, body, 400))["code"] == "closure_invalid"


async def test_a_closure_at_the_end_of_all_calendars_is_answered(owner: Worker) -> None:
    last = {"closed_from": "9999-12-30T00:00:00Z", "closed_to": "9999-12-31T23:59:59Z"}
    assert (await owner.post(CLOSURE, last))["seller"]["status"] == "open"
    assert (await owner.post(CLOSURE, {"closed_to": last["closed_to"]}, 400))["code"] == "closure_invalid"


async def test_moments_that_no_calendar_has_are_refused(owner: Worker) -> None:
    for wrong in ("tomorrow", "2026-13-01T00:00:00Z", "2030-01-01T00:00:60Z", ""):
        await owner.post(CLOSURE, {"closed_to": wrong}, 400)
    await owner.post(CLOSURE, {}, 400)


async def test_a_closure_stands_in_the_audit_log(owner: Worker, deps: Deps, sellers: list[str]) -> None:
    await owner.post(CLOSURE, {"closed_to": later(days=1), "note": "One day"})
    await owner.delete(CLOSURE)
    found = select(audit_log).where(audit_log.c.entity_id == sellers[0]).order_by(audit_log.c.id.desc()).limit(2)
    async with deps.database.reading() as work:
        cleared, made = (await work.execute(found)).all()
    assert (made.action, cleared.action) == ("store.closure_set", "store.closure_clear")
    assert (made.after["closure_note"], cleared.before["closure_note"]) == ("One day", "One day")
    assert made.actor_id == owner.actor_id
