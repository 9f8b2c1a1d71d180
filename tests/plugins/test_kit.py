"""The test kit finds what a plug-in does wrong: a kit that finds nothing would be worth nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from pasar import Plugin
from pasar.testing import Person, Shop, Things, contract, matrix
from pasar.testing.shop import Databases, started
from pasar.web import BODY, CUSTOMER, PRINCIPAL, USER, get, post, reply, schemas

pytestmark = [pytest.mark.embedded]
TEXT = {"type": "string", "maxLength": 50}
ANSWER = schemas.envelope("Whose", whose=schemas.STRING)


async def leaky(request: web.Request) -> web.Response:
    """Tells everybody of everything: nobody looks whose it is."""
    if request.match_info["id"].startswith("none"):
        return reply({"type": "not_found", "code": "not_found", "message": "no"}, 404)
    return reply({"whose": request.match_info["id"]})


async def careless(request: web.Request) -> web.Response:
    return reply({"whose": str(1 / len(request[BODY]["words"]))})


async def for_anyone(request: web.Request) -> web.Response:
    return reply({"whose": request[PRINCIPAL].kind})


_about: dict[str, Any] = {"tag": "T", "reply": ANSWER}
LEAKY = Plugin(
    name="leaky",
    about="does wrong",
    routes=(
        get("/store/secrets/{id}", leaky, who=CUSTOMER, summary="Read", **_about),
        post("/store/words", careless, who=CUSTOMER, summary="Count", body={"type": "object"}, **_about),
        get("/admin/said", for_anyone, who=USER, grant="orders:read", **_about),
    ),
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    seed = tmp_path_factory.mktemp("seed") / "little.yaml"
    channel = "sales_channels: [{name: W}]\n"
    key = "publishable_keys: [{title: W, token: pk_demo_pasar, sales_channels: [W]}]\n"
    sellers = "stores: [{handle: nordlicht, name: N}, {handle: warung-gayo, name: W}]\n"
    seed.write_text(channel + key + sellers)
    held = Databases([LEAKY], Path(seed))
    try:
        held.start()
        with started(held) as running:
            yield running
    finally:
        held.stop()


@pytest.fixture(scope="module")
def people(shop: Shop) -> dict[str, Person]:
    return matrix.make_people(shop)


def test_a_row_that_tells_too_little_is_found() -> None:
    found = contract.faults(LEAKY)
    assert "POST /store/words (body):  takes unknown keys" in found
    assert "GET /admin/said has no summary" in found


def test_a_row_that_shows_things_of_others_is_found(shop: Shop, people: dict[str, Person]) -> None:
    things = Things(ids={"/store/secrets/{id}": {"customer_a": "a1", "customer_b": "b1"}})
    found = matrix.faults(shop, LEAKY, people, things)
    assert any(fault.startswith("GET /store/secrets/{id}, customer_a: foreign id: 200, not (404,)") for fault in found)
    assert "GET /store/secrets/{id}, customer_a: foreign and missing id differ" in found
    assert not [fault for fault in found if "nobody" in fault or "GET /admin/said" in fault]


def test_a_parameter_that_nobody_placed_is_named(shop: Shop, people: dict[str, Person]) -> None:
    assert matrix.faults(shop, LEAKY, people, Things()) == [
        "GET /store/secrets/{id}: say in Things.ids whose /store/secrets/{id} is which"
    ]


def test_a_body_that_breaks_a_controller_is_found(shop: Shop, people: dict[str, Person]) -> None:
    found = matrix.faults(shop, LEAKY, people, Things(ids={"/store/secrets/{id}": {"*": "a1"}}))
    assert any(fault.startswith("POST /store/words, customer_a: own : 500") for fault in found)
