"""The whole benchmark: `python -m benchmarks.run`.

Starts a server on embedded defaults with 1,000 products of 3 variants, measures every scenario beside its bare limit,
and writes the table into benchmarks/README.md and all figures to a JSON file.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import orjson
from tqdm import tqdm

from benchmarks import logins, report
from benchmarks.load import Result, measure, run
from benchmarks.process import ROOT, ServerProcess, free_port
from benchmarks.report import Pair, Report
from benchmarks.scenarios import SCENARIOS, bare_maker, prepared_cart
from benchmarks.target import Target, discover
from benchmarks.world import PUBLISHABLE_KEY, world

RESULTS = Path(__file__).with_name("results.json")
PARTS = ("scenarios", "authenticated", "storms")
UNCACHED = ("product_list", "product", "categories")  # measured again without the cache of finished pages
BARE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and with how many clients; seconds."""

    clients: tuple[int, ...]
    seconds: float
    warmup: float
    scenarios: tuple[str, ...]
    parts: tuple[str, ...]
    orders: int

    def of(self, *, seller: bool) -> "Plan":
        """The scenarios of sellers, or all others."""
        chosen = tuple(name for name in self.scenarios if SCENARIOS[name].of_seller is seller)
        return replace(self, scenarios=chosen if "scenarios" in self.parts else ())


def seeded(folder: Path, products: int) -> ServerProcess:
    """A stopped server whose data folder holds the benchmark's world."""
    server = ServerProcess(folder / "data")
    seed = folder / "world.json"
    seed.write_bytes(orjson.dumps(world(products=products, variants=3, sellers=10, stock=10_000_000)))
    server.run("seed", str(seed))
    return server


def ready_times(server: ServerProcess, times: int = 3) -> list[float]:
    """Seconds from start to ready, the embedded database's start included."""
    found = []
    for _ in range(times):
        found.append(round(server.start(), 2))
        server.stop()
    return found


def target_of(server: ServerProcess) -> Target:
    assert server.process is not None
    target = Target(server.base, PUBLISHABLE_KEY, server_pid=server.process.pid, database_pid=server.database_pid)
    return run(discover(target, currency="eur"))


async def bodies(target: Target, folder: Path) -> None:
    """Keep the very bytes that the server answers, for the bare handlers to answer too."""
    shop = target.shop()
    cart_id = await prepared_cart(target, shop)
    for name, path in {
        "product_list": target.list_path,
        "product": f"/store/products/{target.product_ids[0]}?region_id={target.region_id}",
        "categories": "/store/product-categories?limit=100",
        "cart": f"/store/carts/{cart_id}",
    }.items():
        (folder / f"{name}.json").write_bytes(await shop.send(shop.request("GET", path), keep=True))
    shop.close()


@contextmanager
def bare_server(folder: Path, database_url: str) -> Iterator[Target]:
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.bare", "--port", str(port), "--bodies", str(folder)]
    command += ["--database", database_url]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        if process.stdout.readline().strip() != b"ready":
            raise RuntimeError("the bare server did not start")
        yield Target(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait()


async def both(
    name: str, plan: Plan, clients: int, target: Target, bare: Target | None
) -> tuple[Result, Result | None]:
    """The scenario and, right after it, its bare limit with as many clients."""
    make, steps = SCENARIOS[name].make, SCENARIOS[name].bare
    real = await measure(name, make, target, clients=clients, seconds=plan.seconds, warmup=plan.warmup)
    if bare is None:
        return real, None
    limit = await measure(name, bare_maker(steps), bare, clients=clients, seconds=BARE_SECONDS, warmup=0.3)
    return real, limit


def measured(plan: Plan, target: Target, bare: Target | None, note: str = "") -> list[Pair]:
    rows = [(name, clients) for name in plan.scenarios for clients in plan.clients]
    pairs = []
    for name, clients in tqdm(rows, desc=note or "measuring", unit="row"):
        real, limit = run(both(name, plan, clients, target, bare))
        if real.errors:
            tqdm.write(f"{name} with {clients} clients: {real.errors} errors, such as {real.error_samples[:1]}")
        pairs.append(Pair(real, limit, note))
    return pairs


def whole_run(plan: Plan, folder: Path, products: int) -> Report:
    server = seeded(folder, products)
    found = Report(ready_seconds=ready_times(server))
    found.facts["Catalogue"] = f"{products:,} products of 3 variants in 10 stores, two regions; one server process"
    (folder / "bodies").mkdir(exist_ok=True)
    try:
        server.start()
        target = target_of(server)
        run(bodies(target, folder / "bodies"))
        with bare_server(folder / "bodies", server.database_url) as bare:
            found.pairs += measured(plan.of(seller=False), target, bare)
            if "authenticated" in plan.parts:
                found.contrasts = logins.authenticated_reads(server, target, plan.clients)
            if (of_seller := plan.of(seller=True)).scenarios:
                target = run(logins.seller_target(target, server.database_url, plan.orders))
                found.pairs += measured(of_seller, target, bare)
        server.stop()
        if "storms" in plan.parts:
            found.storms = logins.storms(server, target_of)
        again = tuple(name for name in UNCACHED if name in plan.of(seller=False).scenarios)
        if again:
            server.env["PASAR_PAGE_CACHE_BYTES"] = "0"
            server.start()
            found.pairs += measured(replace(plan, scenarios=again), target_of(server), None, "page cache off")
    finally:
        server.stop()
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenario", action="append", choices=sorted(SCENARIOS), help="one or more; default: all")
    parser.add_argument(
        "--part", action="append", choices=PARTS, help="one or more; default: all, or the scenarios named"
    )
    parser.add_argument("--clients", type=int, action="append", help="clients at once, one or more; default: 1 8 32")
    parser.add_argument("--seconds", type=float, default=5.0, help="measured time of each row (default 5)")
    parser.add_argument("--warmup", type=float, default=1.5, help="unmeasured time before it (default 1.5)")
    parser.add_argument("--products", type=int, default=1000)
    parser.add_argument("--orders", type=int, default=100_000, help="of one store, for the scenarios of its seller")
    parser.add_argument("--json", type=Path, default=RESULTS, help="file for all figures (default beside this one)")
    parser.add_argument("--no-readme", action="store_true", help="print the table only, leave the README as it is")
    options = parser.parse_args()
    names = tuple(options.scenario or SCENARIOS)
    parts = tuple(options.part or (PARTS if not options.scenario else ("scenarios",)))
    clients = tuple(options.clients or (1, 8, 32))
    plan = Plan(clients, options.seconds, options.warmup, names, parts, options.orders)
    with tempfile.TemporaryDirectory(prefix="pasar-bench-") as folder:
        found = whole_run(plan, Path(folder), options.products)
    options.json.write_bytes(orjson.dumps(asdict(found) | {"machine": report.machine()}, option=orjson.OPT_INDENT_2))
    if not options.no_readme:
        report.write(found)
    print(report.markdown(found))
    return 1 if any(pair.real.errors for pair in found.pairs) else 0


if __name__ == "__main__":
    sys.exit(main())
