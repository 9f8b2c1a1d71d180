"""Many people at the door at once: logging in with the right password, and guessing at it.

What is looked at is everybody else: how late the server's event loop gets (`probed.py`), and how long a request for
/health takes beside the storm, which has the wire, the middlewares and this process's own lateness in it.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from benchmarks import people
from benchmarks.client import RefusedError, Shop
from benchmarks.load import percentile
from benchmarks.probed import lags
from benchmarks.target import Target
from benchmarks.usage import exact_cpu_seconds
from services.infrastructure.tokens.passwords import THREADS

GUESSES, ADDRESSES, ACCOUNTS = 10_000, 1_000, 20
GUESSERS = 64
HEALTH_EVERY_SECONDS = 0.02


@dataclass(slots=True)
class Storm:
    """One storm. Milliseconds; CPU in seconds per 1,000 attempts; `bare` is argon2id in as many threads as cores."""

    title: str
    clients: int
    seconds: float = 0.0
    attempts: int = 0
    per_second: float = 0.0
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    lag_p50_ms: float = 0.0
    lag_p99_ms: float = 0.0
    lag_max_ms: float = 0.0
    health_p99_ms: float = 0.0
    server_cpu: float = 0.0
    statuses: dict[str, int] = field(default_factory=dict)
    bare: float = 0.0
    bare_pool: float = 0.0  # with as many threads as the server's pool has
    hashed: int = 0  # attempts whose password was looked at
    most_tries: int = 0  # passwords of one account that were looked at
    tries_allowed: int = 0


def hashes_per_second(threads: int, seconds: float = 2.0) -> float:
    """What the machine can do at the most: argon2id with the server's parameters and nothing beside it."""
    hasher = people.hasher()
    known, stop = hasher.hash(people.PASSWORD), perf_counter() + seconds

    def work() -> int:
        count = 0
        while perf_counter() < stop:
            hasher.verify(known, people.PASSWORD)
            count += 1
        return count

    with ThreadPoolExecutor(threads) as pool:
        return round(sum(each.result() for each in [pool.submit(work) for _ in range(threads)]) / seconds, 1)


@dataclass(slots=True)
class Watch:
    """What happened while a storm went on: latencies in seconds, statuses, and tries by account."""

    latencies: list[float] = field(default_factory=list)
    health: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    looked_at: Counter[str] = field(default_factory=Counter)


async def attempt(shop: Shop, request: bytes, email: str, watch: Watch) -> None:
    started, status = perf_counter(), 200
    try:
        await shop.send(request)
    except RefusedError as refusal:
        status = refusal.status
    watch.latencies.append(perf_counter() - started)
    watch.statuses[status] += 1
    watch.looked_at[email] += status in (200, 401)


async def see_health(target: Target, watch: Watch) -> None:
    shop = target.shop()
    request = shop.request("GET", "/health")
    while True:
        started = perf_counter()
        await shop.send(request)
        watch.health.append(perf_counter() - started)
        await asyncio.sleep(HEALTH_EVERY_SECONDS)


async def weather(
    storm: Storm, target: Target, lag_file: Path, clients: Sequence[asyncio.Task[None]], watch: Watch
) -> Storm:
    """Wait for the clients to be done and sum up what was seen meanwhile."""
    pid = target.server_pid
    assert pid is not None
    health = asyncio.create_task(see_health(target, watch))
    begin, before = perf_counter(), exact_cpu_seconds(pid)
    await asyncio.gather(*clients)
    stop, spent = perf_counter(), exact_cpu_seconds(pid) - before
    health.cancel()
    await asyncio.sleep(0.3)  # the probe's last notes
    late, latencies = lags(lag_file, begin, stop), sorted(watch.latencies)
    storm.seconds, storm.attempts = round(stop - begin, 2), len(latencies)
    storm.per_second = round(len(latencies) / (stop - begin), 1)
    storm.p50_ms, storm.p99_ms = percentile(latencies, 0.5), percentile(latencies, 0.99)
    storm.lag_p50_ms, storm.lag_p99_ms = percentile(late, 0.5), percentile(late, 0.99)
    storm.lag_max_ms = percentile(late, 1.0)
    storm.health_p99_ms = percentile(sorted(watch.health), 0.99)
    storm.server_cpu = round(spent / len(latencies) * 1000, 3)
    storm.statuses = {str(status): count for status, count in sorted(watch.statuses.items())}
    storm.hashed = watch.looked_at.total()
    storm.most_tries = max(watch.looked_at.values(), default=0)
    return storm


async def logins(target: Target, lag_file: Path, emails: Sequence[str], seconds: float) -> Storm:
    """A client for each account, who logs in again and again."""
    watch, stop = Watch(), perf_counter() + seconds

    async def client(number: int, email: str) -> None:
        shop = target.shop()
        shop.head += f"x-forwarded-for: 10.1.{number // 250}.{number % 250}\r\n"
        request = people.log_in_request(shop, email)
        while perf_counter() < stop:
            await attempt(shop, request, email, watch)
        shop.close()

    clients = [asyncio.create_task(client(number, email)) for number, email in enumerate(emails)]
    return await weather(Storm("logins with the right password", len(emails)), target, lag_file, clients, watch)


async def guessing(target: Target, lag_file: Path, emails: Sequence[str], tries_allowed: int) -> Storm:
    """10,000 passwords for a few accounts from 1,000 addresses, of which none is used often."""
    watch = Watch()

    def guesses(shop: Shop) -> Iterator[tuple[str, bytes]]:
        for number in range(GUESSES):
            address = number % ADDRESSES
            email = emails[number % len(emails)]
            body = {"email": email, "password": f"a guess, number {number}"}
            more = {"x-forwarded-for": f"10.2.{address // 250}.{address % 250}"}
            yield email, shop.request("POST", people.door("customer"), body, more=more)

    left = guesses(target.shop())

    async def client() -> None:
        shop = target.shop()
        for email, request in left:
            await attempt(shop, request, email, watch)
        shop.close()

    clients = [asyncio.create_task(client()) for _ in range(GUESSERS)]
    storm = await weather(Storm("guesses from 1,000 addresses", GUESSERS), target, lag_file, clients, watch)
    storm.tries_allowed = tries_allowed
    return storm


def with_limits(storm: Storm) -> Storm:
    """The bare limits, measured while the server has nothing to do."""
    storm.bare, storm.bare_pool = hashes_per_second(os.cpu_count() or 1), hashes_per_second(THREADS)
    return storm
