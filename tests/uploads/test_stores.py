"""One contract for every store of files: what is put is whole, and a grant is good for what it names only."""

import asyncio
import base64
import json
import time
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from services.infrastructure.files.local import LocalFiles
from services.infrastructure.files.minio import MinioFiles
from services.infrastructure.files.slot import BadFileKey, FileMissing, FileStore, FileTooLarge, Grant, StorageAway
from tests.uploads.conftest import STORES, TAKES_FORMS
from utils.clock import now

Client = Any
PNG = "image/png"
forms = pytest.mark.parametrize("store_kind", [kind for kind in STORES if kind in TAKES_FORMS], indirect=True)


async def put(client: aiohttp.ClientSession, grant: Grant, content: bytes, url: str = "", **headers: str) -> int:
    sent = {**grant.headers, "Content-Length": str(len(content)), **headers}
    async with client.put(url or grant.url, data=content, headers=sent) as reply:
        return reply.status


async def post(client: aiohttp.ClientSession, grant: Grant, content: bytes, **fields: str) -> int:
    form = aiohttp.FormData()
    for name, value in {**grant.fields, **fields}.items():
        form.add_field(name, value)
    form.add_field("file", content, filename="photo.png", content_type=PNG)
    async with client.post(grant.url, data=form) as reply:
        return reply.status


async def is_there(files: FileStore, key: str) -> bool:
    try:
        await files.stat(key)
    except FileMissing:
        return False
    return True


async def test_what_is_put_can_be_read_replaced_listed_and_deleted(files: FileStore, settings: Any) -> None:
    assert await files.put("images/one/a.webp", b"one", "image/webp") == f"{settings.base_url}/files/images/one/a.webp"
    await files.put("images/one/a.webp", b"three")
    await files.put("images/two/b.webp", b"")
    assert await files.get("images/one/a.webp") == b"three"
    assert (await files.stat("images/one/a.webp")).size == 5
    assert abs((await files.stat("images/one/a.webp")).modified_at - now()) < timedelta(minutes=1)
    assert sorted([found.key async for found in files.listing("images")]) == ["images/one/a.webp", "images/two/b.webp"]
    assert [found.size async for found in files.listing("images/one")] == [5]
    assert [found async for found in files.listing("nothing")] == []
    for _ in range(2):
        await files.delete("images/one/a.webp")
    await files.delete("images/two/b.webp")
    for ask in (files.get, files.stat):
        with pytest.raises(FileMissing):
            await ask("images/one/a.webp")
    assert [found async for found in files.listing("images")] == []


async def test_no_more_is_read_than_was_asked_for(files: FileStore) -> None:
    await files.put("incoming/long", bytes(100_000))
    assert len(await files.get("incoming/long", 100_000)) == 100_000
    with pytest.raises(FileTooLarge):
        await files.get("incoming/long", 99_999)
    await files.delete("incoming/long")


@pytest.mark.parametrize(
    "key", ["", "/a", "../a", "a/../b", "a//b", ".a", "a/.b", "a\0", "x" * 201, "a\n", "a?b", "a b"]
)
async def test_a_key_is_a_plain_path(files: FileStore, key: str) -> None:
    for ask in (files.get, files.stat, files.delete):
        with pytest.raises(BadFileKey):
            await ask(key)
    with pytest.raises(BadFileKey):
        await files.put(key, b"")
    with pytest.raises(BadFileKey):
        files.grant_put(key, media_type=PNG, size=1, seconds=9)
    with pytest.raises(BadFileKey):
        files.grant_post(key, media_type=PNG, least=1, most=1, seconds=9)


async def test_a_granted_put_stores_the_file_and_may_be_repeated(
    files: FileStore, web_client: aiohttp.ClientSession
) -> None:
    grant = files.grant_put("incoming/good", media_type=PNG, size=5, seconds=60)
    assert grant.method == "PUT"
    assert timedelta(seconds=50) < grant.expires_at - now() <= timedelta(seconds=60)
    for content in (b"hello", b"again"):
        assert await put(web_client, grant, content) == 200
        assert await files.get("incoming/good") == content


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (b"hello world", {}),
        (b"hell", {}),
        (b"", {}),
        (b"hello", {"Content-Type": "text/html"}),
        (b"hello", {"Content-Type": "image/svg+xml"}),
    ],
    ids=["longer", "shorter", "empty", "html", "svg"],
)
async def test_a_put_of_another_size_or_type_is_refused(
    files: FileStore, web_client: aiohttp.ClientSession, content: bytes, headers: dict[str, str]
) -> None:
    grant = files.grant_put("incoming/strict", media_type=PNG, size=5, seconds=60)
    assert 400 <= await put(web_client, grant, content, **headers) < 500
    assert not await is_there(files, "incoming/strict")


def forged(url: str) -> list[str]:
    """Addresses like a granted one that nobody granted."""
    plain, _, query = url.partition("?")
    pairs = [part.partition("=")[::2] for part in query.split("&")]
    found = [plain, url.replace("incoming/mine", "incoming/other"), url.replace("incoming/mine", "images/mine")]
    found += [url + "0", url[:-1] + ("0" if url[-1] != "0" else "1"), url.replace("incoming/mine", "incoming//mine")]
    for at, (name, value) in enumerate(pairs):
        left = pairs[:at] + pairs[at + 1 :]
        found.append(f"{plain}?{'&'.join('='.join(pair) for pair in left)}")
        for other in ("", "9" * len(value), value[::-1] + "1"):
            found.append(f"{plain}?{'&'.join('='.join(pair) for pair in [*left, (name, other)])}")
    return found


async def test_an_address_that_was_changed_allows_nothing(files: FileStore, web_client: aiohttp.ClientSession) -> None:
    grant = files.grant_put("incoming/mine", media_type=PNG, size=5, seconds=60)
    tried = forged(grant.url)
    assert len(tried) >= 14
    for url in tried:
        assert 400 <= await put(web_client, grant, b"hello", url) < 500, url
        for key in ("incoming/mine", "incoming/other", "images/mine"):
            assert not await is_there(files, key), url


async def test_a_put_after_its_time_is_refused(files: FileStore, web_client: aiohttp.ClientSession) -> None:
    grant = files.grant_put("incoming/late", media_type=PNG, size=5, seconds=1)
    await asyncio.sleep(2.1)
    assert 400 <= await put(web_client, grant, b"hello") < 500
    assert not await is_there(files, "incoming/late")


async def test_half_a_put_leaves_nothing(files: FileStore) -> None:
    grant = files.grant_put("incoming/half", media_type=PNG, size=100_000, seconds=60)
    host, _, path = grant.url.removeprefix("http://").partition("/")
    _, writer = await asyncio.open_connection(*host.split(":"))
    lines = [f"PUT /{path} HTTP/1.1", f"Host: {host}", *(f"{n}: {v}" for n, v in grant.headers.items()), "", ""]
    writer.write("\r\n".join(lines).encode() + bytes(50_000))
    await writer.drain()
    await asyncio.sleep(0.2)
    writer.close()
    await asyncio.sleep(0.3)
    assert not await is_there(files, "incoming/half")


@forms
async def test_a_granted_form_stores_a_file_within_its_range(
    files: FileStore, web_client: aiohttp.ClientSession
) -> None:
    grant = files.grant_post("incoming/form", media_type=PNG, least=2, most=5, seconds=60)
    for content in (b"ab", b"abcde"):
        assert await post(web_client, grant, content) == 204
        assert await files.get("incoming/form") == content
    await files.delete("incoming/form")


@forms
@pytest.mark.parametrize(
    ("content", "fields"),
    [
        (b"a", {}),
        (b"abcdef", {}),
        (bytes(300_000), {}),
        (b"abc", {"key": "incoming/other"}),
        (b"abc", {"Content-Type": "text/html"}),
        (b"abc", {"policy": ""}),
        (b"abc", {"policy": base64.b64encode(b"{}").decode()}),
        (b"abc", {"signature": "0" * 64, "x-amz-signature": "0" * 64}),
        (b"abc", {"signature": "", "x-amz-signature": ""}),
        (b"abc", {"signature": "ä", "x-amz-signature": "ä"}),
    ],
)
async def test_a_form_that_was_changed_is_refused(
    files: FileStore, web_client: aiohttp.ClientSession, content: bytes, fields: dict[str, str]
) -> None:
    grant = files.grant_post("incoming/form", media_type=PNG, least=2, most=5, seconds=60)
    if fields == {"policy": base64.b64encode(b"{}").decode()}:
        assert await post(web_client, grant, b"abc") == 204
        await files.delete("incoming/form")
    fields = {name: value for name, value in fields.items() if name in grant.fields}
    assert 400 <= await post(web_client, grant, content, **fields) < 500
    assert [found.key async for found in files.listing("incoming") if "form" in found.key or "other" in found.key] == []


@forms
async def test_a_form_after_its_time_is_refused(files: FileStore, web_client: aiohttp.ClientSession) -> None:
    grant = files.grant_post("incoming/form", media_type=PNG, least=2, most=5, seconds=1)
    await asyncio.sleep(2.1)
    assert 400 <= await post(web_client, grant, b"abc") < 500
    assert not await is_there(files, "incoming/form")


@forms
@pytest.mark.parametrize("body", ["nothing", "no file", "no form", "many fields", "long field", "cut off"])
async def test_a_body_that_is_no_such_form_is_refused(
    files: FileStore, web_client: aiohttp.ClientSession, body: str
) -> None:
    grant = files.grant_post("incoming/form", media_type=PNG, least=1, most=100, seconds=60)
    part = '--x\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    fields = "".join(part.format(name, value) for name, value in grant.fields.items())
    sent = {
        "nothing": "",
        "no file": f"{fields}--x--\r\n",
        "no form": "hello",
        "many fields": "".join(part.format(f"a{n}", n) for n in range(2000))
        + f"{fields}{part.format('file', 'a')}--x--",
        "long field": part.format("policy", "a" * 2_000_000) + f"{fields}{part.format('file', 'a')}--x--",
        "cut off": fields + part.format("file", "abc")[:-5],
    }[body]
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    async with web_client.post(grant.url, data=sent.encode(), headers=headers) as reply:
        assert 400 <= reply.status < 500, await reply.text()
    assert not await is_there(files, "incoming/form")


@pytest.mark.parametrize("store_kind", ["folder"], indirect=True)
async def test_the_folders_secret_is_shared_by_its_processes_and_nobodys_else(files: FileStore, settings: Any) -> None:
    assert isinstance(files, LocalFiles)
    again = LocalFiles(files.folder, files.base_url)
    assert again.secret == files.secret
    path = settings.data_dir / "files.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_bytes() == files.secret
    assert len(files.secret) == 32


@pytest.mark.parametrize("store_kind", [kind for kind in STORES if kind != "folder"], indirect=True)
async def test_nothing_can_be_fetched_from_the_storage_without_a_signature(
    files: FileStore, web_client: aiohttp.ClientSession
) -> None:
    assert isinstance(files, MinioFiles)
    await files.put("images/x/a.webp", b"x")
    for path in ("images/x/a.webp", "", "?list-type=2"):
        async with web_client.get(f"{files.public_endpoint}/{files.bucket}/{path}") as reply:
            assert 400 <= reply.status < 500
    await files.delete("images/x/a.webp")


async def test_a_storage_that_is_away_or_frozen_is_said_within_seconds() -> None:
    async def never(request: web.Request) -> web.Response:
        await asyncio.sleep(60)
        return web.Response()

    frozen = web.Application()
    frozen.router.add_route("*", "/{path:.*}", never)
    runner = web.AppRunner(frozen, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    for endpoint in ("http://127.0.0.1:9", f"http://127.0.0.1:{port}"):
        away = MinioFiles(endpoint, access_key="a" * 20, secret_key="b" * 40, bucket="none", base_url="")
        began = time.monotonic()
        with pytest.raises(StorageAway):
            await away.get("images/a")
        assert time.monotonic() - began < 6
    await runner.cleanup()


def test_a_form_for_s3_names_bucket_key_type_range_and_end() -> None:
    files = MinioFiles("http://s3.example", access_key="a" * 20, secret_key="b" * 40, bucket="shop", base_url="")
    grant = files.grant_post("incoming/a", media_type=PNG, least=2, most=5, seconds=60)
    assert grant.url == "http://s3.example/shop"
    policy = json.loads(base64.b64decode(grant.fields["policy"]))
    assert ["eq", "$bucket", "shop"] in policy["conditions"]
    assert ["eq", "$key", "incoming/a"] in policy["conditions"]
    assert ["eq", "$Content-Type", PNG] in policy["conditions"]
    assert ["content-length-range", 2, 5] in policy["conditions"]
    assert policy["expiration"][:16] == grant.expires_at.strftime("%Y-%m-%dT%H:%M")
