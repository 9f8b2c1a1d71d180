"""Images of imported products: fetched from public hosts only, checked, kept."""

from collections.abc import AsyncIterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import select

from models.schema.product import product_image
from services.imports.images import extension_of
from services.infrastructure.database.database import Database
from services.infrastructure.files.local import LocalFiles
from services.infrastructure.http.fetch import Fetcher, FetchRefused, is_public
from tests.services.imports.sheets import Import, item, one, rows, sheet

PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "192.168.0.1",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1",
        "fc00::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "255.255.255.255",
    ],
)
def test_private_addresses_are_not_public(address: str) -> None:
    assert not is_public(ip_address(address))
    assert is_public(ip_address("93.184.216.34"))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://localhost/",
        "file:///etc/passwd",
        "ftp://a.example/",
        "http://u:p@a.example/",
        "http://93.184.216.34:22/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http:///x",
        "http://[bad/",
    ],
)
async def test_addresses_that_must_not_be_fetched(url: str) -> None:
    async with Fetcher(limit_bytes=1000, timeout_seconds=5) as fetcher:
        with pytest.raises(FetchRefused):
            await fetcher.get(url)


@pytest.fixture
async def pictures() -> AsyncIterator[TestServer]:
    """A server of images and of traps."""

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        match request.path:
            case "/good.png":
                return web.Response(body=PNG, content_type="text/html")
            case "/moved.png":
                raise web.HTTPFound("/good.png")
            case "/inside":
                raise web.HTTPFound("http://169.254.169.254/latest")
            case "/loop":
                raise web.HTTPFound("/loop")
            case "/huge.png":
                return web.Response(body=PNG + bytes(100_000))
            case "/page.png":
                return web.Response(text="<script>")
        raise web.HTTPNotFound

    asked: list[str] = []
    shop = web.Application()
    shop.router.add_get("/{name:.*}", answer)
    server = TestServer(shop)
    server.asked = asked  # type: ignore[attr-defined]
    async with server:
        yield server


def fetcher_for(server: TestServer) -> Fetcher:
    """Lets the test server through, and nothing else that is not public."""
    return Fetcher(
        limit_bytes=50_000,
        timeout_seconds=5,
        allow=lambda address: str(address) == "127.0.0.1" or is_public(address),
        ports=(None, 80, server.port),
    )


async def test_images_are_fetched_once_and_kept(
    database: Database, run: Import, told: list[Any], pictures: TestServer, tmp_path: Path
) -> None:
    files = LocalFiles(tmp_path / "files", "https://shop.example")
    good, moved, page = (str(pictures.make_url(path)) for path in ("/good.png", "/moved.png", "/page.png"))
    text = sheet(
        item("pictured", image=good),
        {"Handle": "pictured", "Image Src": moved},
        {"Handle": "pictured", "Image Src": page},
    )
    result, faults = await run(text, fetcher=fetcher_for(pictures), files=files)
    assert (result.created, result.images, faults) == (1, 2, [])
    assert [(line, message.removeprefix(page)) for line, _, message in told] == [
        (4, " is not a JPEG, PNG, GIF, WebP or AVIF image")
    ]
    found = await one(database, "pictured")
    assert found.thumbnail.startswith("/files/catalogue/alpha/")
    assert await files.get(found.thumbnail.removeprefix("/files/")) == PNG
    kept = await rows(
        database, select(product_image.c.url).where(product_image.c.product_id == found.id).order_by("rank")
    )
    assert kept[2].url == page
    # Without the switch the fetched addresses stay, with it nothing is fetched twice.
    assert (await run(text))[0].unchanged == 1
    pictures.asked.clear()  # type: ignore[attr-defined]
    again, _ = await run(text, fetcher=fetcher_for(pictures), files=files)
    assert again.unchanged == 1
    assert pictures.asked == ["/page.png"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/inside", "169.254.169.254 is not a public host"),
        ("/loop", "redirects more than 3 times"),
        ("/huge.png", "is larger than 48 KiB"),
        ("/missing", "answers 404"),
    ],
)
async def test_traps_behind_an_address(pictures: TestServer, path: str, reason: str) -> None:
    async with fetcher_for(pictures) as fetcher:
        with pytest.raises(FetchRefused, match=reason):
            await fetcher.get(str(pictures.make_url(path)))


def test_images_are_known_by_their_content() -> None:
    assert extension_of(PNG) == "png"
    assert extension_of(b"\xff\xd8\xff\xe0") == "jpg"
    assert extension_of(b"RIFF\0\0\0\0WEBPVP8 ") == "webp"
    assert extension_of(b"<svg onload=alert(1)>") is None
    assert extension_of(b"") is None
