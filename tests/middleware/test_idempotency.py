"""A key makes a request happen once, and gives its repetitions the first answer."""

import asyncio
from typing import Any

from aiohttp.test_utils import TestClient
from sqlalchemy import func, select

from controllers.http import DEPS
from models.schema.journal import idempotency_key, outbox
from tests.middleware.probe import CALLS, KEY_WITHOUT_CHANNEL

Shop = TestClient[Any, Any]
URL = "/store/things"


async def effects(shop: Shop) -> int:
    async with shop.app[DEPS].database.reading() as work:
        return int((await work.execute(select(func.count()).select_from(outbox))).scalar_one())


async def test_a_repetition_gets_the_first_answer_and_has_no_effect(shop: Shop) -> None:
    before = await effects(shop)
    first = await shop.post(URL, json={"title": "a"}, headers={"Idempotency-Key": "k-1"})
    again = await shop.post(URL, json={"title": "a"}, headers={"Idempotency-Key": "k-1"})
    assert (first.status, again.status) == (201, 201)
    assert await first.read() == await again.read()
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert await effects(shop) == before + 1


async def test_the_same_key_with_another_request_is_refused(shop: Shop) -> None:
    await shop.post(URL, json={"title": "a"}, headers={"Idempotency-Key": "k-2"})
    for method, url, body in (
        ("POST", URL, {"title": "b"}),
        ("POST", f"{URL}?fields=id", {"title": "a"}),
        ("DELETE", f"{URL}/x", None),
    ):
        answer = await shop.request(method, url, json=body, headers={"Idempotency-Key": "k-2"})
        if "?" in url:
            assert answer.status == 400
            continue
        assert answer.status == 422
        assert (await answer.json())["code"] == "idempotency_key_reused"


async def test_a_key_counts_for_one_storefront_and_one_login(shop: Shop) -> None:
    headers = {"Idempotency-Key": "k-3"}
    first = await (await shop.post(URL, json={"title": "a"}, headers=headers)).json()
    for other in ({"authorization": "Bearer other"}, {"x-publishable-api-key": KEY_WITHOUT_CHANNEL}):
        answer = await shop.post(URL, json={"title": "a"}, headers=headers | other)
        assert (await answer.json())["number"] != first["number"]


async def test_twenty_at_once_with_one_key_have_one_effect_and_one_answer(shop: Shop) -> None:
    before = await effects(shop)
    answers = await asyncio.gather(
        *(shop.post(URL, json={"title": "a"}, headers={"Idempotency-Key": "k-4"}) for _ in range(20))
    )
    assert {answer.status for answer in answers} == {201}
    assert len({await answer.read() for answer in answers}) == 1
    assert await effects(shop) == before + 1


async def test_a_refusal_is_not_kept(shop: Shop) -> None:
    before = await effects(shop)
    for _ in range(2):
        answer = await shop.post(URL, json={"title": "refuse"}, headers={"Idempotency-Key": "k-5"})
        assert answer.status == 404
        assert "Idempotency-Replayed" not in answer.headers
    assert await effects(shop) == before
    answer = await shop.post(URL, json={"title": 5}, headers={"Idempotency-Key": "k-5"})
    assert answer.status == 400
    async with shop.app[DEPS].database.reading() as work:
        kept = await work.execute(select(idempotency_key.c.key).where(idempotency_key.c.key == "k-5"))
        assert kept.first() is None


async def test_without_a_unit_of_work_the_answer_is_kept_all_the_same(shop: Shop) -> None:
    answers = [await shop.delete(f"{URL}/thing_1", headers={"Idempotency-Key": "k-6"}) for _ in range(2)]
    assert await answers[0].read() == await answers[1].read()
    assert answers[1].headers["Idempotency-Replayed"] == "true"


async def test_keys_of_a_wrong_form_are_refused(shop: Shop) -> None:
    for key, status in (("x" * 255, 201), ("x" * 256, 400), ("", 400), ("\u00e4", 400)):
        answer = await shop.post(URL, json={"title": "a"}, headers={"Idempotency-Key": key})
        assert answer.status == status, key


async def test_without_a_key_every_request_counts(shop: Shop) -> None:
    CALLS.clear()
    for _ in range(2):
        await shop.post(URL, json={"title": "a"})
    assert len(CALLS) == 2


async def test_a_guests_key_counts_for_the_sender_alone(shop: Shop) -> None:
    mine = {"Idempotency-Key": "k-9", "User-Agent": "one"}
    first = await shop.post(URL, json={"title": "a"}, headers=mine)
    again = await shop.post(URL, json={"title": "a"}, headers=mine)
    other = await shop.post(URL, json={"title": "a"}, headers=mine | {"User-Agent": "another"})
    assert await first.read() == await again.read()
    assert await other.read() != await first.read()
    assert "Idempotency-Replayed" not in other.headers
