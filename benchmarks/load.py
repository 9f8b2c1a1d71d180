"""Load on any server with the Store API: `python -m benchmarks.load TARGET.json --scenario product_list --clients 8`.

TARGET.json says which server: `python -m benchmarks.target` writes one. One JSON line a measurement goes to standard
output; the exit code is 1 if any request failed.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Coroutine
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any, TypeVar

import orjson

from benchmarks.client import RefusedError, Shop
from benchmarks.scenarios import OF_SELLER, SCENARIOS, Maker, Unit
from benchmarks.target import Target, read_target
from benchmarks.usage import Memory, cpu_seconds, memory

T = TypeVar("T")
FAULTS = (RefusedError, OSError, LookupError, RuntimeError, ValueError)


@dataclass(slots=True)
class Result:
    """One measurement. Latencies in milliseconds are of whole units; CPU in seconds per 1,000 units."""

    scenario: str
    clients: int
    seconds: float = 0.0
    units: int = 0
    requests: int = 0
    errors: int = 0
    units_per_second: float = 0.0
    requests_per_second: float = 0.0
    p50_ms: float = 0.0
    p95_ms: float = 0.0
    p99_ms: float = 0.0
    server_cpu: float = 0.0
    database_cpu: float = 0.0
    load_cpu: float = 0.0
    server_memory: Memory | None = None
    database_memory: Memory | None = None
    error_samples: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Tally:
    """What the clients of one measurement write down between `begin` and `stop` (perf_counter seconds)."""

    begin: float
    stop: float
    latencies: list[float] = field(default_factory=list)
    errors: int = 0
    samples: list[str] = field(default_factory=list)


async def keep_going(shop: Shop, unit: Unit, tally: Tally) -> int:
    """Repeat the unit until the time is over; returns the requests sent in measured units."""
    requests = 0
    while (started := perf_counter()) < tally.stop:
        sent = shop.requests
        try:
            await unit()
        except FAULTS as error:  # a fault of the server under test is a figure, not the end of the run
            tally.errors += 1
            if len(tally.samples) < 3:
                tally.samples.append(f"{type(error).__name__}: {error}"[:300])
            await asyncio.sleep(0.01)
            continue
        if started >= tally.begin:
            tally.latencies.append(perf_counter() - started)
            requests += shop.requests - sent
    return requests


async def cpu_at(moment: float, target: Target) -> tuple[float, float, float]:
    """CPU seconds of server, database and this process at a moment of perf_counter."""
    await asyncio.sleep(max(0.0, moment - perf_counter()))
    times = os.times()
    server, database = target.server_pid, target.database_pid
    return cpu_seconds(server, without=database), cpu_seconds(database), times.user + times.system


def percentile(ordered: list[float], share: float) -> float:
    """In milliseconds, of seconds in rising order."""
    if not ordered:
        return 0.0
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 3)


async def measure(name: str, make: Maker, target: Target, *, clients: int, seconds: float, warmup: float) -> Result:
    """Run `clients` clients side by side, each on a connection of its own."""
    shops = [target.shop() for _ in range(clients)]
    # One after the other: preparing must not be a load test of its own.
    units = [await make(target, shop, Random(index)) for index, shop in enumerate(shops)]
    begin = perf_counter() + warmup
    tally = Tally(begin, begin + seconds)
    load = asyncio.gather(*(keep_going(shop, unit, tally) for shop, unit in zip(shops, units, strict=True)))
    before = await cpu_at(begin, target)
    after = await cpu_at(begin + seconds, target)
    result = summed(name, clients, tally, sum(await load))
    result.server_memory = memory(target.server_pid, without=target.database_pid)
    result.database_memory = memory(target.database_pid)
    if result.units:
        costs = [round((b - a) / result.units * 1000, 3) for a, b in zip(before, after, strict=True)]
        result.server_cpu, result.database_cpu, result.load_cpu = costs
    for shop in shops:
        shop.close()
    return result


def summed(name: str, clients: int, tally: Tally, requests: int) -> Result:
    seconds = tally.stop - tally.begin
    ordered = sorted(tally.latencies)
    return Result(
        scenario=name,
        clients=clients,
        seconds=round(seconds, 2),
        units=len(ordered),
        requests=requests,
        errors=tally.errors,
        units_per_second=round(len(ordered) / seconds, 1),
        requests_per_second=round(requests / seconds, 1),
        p50_ms=percentile(ordered, 0.50),
        p95_ms=percentile(ordered, 0.95),
        p99_ms=percentile(ordered, 0.99),
        error_samples=tally.samples,
    )


def run(work: Coroutine[Any, Any, T]) -> T:
    """On uvloop where there is one: the load should cost as little as it can."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(work)
    return uvloop.run(work)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", type=Path, help="JSON file that describes the server")
    parser.add_argument(
        "--scenario", action="append", choices=sorted(SCENARIOS), help="one or more; default: all of the Store API"
    )
    parser.add_argument("--clients", type=int, action="append", help="clients at once, one or more; default: 1 8 32")
    parser.add_argument("--seconds", type=float, default=5.0, help="measured time of each row (default 5)")
    parser.add_argument("--warmup", type=float, default=1.0, help="unmeasured time before it (default 1)")
    options = parser.parse_args()
    target = read_target(options.target)
    failed = False
    for name in options.scenario or OF_SELLER:
        for clients in options.clients or (1, 8, 32):
            make = SCENARIOS[name].make
            work = measure(name, make, target, clients=clients, seconds=options.seconds, warmup=options.warmup)
            result = run(work)
            failed = failed or result.errors > 0
            print(orjson.dumps(asdict(result)).decode(), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
