"""What lies in the data folder is its owner's alone, whatever the umask: 0600 in 0700."""

import asyncio
import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from services import slots
from services.infrastructure.database.embedded_postgres import EmbeddedPostgres
from services.infrastructure.files.private import tighten
from services.infrastructure.tokens.tokens import secret_of
from services.providers.notification.slot import MailFolder, Message
from tests.people import letters, registered
from tests.uploads import pictures as p
from tests.uploads.conftest import Seller
from tests.verifying import document
from utils.config import Settings


@pytest.fixture(scope="module")
def store_kind() -> str:
    return "folder"


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """The widest there is."""
    before = os.umask(0)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> dict[str, str]:
    """What others could read or enter, with its mode."""
    found = {}
    for place, _, names in os.walk(folder):
        for path in (Path(place), *(Path(place, name) for name in names)):
            mode = stat.S_IMODE(path.lstat().st_mode)
            if mode != (0o700 if path.is_dir() else 0o600):
                found[str(path.relative_to(folder))] = oct(mode)
    return found


async def test_after_a_days_use_nothing_is_open_to_others(seller: Seller) -> None:
    deps, folder = seller.deps, seller.deps.settings.data_dir
    await seller.upload(p.jpeg((800, 600)))
    await seller.upload(p.jpeg(), method="POST")
    await seller.begin(p.jpeg(), "image/jpeg", "never-sent.jpg")
    await document(deps, seller.seller_id)
    await deps.files.put("catalogue/a-store/x.webp", b"RIFF")
    person = await registered(seller.client, "mia@example.com")
    asked = await person.send("POST", f"{person.door}/reset-password", {"identifier": person.email})
    assert asked.status == 201
    async with asyncio.timeout(10):
        while not letters(folder / "outbox", person.email):
            await asyncio.sleep(0.05)
    assert {path.name for path in folder.iterdir()} >= {"files", "outbox", "auth_secret", "files.key"}
    assert {path.name for path in (folder / "files").iterdir()} >= {"images", "private", "catalogue"}
    assert open_to_others(folder) == {}


async def test_what_an_older_version_left_open_is_closed_at_the_start(seller: Seller) -> None:
    folder = seller.deps.settings.data_dir
    for place, _, names in os.walk(folder):
        os.chmod(place, 0o755)
        for name in names:
            os.chmod(Path(place, name), 0o644)
    old = Message("order-placed-order_01ABC", "kim@example.com", "order-placed", "Your order", "text")
    (folder / "outbox").mkdir(exist_ok=True)
    (folder / "outbox" / f"{old.key}.json").write_bytes(orjson.dumps({"key": old.key, "template": old.template}))
    await slots.prepare(seller.deps)
    assert open_to_others(folder) == {}
    assert not [path.name for path in (folder / "outbox").iterdir() if "order_01" in path.name]


async def test_the_name_of_a_letter_tells_its_template_and_no_id(tmp_path: Path) -> None:
    mails = MailFolder(tmp_path / "outbox")
    for _ in range(2):
        await mails.send(Message("order-placed-order_01ABC", "kim@example.com", "order-placed", "Your order", "text"))
    (path,) = (tmp_path / "outbox").iterdir()
    assert path.name.startswith("order-placed-")
    assert "01ABC" not in path.name
    assert open_to_others(tmp_path / "outbox") == {}


def test_the_embedded_database_and_the_keys_are_closed_too(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Under root the database server is another user, whose group alone may pass through the data folder."""
    folder = tmp_path_factory.mktemp("e") / "data"
    secret_of(replace(Settings(), data_dir=folder))
    server = EmbeddedPostgres(folder)
    server.start()
    try:
        tighten(folder)
        found = open_to_others(folder)
        assert found.pop(".", "0o700") == ("0o710" if os.geteuid() == 0 else "0o700")
        assert found == {}
        assert not (folder / "postgres").stat().st_mode & 0o077
        if os.geteuid() == 0:
            assert folder.stat().st_gid == (folder / "postgres").stat().st_gid
    finally:
        server.stop()


def test_a_folder_that_all_users_share_is_left_as_it_is(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    (shared / "others.txt").write_text("not ours")
    assert tighten(shared) == 0
    assert stat.S_IMODE(shared.stat().st_mode) == 0o1777
