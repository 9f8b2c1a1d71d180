"""Strangers' images made anew: a bounded number of processes, one for each image, that decode and write WebP."""

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.infrastructure.images.inspection import ImageRefused, examine, refuse
from utils.errors import AppError

WORKER = Path(__file__).with_name("worker.py")
AT_ONCE = 2  # processes that decode
MOST_WAITING = 32
SECONDS = 30.0
LONGEST_SIDE = 2560  # pixels of what is kept
MOST_ANSWER_BYTES = 64 * 1024 * 1024
# Where Python finds its own library, if it was told; nothing else of our environment is anybody's business.
INHERITED = ("LD_LIBRARY_PATH",)


class ImagesBusy(AppError):
    code, kind = "images_busy", "unavailable"
    message = "Too many images are being worked on. Try again shortly."


@dataclass(frozen=True, slots=True)
class Made:
    """One image as it is stored: WebP, nothing but pixels."""

    name: str
    width: int
    height: int
    content: bytes


class Images:
    """The pool of one process."""

    def __init__(self, *, at_once: int = AT_ONCE, seconds: float = SECONDS, worker: Path = WORKER) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._waiting = 0
        self._seconds = seconds
        self._command = (sys.executable, "-I", "-B", str(worker))

    async def remake(self, content: bytes, *, widths: Sequence[int], media_type: str | None = None) -> list[Made]:
        """The image (`full`) and a copy for each smaller width (`w320`); ImageRefused with the reason."""
        found = await asyncio.to_thread(examine, content)
        if media_type is not None and media_type != found.media_type:
            raise refuse(f"it was announced as {media_type} and is {found.media_type}")
        if self._waiting >= MOST_WAITING:
            raise ImagesBusy()
        order = {"format": found.format, "width": found.width, "height": found.height}
        order |= {"widths": sorted(set(widths)), "longest": LONGEST_SIDE}
        self._waiting += 1
        try:
            async with self._places:
                answer = await self.ask(json.dumps(order).encode() + b"\n" + content)
        finally:
            self._waiting -= 1
        return await asyncio.to_thread(unpacked, answer)

    async def ask(self, sent: bytes) -> bytes:
        """What a fresh process answers; a refusal if it is killed by its limits or does not end in time."""
        child = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={name: os.environ[name] for name in INHERITED if name in os.environ},
            cwd="/",
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(self._seconds):
                _, answer = await asyncio.gather(feed(child, sent), read(child))
                code = await child.wait()
        except TimeoutError:
            raise refuse("decoding it takes too long") from None
        finally:
            if child.returncode is None:
                with suppress(ProcessLookupError):
                    child.kill()
                await child.wait()
        if code != 0:
            raise refuse("decoding it takes more than is given to an image")
        return answer


async def feed(child: asyncio.subprocess.Process, sent: bytes) -> None:
    assert child.stdin is not None
    with suppress(ConnectionError):  # it may die over what it reads
        child.stdin.write(sent)
        await child.stdin.drain()
        child.stdin.close()
        await child.stdin.wait_closed()


async def read(child: asyncio.subprocess.Process) -> bytes:
    assert child.stdout is not None
    pieces, size = [], 0
    while piece := await child.stdout.read(1 << 18):
        size += len(piece)
        if size > MOST_ANSWER_BYTES:
            raise refuse("decoding it takes more than is given to an image")
        pieces.append(piece)
    return b"".join(pieces)


def unpacked(answer: bytes) -> list[Made]:
    """The images of an answer, each seen to be a plain WebP: the process that wrote it may be in a stranger's hands."""
    line, _, rest = answer.partition(b"\n")
    try:
        told: dict[str, Any] = json.loads(line)
        if "refused" in told:
            raise refuse(str(told["refused"])[:200])
        made, at = [], 0
        for about in told["images"]:
            content = rest[at : at + about["size"]]
            at += about["size"]
            looks = examine(content)
            if looks.media_type != "image/webp" or (looks.width, looks.height) != (about["width"], about["height"]):
                raise ValueError
            made.append(Made(about["name"], looks.width, looks.height, content))
    except (ValueError, KeyError, TypeError):
        raise refuse("it is damaged") from None
    if not made or at != len(rest):
        raise refuse("it is damaged")
    return made


__all__ = ["ImageRefused", "Images", "ImagesBusy", "Made"]
