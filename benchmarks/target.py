"""What is measured: a running server with the Store API, and ids of what is in it.

`python -m benchmarks.target BASE KEY > TARGET.json` asks a server for them; `--server-pid` and `--database-pid` add
CPU time and memory when it runs on this machine.
"""

import argparse
import asyncio
import sys
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec
import orjson

from benchmarks.client import Shop

PAGE = 100


@dataclass(frozen=True, slots=True)
class Target:
    """A server to measure: where it is, and the ids of what is in it (read from a JSON file)."""

    base: str
    publishable_key: str = ""
    region_id: str = ""
    country_code: str = "de"
    provider_id: str = "pp_system_default"
    product_ids: tuple[str, ...] = ()
    variant_ids: tuple[str, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    address: dict[str, str] = field(default_factory=dict)
    seller_token: str = ""
    seller_id: str = ""
    server_pid: int | None = None
    database_pid: int | None = None

    def shop(self) -> Shop:
        return Shop(self.base, {"x-publishable-api-key": self.publishable_key, **self.headers})

    @property
    def as_seller(self) -> dict[str, str]:
        """Headers of a member of the seller `seller_id`."""
        return {"authorization": f"Bearer {self.seller_token}", "x-seller-id": self.seller_id}

    @property
    def list_path(self) -> str:
        return f"/store/products?limit=20&region_id={self.region_id}"


def read_target(path: Path) -> Target:
    return msgspec.json.decode(path.read_bytes(), type=Target)


async def every_product(shop: Shop, region_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        query = f"limit={PAGE}&offset={len(found)}&region_id={region_id}&order=created_at"
        page = (await shop.call("GET", f"/store/products?{query}"))["products"]
        found += page
        if len(page) < PAGE:
            return found


async def discover(target: Target, *, currency: str) -> Target:
    """The target with the region of a currency, and every product and variant that has a price there."""
    shop = target.shop()
    try:
        regions = (await shop.call("GET", "/store/regions"))["regions"]
        region = next(region for region in regions if region["currency_code"] == currency)
        products = await every_product(shop, region["id"])
    finally:
        shop.close()
    variants = [variant for product in products for variant in product["variants"]]
    return replace(
        target,
        region_id=region["id"],
        country_code=region["countries"][0]["iso_2"],
        product_ids=tuple(product["id"] for product in products),
        variant_ids=tuple(variant["id"] for variant in variants if variant.get("calculated_price")),
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base", help="address of the server, as http://127.0.0.1:8000")
    parser.add_argument("publishable_key")
    parser.add_argument("--currency", default="eur", help="currency of the region to buy in (default eur)")
    parser.add_argument("--server-pid", type=int, help="process of the server; its children count with it")
    parser.add_argument("--database-pid", type=int, help="process of the database server")
    options = parser.parse_args()
    target = Target(
        options.base.rstrip("/"),
        options.publishable_key,
        server_pid=options.server_pid,
        database_pid=options.database_pid,
    )
    found = asyncio.run(discover(target, currency=options.currency))
    print(orjson.dumps(asdict(found), option=orjson.OPT_INDENT_2).decode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
