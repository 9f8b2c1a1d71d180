"""Files that want to be taken for images: not one is, on either store, and nothing of them is kept."""

import asyncio
import time
from collections import Counter

import pytest
from sqlalchemy import select

from models.schema.file import upload, upload_quota
from services.infrastructure.images.inspection import ImageRefused, examine
from tests.uploads import pictures as p
from tests.uploads.attacks import ATTACKS, Attack
from tests.uploads.conftest import Seller

FLOODS = [attack for attack in ATTACKS if " of " in attack.why and " x " in attack.why]


def test_there_are_more_than_a_hundred_kinds_of_attack() -> None:
    assert len(ATTACKS) > 150
    assert Counter(attack.why for attack in ATTACKS).most_common(1)[0][1] == 1
    assert len({(attack.content, attack.mime, attack.filename) for attack in ATTACKS}) > 150


@pytest.mark.parametrize("attack", ATTACKS, ids=[attack.why.encode("unicode_escape").decode() for attack in ATTACKS])
async def test_an_attack_is_refused_and_nothing_of_it_stays(seller: Seller, attack: Attack) -> None:
    begun = await seller.begin(attack.content, attack.mime, attack.filename)
    if begun["status_code"] == 400:
        return
    assert begun["status_code"] == 200, begun
    path = f"/{begun['upload']['id']}"
    assert await seller.send(begun["grant"], attack.content) in (200, 204)
    refused = await seller.ask("POST", f"{path}/confirm")
    assert (refused["status_code"], refused["code"]) == (400, "image_refused"), refused
    found = (await seller.ask("GET", path, status=200))["upload"]
    assert (found["status"], found["url"], found["variants"]) == ("refused", None, [])
    assert found["reason"]
    again = await seller.ask("POST", f"{path}/confirm")
    assert (again["status_code"], again["code"]) == (400, "upload_refused")


async def test_after_all_of_them_nothing_is_stored_and_no_room_is_taken(seller: Seller) -> None:
    honest = await seller.upload(p.jpeg())
    keys = await seller.keys("images")
    assert len(keys) == len(honest["variants"])
    assert await seller.keys("incoming") == []
    for key in keys:
        content = await seller.deps.files.get(key)
        assert b"<script" not in content.lower()
        assert content[8:12] == b"WEBP"
    async with seller.deps.database.reading() as work:
        ready = (await work.execute(select(upload.c.id).where(upload.c.status == "ready"))).scalars().all()
        assert ready == [honest["id"]]
        assert (await work.execute(select(upload_quota.c.used_bytes))).scalars().all() == [honest["size"]]
    await seller.ask("DELETE", f"/{honest['id']}", status=200)


@pytest.mark.timed
@pytest.mark.parametrize("attack", FLOODS, ids=[attack.why for attack in FLOODS])
def test_a_flood_of_pixels_is_noticed_at_once(attack: Attack) -> None:
    began = time.perf_counter()
    with pytest.raises(ImageRefused):
        examine(attack.content)
    assert time.perf_counter() - began < 0.1


@pytest.mark.timed
async def test_a_flood_of_pixels_is_refused_within_a_tenth_of_a_second(seller: Seller) -> None:
    flood = next(attack for attack in ATTACKS if attack.why == "png of 100000 x 1")
    took = []
    for _ in range(3):
        begun = await seller.begin(flood.content, flood.mime, flood.filename)
        await seller.send(begun["grant"], flood.content)
        began = time.perf_counter()
        refused = await seller.ask("POST", f"/{begun['upload']['id']}/confirm", status=400)
        took.append(time.perf_counter() - began)
        assert "100000 x 1 pixels" in refused["message"]
    assert min(took) < 0.1


@pytest.mark.timed
async def test_the_loop_goes_on_while_attacks_are_looked_at(seller: Seller) -> None:
    begun = []
    for attack in ATTACKS[:60]:
        one = await seller.begin(attack.content, attack.mime, attack.filename)
        if one["status_code"] == 200:
            await seller.send(one["grant"], attack.content)
            begun.append(one["upload"]["id"])
    turns, over = [0.0], asyncio.Event()

    async def watch() -> None:
        while not over.is_set():
            began = time.thread_time()  # of the loop's thread alone: other work on the machine does not count
            await asyncio.sleep(0)
            turns.append(time.thread_time() - began)

    watching = asyncio.create_task(watch())
    await asyncio.gather(*(seller.ask("POST", f"/{each}/confirm") for each in begun))
    over.set()
    await watching
    assert max(turns) < 0.1
