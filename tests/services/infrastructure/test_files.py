from pathlib import Path

import pytest

from services.infrastructure.files.local import LocalFiles
from services.infrastructure.files.slot import BadFileKey, FileMissing

pytestmark = pytest.mark.pure


@pytest.fixture
def files(tmp_path: Path) -> LocalFiles:
    return LocalFiles(tmp_path / "files", "http://shop.example")


async def test_what_is_put_can_be_fetched_replaced_and_deleted(files: LocalFiles) -> None:
    assert await files.put("products/a.png", b"one") == "http://shop.example/files/products/a.png"
    await files.put("products/a.png", b"two")
    assert await files.get("products/a.png") == b"two"
    await files.delete("products/a.png")
    await files.delete("products/a.png")
    with pytest.raises(FileMissing):
        await files.get("products/a.png")


@pytest.mark.parametrize(
    "key", ["", "/etc/passwd", "../x", "a/../../x", "a//b", ".hidden", "a/.b", "a\0b", "x" * 201, "a\n"]
)
async def test_a_key_never_leads_out_of_the_folder(files: LocalFiles, key: str) -> None:
    with pytest.raises(BadFileKey):
        await files.put(key, b"")


async def test_a_folder_is_no_file(files: LocalFiles) -> None:
    await files.put("a/b", b"")
    with pytest.raises(FileMissing):
        await files.get("a")
