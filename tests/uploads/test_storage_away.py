"""A storage of files beside ours: set up before anything is served, and away while the shop runs on."""

import asyncio
import os
import secrets
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import unused_port

from controllers.http import DEPS
from services import slots
from services.deps import build
from services.infrastructure.files.minio import MinioFiles
from services.slots import SlotUnusable
from tests.conftest import Client
from tests.uploads import pictures as p
from tests.uploads.conftest import seller_of
from tests.waiting import duration, within
from utils.config import Settings

ROOT = Path(__file__).parents[2]
AT_ONCE_SECONDS = 0.4


class Rclone:
    """A storage that can be ended and begun again over the same folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, unused_port()
        self.keys = secrets.token_hex(10), secrets.token_hex(20)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [str(Path(sys.executable).parent / "rclone"), "serve", "s3", "--config", ""]
        command += ["--addr", f"127.0.0.1:{self.port}", "--auth-key", ",".join(self.keys), str(self.folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@pytest.fixture(scope="module")
def store_kind() -> str:
    return "folder"


@pytest.fixture(scope="module")
def rclone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rclone]:
    server = Rclone(tmp_path_factory.mktemp("s3"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def settings(settings: Settings, rclone: Rclone) -> Settings:
    return replace(
        settings,
        minio_endpoint=f"http://127.0.0.1:{rclone.port}",
        minio_bucket=f"own-{secrets.token_hex(6)}",
        minio_access_key=rclone.keys[0],
        minio_secret_key=rclone.keys[1],
    )


async def until_degraded(client: Client, wanted: list[str]) -> None:
    async with asyncio.timeout(15):
        while True:
            async with client.get("/ready") as reply:
                assert reply.status == 200
                if (await reply.json()).get("degraded", []) == wanted:
                    return
            await asyncio.sleep(0.05)


@pytest.fixture
async def shop(client: Client) -> Client:
    await until_degraded(client, [])
    return client


async def test_the_bucket_is_there_before_the_first_client_needs_it(shop: Client, rclone: Rclone) -> None:
    files = shop.app[DEPS].files
    assert isinstance(files, MinioFiles)
    assert (rclone.folder / files.bucket).is_dir()


async def test_the_first_to_upload_into_a_fresh_storage_succeeds(
    shop: Client, web_client: Any, ids: dict[str, Any]
) -> None:
    seller = await seller_of(shop, web_client, next(iter(ids["stores"].values())))
    assert (await seller.upload(p.jpeg()))["status"] == "ready"


async def is_refused(shop: Client, path: str) -> None:
    async with shop.get(path) as reply:
        assert (reply.status, (await reply.json())["code"]) == (503, "storage_unavailable")


@pytest.mark.timed
async def test_nobody_waits_for_a_storage_that_is_away(
    shop: Client, web_client: Any, rclone: Rclone, ids: dict[str, Any]
) -> None:
    seller = await seller_of(shop, web_client, list(ids["stores"].values())[1])
    path = "/files/" + (await seller.upload(p.jpeg()))["url"].split("/files/")[1]
    rclone.stop()
    await is_refused(shop, path)

    async def slowest() -> float:
        return max([await duration(is_refused(shop, path)) for _ in range(4)])

    await within(AT_ONCE_SECONDS, slowest)
    rclone.start()
    await until_degraded(shop, [])


async def test_a_storage_that_is_away_is_told_and_comes_back(
    shop: Client, web_client: Any, rclone: Rclone, ids: dict[str, Any]
) -> None:
    """It comes back empty: the bucket is made again before the next client needs it."""
    seller = await seller_of(shop, web_client, list(ids["stores"].values())[1])
    made = await seller.upload(p.jpeg())
    path = "/files/" + made["url"].split("/files/")[1]
    rclone.stop()
    for _ in range(5):
        await is_refused(shop, path)
    await until_degraded(shop, ["files"])
    assert (await shop.get("/store/products", headers={"x-publishable-api-key": "pk_world_web"})).status == 200
    rclone.folder = rclone.folder.with_name("another")
    rclone.folder.mkdir()
    rclone.start()
    await until_degraded(shop, [])
    async with asyncio.timeout(10):
        while not any(rclone.folder.iterdir()):
            await asyncio.sleep(0.05)
    assert (await seller.upload(p.jpeg()))["status"] == "ready"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            {"minio_endpoint": "http://127.0.0.1:9"},
            "MinIO cannot be used for files: it does not answer.*MINIO_ENDPOINT",
        ),
        ({"minio_secret_key": "wrong" * 8}, "MinIO cannot be used for files:.*bucket.*MINIO_SECRET_KEY"),
        ({"redis_url": "redis://127.0.0.1:9/0"}, "Redis cannot be used for sessions: it does not answer.*REDIS_URL"),
        ({"mongo_url": "mongodb://127.0.0.1:9/x"}, "MongoDB cannot be used for chat: it does not answer.*MONGO_URL"),
    ],
)
async def test_a_start_with_an_engine_that_cannot_be_used_is_refused(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, given: dict[str, str], told: str
) -> None:
    monkeypatch.setattr(slots, "PATIENCE_SECONDS", 0.2)
    deps = build(replace(settings, **given))  # type: ignore[arg-type]
    try:
        with pytest.raises(SlotUnusable, match=told):
            await slots.require(deps)
    finally:
        await deps.close()


def test_serve_says_in_one_sentence_what_keeps_it_from_starting(
    database_url: str, tmp_path: Path, settings: Settings
) -> None:
    """No traceback, exit code 1, and nothing was served."""
    variables = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database_url.replace("+asyncpg", ""),
        "REDIS_URL": "redis://127.0.0.1:9/0",
        "PASAR_DATA_DIR": str(tmp_path / "data"),
        "PASAR_PORT": str(unused_port()),
    }
    command = [sys.executable, str(ROOT / "app.py"), "serve", "--no-demo"]
    ended = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=90, check=False)
    assert ended.returncode == 1
    assert "pasar: Redis cannot be used for sessions: it does not answer." in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "ready on" not in ended.stderr


StartShop = Callable[..., Awaitable[Client]]


async def test_a_chat_store_that_is_away_is_named_by_readiness(settings: Settings, start_shop: StartShop) -> None:
    shop = await start_shop(replace(settings, mongo_url=f"mongodb://127.0.0.1:{unused_port()}/chat"))
    await until_degraded(shop, ["chat"])
