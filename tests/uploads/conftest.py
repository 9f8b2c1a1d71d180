"""The shop over each store of files: a folder, and S3 (the MinIO of MINIO_ENDPOINT if it is set, else rclone)."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import urllib3
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer, unused_port

from app import create_app
from controllers.http import DEPS
from services.deps import Deps
from services.infrastructure.files.slot import FileStore
from tests.staff import Worker, hire
from utils.config import Settings

HAS_MINIO = bool(os.environ.get("MINIO_ENDPOINT"))
STORES = ("folder", "minio" if HAS_MINIO else "rclone")
# rclone takes signed PUTs, but no signed forms.
TAKES_FORMS = ("folder", "minio")


@dataclass(frozen=True)
class Storage:
    endpoint: str
    access_key: str
    secret_key: str


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storage]:
    """An S3 storage that is up."""
    if HAS_MINIO:
        yield Storage(*(os.environ[f"MINIO_{name}"] for name in ("ENDPOINT", "ACCESS_KEY", "SECRET_KEY")))
        return
    storage = Storage(f"http://127.0.0.1:{unused_port()}", secrets.token_hex(10), secrets.token_hex(20))
    command = [str(Path(sys.executable).parent / "rclone"), "serve", "s3", "--config", ""]
    command += ["--addr", storage.endpoint.removeprefix("http://")]
    command += ["--auth-key", f"{storage.access_key},{storage.secret_key}", str(tmp_path_factory.mktemp("s3"))]
    with (tmp_path_factory.mktemp("log") / "rclone.log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        for _ in range(200):
            try:
                urllib3.request("GET", storage.endpoint, retries=False, timeout=1)
                break
            except urllib3.exceptions.HTTPError:
                time.sleep(0.05)
        yield storage
    finally:
        server.kill()
        server.wait()


@pytest.fixture(scope="module")
def seed_file() -> Path | None:
    return Path(__file__).parents[1] / "data" / "world.yaml"


@pytest.fixture(scope="module", params=STORES)
def store_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def settings(settings: Settings, store_kind: str, request: pytest.FixtureRequest) -> Settings:
    """The shop at a port that is known before it listens: signed addresses name it."""
    settings = replace(settings, port=unused_port(), data_dir=settings.data_dir / store_kind)
    if store_kind == "folder":
        return settings
    s3: Storage = request.getfixturevalue("s3")
    return replace(
        settings,
        minio_endpoint=s3.endpoint,
        minio_access_key=s3.access_key,
        minio_secret_key=s3.secret_key,
        minio_bucket=f"test-{secrets.token_hex(6)}",
    )


@pytest.fixture(scope="module")
async def app(settings: Settings) -> web.Application:
    return create_app(settings)


@pytest.fixture(scope="module")
async def client(app: web.Application, settings: Settings) -> AsyncIterator[TestClient[Any, Any]]:
    async with TestClient(TestServer(app, port=settings.port)) as started:
        yield started


@pytest.fixture(scope="module")
async def files(client: TestClient[Any, Any]) -> FileStore:
    store: FileStore = client.app[DEPS].files
    return store


@pytest.fixture(scope="module")
async def web_client() -> AsyncIterator[aiohttp.ClientSession]:
    """A client that goes wherever an address points."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as session:
        yield session


@dataclass
class Seller:
    """A seller's client, as its own storage address and API want it."""

    client: TestClient[Any, Any]
    web: aiohttp.ClientSession
    worker: Worker
    deps: Deps

    @property
    def seller_id(self) -> str:
        return self.worker.seller_id

    async def ask(self, method: str, path: str, body: Any = None, status: int | None = None) -> Any:
        async with await self.worker.send(method, f"/vendor/uploads{path}", body) as reply:
            answer = await reply.json()
            assert status is None or reply.status == status, answer
            return {"status_code": reply.status, **answer}

    async def begin(self, content: bytes, mime: str, name: str, **more: Any) -> Any:
        body = {"filename": name, "mime_type": mime, "size": len(content), **more}
        return await self.ask("POST", "", body)

    async def send(self, grant: dict[str, Any], content: bytes) -> int:
        """To the granted address; the status."""
        if grant["method"] == "PUT":
            async with self.web.put(grant["url"], data=content, headers=grant["headers"]) as reply:
                return reply.status
        form = aiohttp.FormData()
        for name, value in grant["fields"].items():
            form.add_field(name, value)
        form.add_field("file", content, filename="x", content_type=grant["fields"]["Content-Type"])
        async with self.web.post(grant["url"], data=form) as reply:
            return reply.status

    async def upload(self, content: bytes, mime: str = "image/jpeg", name: str = "a.jpg", **more: Any) -> Any:
        """All three steps; the upload."""
        begun = await self.begin(content, mime, name, **more)
        assert begun["status_code"] == 200, begun
        assert await self.send(begun["grant"], content) in (200, 204)
        confirmed = await self.ask("POST", f"/{begun['upload']['id']}/confirm")
        return confirmed["upload"] if confirmed["status_code"] == 200 else confirmed

    async def keys(self, folder: str) -> list[str]:
        return sorted([stored.key async for stored in self.deps.files.listing(folder)])


@pytest.fixture(scope="module")
async def seller(client: TestClient[Any, Any], web_client: aiohttp.ClientSession, ids: dict[str, Any]) -> Seller:
    return await seller_of(client, web_client, next(iter(ids["stores"].values())))


@pytest.fixture(scope="module")
async def other_seller(client: TestClient[Any, Any], web_client: aiohttp.ClientSession, ids: dict[str, Any]) -> Seller:
    return await seller_of(client, web_client, list(ids["stores"].values())[1])


async def seller_of(client: TestClient[Any, Any], web_client: aiohttp.ClientSession, seller_id: str) -> Seller:
    deps = client.app[DEPS]
    return Seller(client, web_client, await hire(client, deps, seller_id=seller_id, role="catalogue"), deps)
