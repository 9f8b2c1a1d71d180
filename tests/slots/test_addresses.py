"""Addresses of files: stored without a host, told with the one of today; and the demo's pictures are in the box."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from PIL import Image
from sqlalchemy import text

from controllers.http import DEPS
from services.seed import demo
from tests.conftest import Client
from tests.staff import hire
from tests.uploads import pictures as p
from utils.config import Settings, SettingsError

ROOT = Path(__file__).parents[2]
KEY = {"x-publishable-api-key": demo.TOKEN}


@pytest.fixture(scope="module")
def seed_file() -> Path | None:
    return None


@pytest.fixture(scope="module")
async def shop(client: Client) -> Client:
    """With the demo in it."""
    from controllers.cli import commands as cli_commands

    await cli_commands.load(client.app[DEPS], demo.FILE)
    await asyncio.sleep(0.3)
    return client


async def fetched(client: Client, url: str) -> bytes:
    base = client.app[DEPS].settings.base_url
    assert url.startswith(f"{base}/files/"), url
    async with client.get(url.removeprefix(base)) as reply:
        assert (reply.status, reply.content_type) == (200, "image/webp")
        return await reply.read()


async def test_every_picture_of_the_demo_loads_without_a_network(shop: Client) -> None:
    products = (await (await shop.get("/store/products?limit=100", headers=KEY)).json())["products"]
    assert len(products) >= 40
    for product in products:
        assert product["images"]
        for url in {product["thumbnail"], *(image["url"] for image in product["images"])}:
            with Image.open(BytesIO(await fetched(shop, url))) as image:
                assert image.size == (640, 640)
    sellers = (await (await shop.get("/store/sellers", headers=KEY)).json())["sellers"]
    assert sellers
    for seller in sellers:
        await fetched(shop, seller["logo"])


async def test_another_address_of_files_counts_at_once_for_what_was_stored_before(
    shop: Client, settings: Settings, start_shop: Callable[..., Awaitable[Client]]
) -> None:
    deps = shop.app[DEPS]
    products = (await (await shop.get("/store/products?limit=1", headers=KEY)).json())["products"]
    sellers = (await (await shop.get("/store/sellers", headers=KEY)).json())["sellers"]
    worker = await hire(shop, deps, seller_id=sellers[0]["id"], role="owner")

    async def ask(method: str, path: str, body: Any = None) -> Any:
        async with await worker.send(method, path, body) as reply:
            assert reply.status in (200, 201), await reply.text()
            return await reply.json()

    content = p.jpeg()
    said = {"filename": "a.jpg", "mime_type": "image/jpeg", "size": len(content)}
    begun = await ask("POST", "/vendor/uploads", said)
    path = begun["grant"]["url"].removeprefix(deps.settings.base_url)
    assert (await shop.put(path, data=content, headers=begun["grant"]["headers"])).status == 200
    made = (await ask("POST", f"/vendor/uploads/{begun['upload']['id']}/confirm"))["upload"]
    await ask("POST", "/vendor/sellers/me", {"logo": made["id"]})
    mine = (await ask("GET", "/vendor/products?limit=1"))["products"][0]
    changed = await ask("POST", f"/vendor/products/{mine['id']}", {"images": [{"url": made["url"]}]})
    assert changed["product"]["images"][0]["url"] == made["url"], "an address that was told may be sent back"

    async with deps.database.reading() as work:
        for column in ("thumbnail FROM product", "url FROM product_image", "logo FROM seller"):
            stored = (await work.execute(text(f"SELECT {column} WHERE true"))).scalars().all()
            assert {one.split("/")[1] for one in stored if one} == {"files"}

    moved = await start_shop(replace(settings, files_url="https://cdn.example"))
    for shown in (
        (await (await moved.get(f"/store/products/{mine['id']}", headers=KEY)).json())["product"]["thumbnail"],
        (await (await moved.get("/store/products?limit=1", headers=KEY)).json())["products"][0]["thumbnail"],
        (await (await moved.get("/store/sellers", headers=KEY)).json())["sellers"][0]["logo"],
    ):
        assert shown.startswith("https://cdn.example/files/")
    assert products[0]["thumbnail"].startswith(deps.settings.base_url)


def test_origins_of_apps_are_origins() -> None:
    given = "capacitor://localhost, ionic://localhost,http://localhost,https://localhost,tauri://localhost,MyShop://app"
    read = Settings.from_env({"PASAR_STORE_CORS": given.replace("MyShop", "myshop")}).store_cors
    assert read == (*given.replace(" ", "").replace("MyShop", "myshop").split(","),)
    for wrong in ("data://x", "file://localhost", "null", "javascript://x", "capacitor://localhost/page", "capacitor:"):
        with pytest.raises(SettingsError, match="PASAR_STORE_CORS must be like"):
            Settings.from_env({"PASAR_STORE_CORS": wrong})


@pytest.mark.parametrize("origin", ["capacitor://localhost", "http://localhost:5173", "http://localhost:4321"])
async def test_in_development_apps_and_the_usual_ports_may_call(shop: Client, origin: str) -> None:
    asked = {"origin": origin, "access-control-request-method": "GET"}
    reply = await shop.options("/store/products", headers=asked)
    assert reply.headers["Access-Control-Allow-Origin"] == origin


async def test_the_migration_takes_the_host_off_addresses_that_are_ours(shop: Client, settings: Settings) -> None:
    """Those of an upload and those that an import fetched; another shop's stay, also in carts and orders."""
    connection = await asyncpg.connect(settings.database_url.replace("+asyncpg", ""))
    key = "a1" * 16
    ours, fetched_one, theirs = (
        f"https://old.example:8000/files/{path}"
        for path in (f"images/{key}/0-full.webp", f"catalogue/shop/{'b' * 32}.jpg", f"images/{'c' * 32}/0-full.webp")
    )
    try:
        await connection.execute(
            "INSERT INTO upload"
            " (id, owner_id, key, name, announced_mime, announced_bytes, widths, held_bytes, expires_at)"
            " VALUES ('upl_old', 'user_x', $1, 'a.jpg', 'image/jpeg', 1, '[]', 1, now())",
            key,
        )
        products = [row[0] for row in await connection.fetch("SELECT id FROM product ORDER BY id LIMIT 3")]
        for product_id, url in zip(products, (ours, fetched_one, theirs), strict=True):
            await connection.execute("UPDATE product SET thumbnail = $2 WHERE id = $1", product_id, url)
            source = json.dumps({"source": "https://cdn.example/x.jpg"} if url == fetched_one else {})
            await connection.execute(
                "UPDATE product_image SET url = $2, metadata = $3 WHERE id ="
                " (SELECT id FROM product_image WHERE product_id = $1 ORDER BY rank LIMIT 1)",
                *(product_id, url, source),
            )
        document = json.dumps({"lines": [{"thumbnail": ours, "title": ours}, {"thumbnail": None}]})
        region = await connection.fetchval("SELECT id FROM region LIMIT 1")
        await connection.execute(
            "INSERT INTO cart (id, region_id, currency_code, document) VALUES ('cart_old', $1, 'eur', $2)",
            *(region, document),
        )
        # Under the name that a later migration gave to one of its tables.
        script = re.sub(r"\bstore\b", "seller", (ROOT / "migrations/sql/0017_addresses_of_files.sql").read_text())
        async with connection.transaction():
            await connection.execute(script)
        found = await connection.fetch("SELECT id, thumbnail FROM product WHERE id = ANY($1)", products)
        assert {row["id"]: row["thumbnail"] for row in found} == dict(
            zip(products, ("/" + ours.split("/", 3)[3], "/" + fetched_one.split("/", 3)[3], theirs), strict=True)
        )
        kept = json.loads(await connection.fetchval("SELECT document::text FROM cart WHERE id = 'cart_old'"))
        assert kept == {"lines": [{"thumbnail": "/" + ours.split("/", 3)[3], "title": ours}, {"thumbnail": None}]}
    finally:
        await connection.execute("DELETE FROM cart WHERE id = 'cart_old'")
        await connection.close()
