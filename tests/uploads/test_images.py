"""The processes that decode: few, small, short-lived, and told nothing."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import psutil
import pytest
from PIL import Image, ImageCms, ImageOps

from services.infrastructure.images import pool as images_pool
from services.infrastructure.images import worker as images_worker
from services.infrastructure.images.inspection import ImageRefused
from services.infrastructure.images.pool import Images, ImagesBusy, unpacked
from tests.uploads import pictures as p

WORKER = Path(images_worker.__file__)
BEGIN = f"""
import sys, os, json, resource
sys.path.insert(0, {str(WORKER.parent)!r})
import worker as image_worker
image_worker.confine()
sent = sys.stdin.buffer.read()
"""


def program(folder: Path, text: str) -> Path:
    """A decoder that a crafted file has taken over."""
    path = folder / "taken_over.py"
    path.write_text(BEGIN + text)
    return path


async def test_a_decoder_has_limits_and_inherits_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASAR_AUTH_SECRET", "do not tell")
    kept_open = os.open("/dev/null", os.O_RDONLY)
    os.set_inheritable(kept_open, True)
    told = await Images(
        worker=program(
            tmp_path,
            """
limits = {n: resource.getrlimit(getattr(resource, "RLIMIT_" + n)) for n in "AS CPU FSIZE CORE NOFILE".split()}
fds = []
for fd in range(3, 30):
    try: os.fstat(fd); fds.append(fd)
    except OSError: pass
try: os.write(os.open("{place}", os.O_WRONLY | os.O_CREAT), b"x"); wrote = True
except OSError: wrote = False
answer = {"limits": limits, "environment": sorted(os.environ), "fds": fds, "folder": os.getcwd(), "wrote": wrote}
sys.stdout.write(json.dumps(answer))
""".replace("{place}", str(tmp_path / "written")),
        )
    ).ask(b"")
    os.close(kept_open)
    found = json.loads(told)
    assert found["limits"]["AS"] == [images_worker.MEMORY_BYTES] * 2
    assert found["limits"]["CPU"] == [images_worker.CPU_SECONDS] * 2
    assert found["limits"]["FSIZE"] == found["limits"]["CORE"] == [0, 0]
    assert found["limits"]["NOFILE"] == [images_worker.OPEN_FILES] * 2
    assert set(found["environment"]) <= {"LC_CTYPE", "LD_LIBRARY_PATH"}
    assert found["fds"] == []
    assert found["folder"] == "/"
    assert found["wrote"] is False


@pytest.mark.parametrize(
    "text",
    [
        "x = bytearray(2_000_000_000)",
        "resource.setrlimit(resource.RLIMIT_CPU, (1, 1))\nwhile True: pass",
        "os.abort()",
        "os._exit(0)",
        "sys.stdout.write('hello')",
        "sys.stdout.write('{}')",
        "sys.stdout.write(json.dumps({'images': []}))",
        "sys.stdout.write(json.dumps({'images': [{'name': 'full', 'width': 9, 'height': 9, 'size': 5}]}) + '\\n<html')",
        "sys.stdout.write(json.dumps({'images': [{'name': 'full', 'width': 9, 'height': 9, 'size': -5}]}) + '\\nx')",
        "sys.stdout.buffer.write(b'x' * 80_000_000)",
    ],
    ids=["memory", "seconds", "abort", "silence", "words", "nothing", "no images", "markup", "minus", "flood"],
)
async def test_whatever_a_decoder_does_the_image_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ImageRefused):
        await Images(worker=program(tmp_path, text)).remake(p.jpeg(), widths=[])


async def test_a_decoder_that_does_not_end_is_ended(tmp_path: Path) -> None:
    before = {child.pid for child in psutil.Process().children()}
    with pytest.raises(ImageRefused, match="too long"):
        await Images(seconds=1, worker=program(tmp_path, "import time\ntime.sleep(60)")).remake(p.jpeg(), widths=[])
    assert {child.pid for child in psutil.Process().children()} <= before


async def test_a_decoder_ends_with_the_request_that_wanted_it(tmp_path: Path) -> None:
    before = {child.pid for child in psutil.Process().children()}
    pool = Images(worker=program(tmp_path, "import time\ntime.sleep(60)"))
    task = asyncio.create_task(pool.remake(p.jpeg(), widths=[]))
    await asyncio.sleep(0.3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert {child.pid for child in psutil.Process().children()} <= before


async def test_only_so_many_decode_at_once_and_only_so_many_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images_pool, "MOST_WAITING", 6)
    before = len(psutil.Process().children())
    pool = Images(at_once=2, seconds=2, worker=program(tmp_path, "import time\ntime.sleep(0.5)"))
    tasks = [asyncio.create_task(pool.remake(p.jpeg(), widths=[])) for _ in range(9)]
    await asyncio.sleep(0.3)
    assert len(psutil.Process().children()) - before <= 2
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["ImageRefused"] * 6 + ["ImagesBusy"] * 3
    assert ImagesBusy().status == 503


async def test_the_largest_image_is_made_within_the_memory_that_is_given() -> None:
    made = await Images().remake(p.encoded("PNG", (7000, 7000), mode="RGBA", compress_level=1), widths=[320])
    assert [(one.name, one.width) for one in made] == [("full", 2560), ("w320", 320)]


def alike(pixel: Any, other: Any) -> bool:
    return all(abs(a - b) < 40 for a, b in zip(pixel, other, strict=True))


@pytest.mark.parametrize("turn", range(1, 9))
async def test_each_way_to_hold_a_camera_comes_out_upright(turn: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = turn
    made = await Images().remake(p.jpeg((64, 32), exif=exif.tobytes()), widths=[])
    wanted = ImageOps.exif_transpose(p.opened(p.jpeg((64, 32), exif=exif.tobytes())))
    found = p.opened(made[0].content)
    assert found.size == wanted.size
    for spot in ((4, 4), (found.width - 5, found.height - 5), (4, found.height - 5)):
        assert alike(found.getpixel(spot), wanted.getpixel(spot))


async def test_colours_are_those_that_the_profile_means() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    made = await Images().remake(p.png(icc_profile=profile), widths=[])
    red = p.opened(made[0].content).getpixel((3, 3))
    assert alike(red, p.RED)


def test_an_answer_must_be_whole() -> None:
    content = p.webp((9, 9))
    about = {"name": "full", "width": 9, "height": 9, "size": len(content)}
    assert unpacked(json.dumps({"images": [about]}).encode() + b"\n" + content)[0].content == content
    for bent in ({**about, "width": 8}, {**about, "size": len(content) - 1}, {"name": "full"}):
        with pytest.raises(ImageRefused):
            unpacked(json.dumps({"images": [bent]}).encode() + b"\n" + content)
