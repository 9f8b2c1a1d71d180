"""kill -9 in the middle of uploads: no row names a file that is not there, and what is left over is collected."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any, cast

import aiohttp
import pytest
from sqlalchemy import delete, func, select, update

from models.file.commands import BeginUpload
from models.identity.principal import Principal
from models.schema.file import upload, upload_quota
from services import deps as wiring
from services.deps import Deps
from services.file import upload as uploads
from services.infrastructure.files.minio import MinioFiles
from services.infrastructure.files.slot import FileStore
from services.workflows import process_upload
from tests.staff import hire
from tests.uploads import pictures as p
from utils.clock import now
from utils.config import PLAIN_NAMES, Settings, environment

KILLS = int(os.environ.get("UPLOAD_KILLS", "6"))
CLIENTS = 6
ROOT = Path(__file__).resolve().parents[2]
LOST = (aiohttp.ClientError, TimeoutError, ConnectionError)
pytestmark = [pytest.mark.slow, pytest.mark.timeout(120 + 6 * KILLS)]


@pytest.fixture(scope="module")
async def deps(settings: Settings) -> AsyncIterator[Deps]:
    """A look at database and store from outside of the server that is killed."""
    made = wiring.build(settings)
    async with made.database.unit_of_work() as work:
        # The stores of one module have one database, and not one another's files.
        await work.execute(delete(upload))
        await work.execute(delete(upload_quota))
    if isinstance(made.files, MinioFiles):
        await made.files.prepare()
    yield made
    await made.close()


async def keep_uploading(base: str, token: str, rng: Random, done: list[str]) -> None:
    """Upload, confirm, now and then delete, until the server is gone."""
    headers = {"authorization": f"Bearer {token}"}
    content = p.jpeg((rng.randrange(200, 1400), rng.randrange(200, 900)), quality=95) + bytes(rng.randrange(60_000))
    body = {"filename": "a.jpg", "mime_type": "image/jpeg", "size": len(content)}
    async with aiohttp.ClientSession(headers=headers, timeout=aiohttp.ClientTimeout(total=20)) as client:
        while True:
            try:
                async with client.post(f"{base}/vendor/uploads", json=body) as reply:
                    begun = await reply.json()
                async with aiohttp.ClientSession() as plain:
                    grant = begun["grant"]
                    async with plain.put(grant["url"], data=content, headers=grant["headers"]) as reply:
                        await reply.read()
                path = f"{base}/vendor/uploads/{begun['upload']['id']}"
                async with client.post(f"{path}/confirm") as reply:
                    if reply.status == 200:
                        done.append(begun["upload"]["id"])
                if rng.random() < 0.3:
                    async with client.delete(path) as reply:
                        await reply.read()
            except LOST:
                return


async def serve_until_killed(settings: Settings, token: str, rng: Random, done: list[str]) -> None:
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.uploads.server"],
        cwd=ROOT,
        # What names the services of the run names none of this server's.
        env={k: v for k, v in os.environ.items() if k not in PLAIN_NAMES} | environment(settings),
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        async with aiohttp.ClientSession() as client:
            for _ in range(400):
                try:
                    async with client.get(f"{settings.base_url}/files/none"):
                        break
                except LOST:
                    await asyncio.sleep(0.05)
        clients = [
            asyncio.create_task(keep_uploading(settings.base_url, token, Random(rng.random()), done))
            for _ in range(CLIENTS)
        ]
        before = len(done)
        for _ in range(600):  # a machine that is busy takes its time
            if len(done) > before or all(client.done() for client in clients):
                break
            await asyncio.sleep(0.05)
        await asyncio.sleep(rng.uniform(0, 0.6))
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
    await asyncio.wait_for(asyncio.gather(*clients), 30)


async def rows_and_files(deps: Deps) -> tuple[dict[str, int], dict[str, int]]:
    """The files that ready rows name, and the images that are stored; with their sizes."""
    async with deps.database.reading() as work:
        rows = (await work.execute(select(upload.c.variants).where(upload.c.status == "ready"))).scalars().all()
    named = {each["key"]: each["bytes"] for row in rows for each in row}
    stored = {found.key: found.size async for found in deps.files.listing("images")}
    return named, stored


async def test_after_kill_9_no_row_lacks_its_files_and_what_is_left_over_is_collected(
    settings: Settings, deps: Deps, ids: dict[str, Any]
) -> None:
    rng, done = Random(7), list[str]()
    seller_id = next(iter(ids["stores"].values()))
    token = (await hire(None, deps, seller_id=seller_id, role="catalogue")).token
    orphans = 0
    for _ in range(KILLS):
        await serve_until_killed(settings, token, rng, done)
        named, stored = await rows_and_files(deps)
        assert {key: stored.get(key) for key in named} == named
        orphans += len(stored.keys() - named.keys())
    assert len(done) >= KILLS, "the load was too small to mean anything"
    async with deps.database.unit_of_work() as work:
        open_ = update(upload).where(upload.c.status == "pending").values(expires_at=now())
        assert orphans + (await work.execute(open_)).rowcount > 0, "no kill fell into an upload"
    assert await deps.files.tidy(now()) >= 0
    assert await process_upload.sweep(deps) > 0
    named, stored = await rows_and_files(deps)
    assert stored == named
    assert [found.key async for found in deps.files.listing("incoming")] == []
    async with deps.database.reading() as work:
        used = (await work.execute(select(upload_quota.c.used_bytes))).scalar_one()
        held = (await work.execute(select(func.sum(upload.c.held_bytes)))).scalar_one()
    assert used == held == sum(named.values())
    left = [path for path in settings.data_dir.rglob("*") if path.name.startswith(".new-")]
    assert left == []


class DeadError(BaseException):
    """As if the process had ended here."""


class Dying:
    """A store in front of the real one whose process dies at its n-th call, before or after it was carried out."""

    def __init__(self, inner: FileStore, at: int, *, after: bool) -> None:
        self.inner, self.left, self.after = inner, at, after

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.inner, name)
        if name not in ("put", "get", "delete"):
            return found

        async def call(*arguments: Any) -> Any:
            self.left -= 1
            if self.left < 0 or (self.left == 0 and not self.after):
                raise DeadError
            result = await found(*arguments)
            if self.left == 0:
                raise DeadError
            return result

        return call


@pytest.mark.parametrize("step", ["confirm", "discard"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_whatever_step_it_dies_at_rows_and_files_agree_after_the_sweep(
    deps: Deps, ids: dict[str, Any], step: str, after: bool
) -> None:
    who = Principal(kind="seller", seller_id=next(iter(ids["stores"].values())))
    owner = uploads.owner_of(who)
    content, at, outcomes = p.jpeg((400, 300)), 0, set()
    while True:
        at += 1
        async with deps.database.unit_of_work() as work:
            begun, _ = await uploads.begin(
                work,
                deps.files,
                who=who,
                owner=owner,
                command=BeginUpload(filename="a.jpg", mime_type="image/jpeg", size=len(content)),
                limit_bytes=10**7,
                quota_bytes=10**9,
            )
        await deps.files.put(begun.source, content)
        if step == "discard":
            await process_upload.confirm(deps, who=who, owner=owner, upload_id=begun.id)
        dying = replace(deps, files=cast(FileStore, Dying(deps.files, at, after=after)))
        act = process_upload.confirm if step == "confirm" else process_upload.discard
        try:
            await act(dying, who=who, owner=owner, upload_id=begun.id)
            died = False
        except DeadError:
            died = True
        named, stored = await rows_and_files(deps)
        assert {key: stored.get(key) for key in named} == named
        async with deps.database.unit_of_work() as work:
            await work.execute(update(upload).where(upload.c.status == "pending").values(expires_at=now()))
        await process_upload.sweep(deps)
        named, stored = await rows_and_files(deps)
        assert stored == named
        assert [found.key async for found in deps.files.listing("incoming")] == []
        outcomes.add(died)
        if not died:
            break
    assert outcomes == {True, False}
    assert at >= 4
