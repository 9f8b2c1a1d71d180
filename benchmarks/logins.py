"""The parts of a run that people log in for: authenticated reads, storms at the door, a seller's orders."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from tqdm import tqdm

from benchmarks import orders, people, storm
from benchmarks.contrast import Contrast, contrast
from benchmarks.load import run
from benchmarks.probed import VARIABLE
from benchmarks.process import ServerProcess
from benchmarks.scenarios import prepared_cart
from benchmarks.storm import Storm
from benchmarks.target import Target

BUYER, SELLER = "buyer@bench.example.com", "seller@bench.example.com"
CARTS = 8
STORM_CLIENTS = (32, 128)
STORM_SECONDS = 8.0
TRIES = 10  # of the default settings; the server is told the same
TargetOf = Callable[[ServerProcess], Target]


async def carts(target: Target, database_url: str) -> tuple[list[bytes], list[bytes]]:
    """Requests for guests' carts of three lines, and the same ones with a customer's token."""
    await people.enrol(database_url, [BUYER])
    shop = target.shop()
    token, rng = await people.log_in(shop, BUYER), Random(3)
    paths = [f"/store/carts/{await prepared_cart(target, shop, rng)}" for _ in range(CARTS)]
    shop.close()
    plain = [shop.request("GET", path) for path in paths]
    return plain, [shop.request("GET", path, more=people.bearer(token)) for path in paths]


def authenticated_reads(server: ServerProcess, target: Target, clients: Sequence[int]) -> list[Contrast]:
    plain, other = run(carts(target, server.database_url))
    title = "read cart, 3 lines"
    rows = tqdm(clients, desc="authenticated beside anonymous", unit="row")
    return [run(contrast(title, target, plain, other, clients=count)) for count in rows]


def storms(server: ServerProcess, target_of: TargetOf) -> list[Storm]:
    """The server is started anew, with the probe in it and behind a proxy that tells addresses; it is stopped again."""
    probed = replace(server, command=("-m", "benchmarks.probed", "serve", "--no-demo"), process=None)
    lag_file = Path(f"{server.data_dir}.lags")
    probed.env = server.env | {
        VARIABLE: str(lag_file),
        "PASAR_TRUSTED_PROXIES": "1",
        "PASAR_LOGIN_TRIES": str(TRIES),
    }
    probed.start()
    try:
        target = target_of(probed)
        emails = [f"storm-{n}@bench.example.com" for n in range(max(STORM_CLIENTS))]
        accounts = [f"guessed-{n}@bench.example.com" for n in range(storm.ACCOUNTS)]
        run(people.enrol(probed.database_url, emails + accounts))
        found = []
        for count in tqdm(STORM_CLIENTS, desc="storms of logins", unit="storm"):
            seen = run(storm.logins(target, lag_file, emails[:count], STORM_SECONDS))
            found.append(storm.with_limits(seen))
        found.append(storm.with_limits(run(storm.guessing(target, lag_file, accounts, TRIES))))
        return found
    finally:
        probed.stop()


async def seller_target(target: Target, database_url: str, count: int) -> Target:
    """The target with `count` orders in one seller and the token of its owner."""
    seller_id = await orders.fill(target, database_url, count)
    await people.enrol(database_url, [SELLER], actor_type="seller", seller=orders.SELLER)
    shop = target.shop()
    token = await people.log_in(shop, SELLER, actor_type="seller")
    shop.close()
    return replace(target, seller_token=token, seller_id=seller_id)
