"""The benchmark's people, storms and orders do what its tables say of them."""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from benchmarks import orders, people, storm
from benchmarks.probed import NOTE, lags
from benchmarks.storm import Watch, attempt
from benchmarks.target import Target
from benchmarks.usage import exact_cpu_seconds


@pytest.fixture
async def target() -> AsyncIterator[Target]:
    """A door that lets the right password in, and takes five guesses of an account."""
    tries: Counter[str] = Counter()

    async def door(request: web.Request) -> web.Response:
        said = await request.json()
        if said["password"] == people.PASSWORD:
            return web.json_response({"token": "t"})
        tries[said["email"]] += 1
        return web.json_response({}, status=401 if tries[said["email"]] <= 5 else 429)

    app = web.Application()
    app.router.add_post(people.door("customer"), door)
    async with TestServer(app) as server:
        yield Target(str(server.make_url("")).rstrip("/"), "pk_test")


async def test_a_storm_counts_what_was_looked_at_and_what_was_refused(target: Target) -> None:
    shop, watch = target.shop(), Watch()
    await attempt(shop, people.log_in_request(shop, "ana@example.com"), "ana@example.com", watch)
    wrong = shop.request("POST", people.door("customer"), {"email": "bo@example.com", "password": "a guess"})
    for _ in range(8):
        await attempt(shop, wrong, "bo@example.com", watch)
    assert watch.statuses == {200: 1, 401: 5, 429: 3}
    assert watch.looked_at == {"ana@example.com": 1, "bo@example.com": 5}
    assert len(watch.latencies) == 9
    shop.close()


def test_lateness_is_taken_between_two_moments_and_half_a_note_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "lags"
    file.write_bytes(b"".join(NOTE.pack(moment, moment / 10) for moment in (1.0, 3.0, 2.0, 9.0)) + b"half")
    assert lags(file, 1.5, 4.0) == [0.2, 0.3]


async def test_cpu_time_goes_up_with_work_alone() -> None:
    before = exact_cpu_seconds(os.getpid())
    await asyncio.sleep(0.05)
    idle = exact_cpu_seconds(os.getpid()) - before
    assert sum(range(5_000_000)) > 0
    assert exact_cpu_seconds(os.getpid()) - before - idle > idle


def test_a_bare_limit_is_a_number_of_hashes() -> None:
    assert storm.hashes_per_second(1, 0.1) > 0


@pytest.mark.parametrize("table", [table for table, _, _ in orders.COPIES])
def test_copies_have_ids_of_their_own(table: str) -> None:
    differs = next(differs for name, _, differs in orders.COPIES if name == table)
    assert {"id", "created_at", "updated_at"} <= set(differs)
    assert "generate_series" in orders.copy(table, "true", differs)
