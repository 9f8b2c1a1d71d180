"""Real processes: draining under load, crashed workers, a supervisor that is killed."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import unused_port

ROOT = Path(__file__).resolve().parents[3]
# A shop reduced to what draining needs; started again as its own worker when --as-worker is there.
SHOP = """
import asyncio, os, sys
from aiohttp import web
from app import serve_http
from services.infrastructure.processes.processes import Supervisor
from utils.config import Settings

settings = Settings.from_env(os.environ)
draining = False

def drain():
    global draining
    draining = True

async def slow(request):
    await asyncio.sleep(float(request.query.get("seconds", 0.05)))
    response = web.Response(text=str(os.getpid()))
    if draining:
        response.force_close()
    return response

async def ready(request):
    return web.Response(status=503 if draining else 200)

async def main():
    app = web.Application()
    app.router.add_get("/slow", slow)
    app.router.add_get("/ready", ready)
    await serve_http(app, settings, drain=drain, is_worker="--as-worker" in sys.argv)
    return 0

if settings.workers > 1 and "--as-worker" not in sys.argv:
    sys.exit(asyncio.run(Supervisor([sys.executable, sys.argv[0], "--as-worker"], settings).run()))
sys.exit(asyncio.run(main()))
"""

Shop = tuple["subprocess.Popen[bytes]", str]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Shop]]:
    script = tmp_path / "shop.py"
    script.write_text(SHOP)
    started: list[subprocess.Popen[bytes]] = []

    def begin(workers: int = 1, drain_seconds: int = 5) -> Shop:
        port = unused_port()
        given = {"PASAR_PORT": str(port), "PASAR_WORKERS": str(workers), "PASAR_DRAIN_SECONDS": str(drain_seconds)}
        outside = {k: v for k, v in os.environ.items() if not k.startswith("PASAR_")}
        shop = subprocess.Popen([sys.executable, str(script)], env={**outside, **given, "PYTHONPATH": str(ROOT)})
        started.append(shop)
        return shop, f"http://127.0.0.1:{port}"

    yield begin
    for shop in started:
        shop.kill()
        shop.wait()


async def fetch(address: str) -> tuple[int, str]:
    timeout = aiohttp.ClientTimeout(total=60)
    async with aiohttp.ClientSession(timeout=timeout) as session, session.get(address) as answer:
        return answer.status, await answer.text()


async def is_up(base: str) -> None:
    for _ in range(2000):
        try:
            if (await fetch(f"{base}/ready"))[0] == 200:
                return
        except aiohttp.ClientError:
            await asyncio.sleep(0.02)
    raise AssertionError("it did not start")


async def gone(shop: "subprocess.Popen[bytes]") -> int:
    return await asyncio.wait_for(asyncio.to_thread(shop.wait), 60)


async def workers_seen(base: str, count: int) -> set[int]:
    seen: set[int] = set()
    async with asyncio.timeout(60):
        while len(seen) < count:
            seen.add(int((await fetch(f"{base}/slow?seconds=0"))[1]))
            await asyncio.sleep(0.005)
    return seen


@pytest.mark.parametrize("workers", [1, 2])
async def test_sigterm_under_load_loses_no_request_and_ends_in_order(start: Callable[..., Shop], workers: int) -> None:
    shop, base = start(workers=workers)
    await is_up(base)
    await workers_seen(base, workers)
    failed: list[str] = []
    answered = 0

    async def client(session: aiohttp.ClientSession) -> None:
        """Sends requests one after the other until it is refused; a refused connection is no lost request."""
        nonlocal answered
        while True:
            try:
                async with session.get(f"{base}/slow") as answer:
                    await answer.text()
                    answered += 1
            except aiohttp.ClientConnectorError:
                return
            except aiohttp.ClientError as error:
                failed.append(repr(error))
                return

    async with aiohttp.ClientSession() as session:
        clients = [asyncio.create_task(client(session)) for _ in range(32)]
        await asyncio.sleep(0.5)
        shop.send_signal(signal.SIGTERM)
        await asyncio.gather(*clients)
    assert failed == []
    assert answered > 32
    assert await gone(shop) == 0


async def test_while_it_drains_it_is_not_ready_and_finishes_what_runs(start: Callable[..., Shop]) -> None:
    shop, base = start()
    await is_up(base)
    running = asyncio.create_task(fetch(f"{base}/slow?seconds=1.5"))
    await asyncio.sleep(0.2)
    shop.send_signal(signal.SIGTERM)
    await asyncio.sleep(0.1)
    assert (await fetch(f"{base}/ready"))[0] == 503
    await asyncio.sleep(0.7)
    with pytest.raises(aiohttp.ClientConnectorError):
        await fetch(f"{base}/ready")
    assert (await running)[0] == 200
    assert await gone(shop) == 0


async def test_what_runs_longer_than_drain_seconds_is_cut_off(start: Callable[..., Shop]) -> None:
    shop, base = start(drain_seconds=1)
    await is_up(base)
    running = asyncio.create_task(fetch(f"{base}/slow?seconds=15"))
    await asyncio.sleep(0.2)
    began = asyncio.get_running_loop().time()
    shop.send_signal(signal.SIGTERM)
    assert await gone(shop) == 0
    assert asyncio.get_running_loop().time() - began < 5
    with pytest.raises(aiohttp.ClientError):
        await running


async def test_a_killed_worker_is_started_again_and_all_end_with_the_supervisor(start: Callable[..., Shop]) -> None:
    shop, base = start(workers=2)
    await is_up(base)
    first = await workers_seen(base, 2)
    victim = min(first)
    os.kill(victim, signal.SIGKILL)
    while first - {victim} == (now := await workers_seen(base, 1)) or victim in now:
        await asyncio.sleep(0.01)
    assert len(await workers_seen(base, 2)) == 2
    shop.send_signal(signal.SIGTERM)
    assert await gone(shop) == 0
    with pytest.raises(aiohttp.ClientConnectorError):
        await fetch(base)


async def test_workers_end_when_their_supervisor_is_killed(start: Callable[..., Shop]) -> None:
    shop, base = start(workers=2)
    await is_up(base)
    await workers_seen(base, 2)
    shop.kill()
    for _ in range(1000):
        try:
            await fetch(f"{base}/ready")
            await asyncio.sleep(0.02)
        except aiohttp.ClientError:
            return
    raise AssertionError("workers live on without their supervisor")
