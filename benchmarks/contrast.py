"""Two kinds of request against each other: what one costs the server more than the other.

They take turns of a fraction of a second on the same connections, so that whatever else the machine does meets both
alike. The figure is the middle one of the turns' ratios.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from statistics import median
from time import perf_counter

from benchmarks.client import Shop
from benchmarks.target import Target
from benchmarks.usage import exact_cpu_seconds


@dataclass(frozen=True, slots=True)
class Contrast:
    """Server CPU in seconds per 1,000 requests, and the second over the first."""

    title: str
    clients: int
    requests: int
    plain_cpu: float
    other_cpu: float
    ratio: float
    ratios: list[float] = field(default_factory=list)


async def send_until(shop: Shop, requests: Sequence[bytes], stop: float, rng: Random) -> int:
    count = 0
    while perf_counter() < stop:
        await shop.send(rng.choice(requests))
        count += 1
    return count


async def turn(pid: int, shops: Sequence[Shop], requests: Sequence[bytes], seconds: float, rng: Random) -> list[float]:
    """Requests and CPU seconds of one turn."""
    before, stop = exact_cpu_seconds(pid), perf_counter() + seconds
    counts = await asyncio.gather(*(send_until(shop, requests, stop, rng) for shop in shops))
    return [sum(counts), exact_cpu_seconds(pid) - before]


async def contrast(
    title: str,
    target: Target,
    plain: Sequence[bytes],
    other: Sequence[bytes],
    *,
    clients: int,
    turns: int = 20,
    seconds: float = 0.25,
) -> Contrast:
    pid, rng = target.server_pid, Random(1)
    assert pid is not None
    shops = [target.shop() for _ in range(clients)]
    both: tuple[list[list[float]], list[list[float]]] = [], []
    for number in range(turns + 1):
        # Who goes first changes, and the first pair of turns only warms up.
        for side in (0, 1) if number % 2 else (1, 0):
            spent = await turn(pid, shops, (plain, other)[side], seconds, rng)
            both[side].extend([spent] if number else [])
    for shop in shops:
        shop.close()
    costs = [[cpu / max(1, count) * 1000 for count, cpu in side] for side in both]
    ratios = [round(b / a, 4) for a, b in zip(*costs, strict=True)]
    count = int(sum(count for side in both for count, _ in side))
    plain_cpu, other_cpu = (round(median(side), 4) for side in costs)
    return Contrast(title, clients, count, plain_cpu, other_cpu, round(median(ratios), 4), ratios)
