"""What an image file says of itself, read without decoding it, and everything in it that no image needs: refused.

The walk goes over the whole file, so that what comes after the image, or beside it, is noticed: a file that is an image
and something else as well is not taken. Sizes are known before a single pixel is made.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from utils.errors import AppError

LONGEST_SIDE = 12_000  # pixels
MOST_PIXELS = 50_000_000
MOST_PROFILE_BYTES = 4 * 1024 * 1024  # inflated
MOST_TEXT_BYTES = 256 * 1024  # inflated, of one piece
MOST_PIECES = 20_000
MOST_BLOCKS = 200_000
MOST_METADATA = 24  # pieces
MOST_PICTURES = 16  # that follow the first in one file
MOST_FILL = 64
MOST_SCANS = 100  # of a progressive JPEG; each costs a pass over all pixels

# Long enough to be no accident of compressed data; in the pieces for people and programs also shorter ones.
ANYWHERE = (
    *(b"<script", b"<iframe", b"<!doctype", b"javascript:", b"<?=$_", b"<?= $_", b"<?=`"),
    *(b"<?php" + blank for blank in (b" ", b"\t", b"\r", b"\n", b"/")),
)
IN_METADATA = re.compile(
    rb"<script|<iframe|<\?php|<\?=|<!doctype|javascript:|<html|<svg|<body|<img|<object|<embed|<!entity|\son\w+\s*="
    rb"|%PDF-|PK\x03\x04|PK\x05\x06|#!/|\x7fELF|eval\(|\$_(?:GET|POST|REQUEST|SERVER)",
    re.IGNORECASE,
)


class ImageRefused(AppError):
    code, kind = "image_refused", "invalid"
    message = "The file is not taken: {reason}"


@dataclass(frozen=True, slots=True)
class Looks:
    """Format as decoders name it, media type, and size in pixels."""

    format: str
    media_type: str
    width: int
    height: int


def refuse(reason: str) -> ImageRefused:
    return ImageRefused(reason=reason)


def examine(content: bytes) -> Looks:
    """What the bytes are; ImageRefused for all that is not one whole, still JPEG, PNG, WebP or GIF image."""
    for begins, at, read in (
        (b"\xff\xd8\xff", 0, jpeg),
        (b"\x89PNG\r\n\x1a\n", 0, png),
        (b"WEBP", 8, webp),
        (b"GIF87a", 0, gif),
        (b"GIF89a", 0, gif),
    ):
        if content[at : at + len(begins)] == begins:
            found = read(content)
            break
    else:
        raise refuse("it is not a JPEG, PNG, WebP or GIF image")
    lowered = content.lower()
    if any(word in lowered for word in ANYWHERE):
        raise refuse("it contains markup or code")
    return found


def looks(name: str, media_type: str, width: int, height: int) -> Looks:
    """The size must be one that is decoded without harm."""
    if width < 1 or height < 1:
        raise refuse("it has no pixels")
    if width > LONGEST_SIDE or height > LONGEST_SIDE or width * height > MOST_PIXELS:
        raise refuse(f"it is {width} x {height} pixels; {LONGEST_SIDE} a side and {MOST_PIXELS} in all are the most")
    return Looks(name, media_type, width, height)


def clean(piece: bytes) -> None:
    if IN_METADATA.search(piece):
        raise refuse("it contains markup or code")


def inflated(data: bytes, most: int) -> bytes:
    """A compressed piece, as long as it stays small."""
    engine = zlib.decompressobj()
    try:
        piece = engine.decompress(data, most)
    except zlib.error:
        raise refuse("a compressed piece of it is damaged") from None
    if engine.unconsumed_tail:
        raise refuse("a compressed piece of it is far too large")
    return piece


# PNG

PNG_KNOWN = frozenset(
    (
        b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP pHYs tIME bKGD sBIT eXIf tEXt iTXt zTXt hIST sPLT cICP mDCV cLLI"
    ).split()
)
PNG_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}


def png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at, pieces = 8, 0
    while at < len(content):
        size, name = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8]
        data, check = content[at + 8 : at + 8 + size], content[at + 8 + size : at + 12 + size]
        pieces += 1
        if len(check) != 4 or pieces > MOST_PIECES:
            raise refuse("it is cut off, or not a PNG image")
        if zlib.crc32(data, zlib.crc32(name)) != int.from_bytes(check):
            raise refuse("it is damaged")
        yield name, data
        at += 12 + size
        if name == b"IEND" and at != len(content):
            raise refuse("something follows the image")


def png(content: bytes) -> Looks:
    found: Looks | None = None
    last, described, profiled = b"", 0, False
    for name, data in png_chunks(content):
        if name in (b"acTL", b"fcTL", b"fdAT"):
            raise refuse("it is animated")
        if name not in PNG_KNOWN or (name == b"IHDR") != (found is None) or (name == b"IHDR" and len(data) != 13):
            raise refuse("it is not an ordinary PNG image")
        if name == b"IHDR":
            depth, colours, packing, filtering, interlace = data[8:13]
            if depth not in PNG_DEPTHS.get(colours, ()) or packing or filtering or interlace > 1:
                raise refuse("it is not an ordinary PNG image")
            found = looks("PNG", "image/png", int.from_bytes(data[:4]), int.from_bytes(data[4:8]))
        elif name in (b"tEXt", b"iTXt", b"zTXt", b"iCCP", b"eXIf"):
            described += 1
            if described > MOST_METADATA or (profiled and name == b"iCCP"):
                raise refuse("it is not an ordinary PNG image")
            profiled = profiled or name == b"iCCP"
            png_metadata(name, data)
        last = name
    if found is None or last != b"IEND":
        raise refuse("it is cut off")
    return found


def png_metadata(name: bytes, data: bytes) -> None:
    """Text, colour profile and camera data of a PNG: small, and free of markup, packed or not."""
    clean(data)
    _, _, rest = data.partition(b"\0")
    if name in (b"zTXt", b"iCCP"):
        clean(inflated(rest[1:], MOST_PROFILE_BYTES if name == b"iCCP" else MOST_TEXT_BYTES))
    elif name == b"iTXt" and rest[:1] == b"\1":
        # Two flags, then the language and the translated keyword, each ended by a NUL.
        clean(inflated(rest[2:].partition(b"\0")[2].partition(b"\0")[2], MOST_TEXT_BYTES))


# JPEG

JPEG_PLAIN = frozenset((0xC0, 0xC1, 0xC2))
JPEG_STRANGE = frozenset((0xC3, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF, 0xDC, 0xDE, 0xDF))
JPEG_MARK = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # a marker within compressed data
MOST_PADDING = 64 * 1024


def jpeg(content: bytes) -> Looks:
    found, end, has_more = jpeg_walk(content, 0)
    pictures = 1
    while end < len(content):
        # Phones put further pictures (depth, brightness) behind the first; they say so, and are JPEG too.
        rest = content[end : end + MOST_PADDING]
        skipped = len(rest) - len(rest.lstrip(b"\0"))
        if end + skipped == len(content):
            break
        pictures += 1
        if not has_more or pictures > MOST_PICTURES or content[end + skipped : end + skipped + 2] != b"\xff\xd8":
            raise refuse("something follows the image")
        _, end, _ = jpeg_walk(content, end + skipped)
    return found


def jpeg_walk(content: bytes, start: int) -> tuple[Looks, int, bool]:
    """Size of the picture that begins at `start`, where it ends, and whether it says that more follow."""
    at, found, scans, pieces, has_more = start + 2, None, 0, 0, False
    while True:
        fill = content[at : at + MOST_FILL]
        at += max(0, len(fill) - len(fill.lstrip(b"\xff")) - 1)
        pieces += 1
        if at + 2 > len(content) or content[at] != 0xFF or pieces > MOST_PIECES:
            raise refuse("it is cut off, or not a JPEG image")
        mark = content[at + 1]
        if mark == 0xD9:
            break
        size = int.from_bytes(content[at + 2 : at + 4])
        data = content[at + 4 : at + 2 + size]
        if size < 2 or len(data) != size - 2 or mark in JPEG_STRANGE or mark < 0xC0:
            raise refuse("it is cut off, or not an ordinary JPEG image")
        at += 2 + size
        if mark in JPEG_PLAIN:
            if found is not None or len(data) < 6 or data[0] != 8 or data[5] not in (1, 3, 4):
                raise refuse("it is not an ordinary JPEG image")
            found = looks("JPEG", "image/jpeg", int.from_bytes(data[3:5]), int.from_bytes(data[1:3]))
        elif mark == 0xFE or 0xE0 <= mark <= 0xEF:
            clean(data)
            has_more = has_more or (mark == 0xE2 and data.startswith(b"MPF\0"))
        elif mark == 0xDA:
            scans += 1
            following = JPEG_MARK.search(content, at)
            if found is None or scans > MOST_SCANS or following is None:
                raise refuse("it is cut off, or not an ordinary JPEG image")
            at = following.start()
    if found is None or not scans:
        raise refuse("it has no pixels")
    return found, at + 2, has_more


# GIF


def gif_blocks(content: bytes, at: int) -> tuple[bytes, int]:
    """Data of a chain of sub-blocks, and where it ends."""
    pieces: list[bytes] = []
    while True:
        if at >= len(content) or len(pieces) > MOST_BLOCKS:
            raise refuse("it is cut off")
        size = content[at]
        if size == 0:
            return b"".join(pieces), at + 1
        pieces.append(content[at + 1 : at + 1 + size])
        at += 1 + size


def gif(content: bytes) -> Looks:
    if len(content) < 14:
        raise refuse("it is cut off")
    width, height = (int.from_bytes(content[at : at + 2], "little") for at in (6, 8))
    found, frames = looks("GIF", "image/gif", width, height), 0
    at = 13 + (3 << (content[10] & 7) + 1 if content[10] & 0x80 else 0)
    while True:
        kind = content[at : at + 1]
        if kind == b"\x3b":
            break
        if kind == b"\x21":
            data, at = gif_blocks(content, at + 2)
            clean(data)
        elif kind == b"\x2c" and at + 10 < len(content):
            frames += 1
            if frames > 1:
                raise refuse("it is animated")
            left, top, wide, high = (int.from_bytes(content[at + n : at + n + 2], "little") for n in (1, 3, 5, 7))
            if left + wide > width or top + high > height:
                raise refuse("it is not an ordinary GIF image")
            flags = content[at + 9]
            _, at = gif_blocks(content, at + 11 + (3 << (flags & 7) + 1 if flags & 0x80 else 0))
        else:
            raise refuse("it is cut off, or not an ordinary GIF image")
    if not frames:
        raise refuse("it has no pixels")
    if at + 1 != len(content):
        raise refuse("something follows the image")
    return found


# WebP

WEBP_KNOWN = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP", b"EXIF", b"XMP "))


def webp_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    if content[:4] != b"RIFF" or int.from_bytes(content[4:8], "little") + 8 != len(content):
        raise refuse("it is cut off, or something follows the image")
    at, pieces = 12, 0
    while at < len(content):
        pieces += 1
        name, size = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        data = content[at + 8 : at + 8 + size]
        if len(data) != size or pieces > MOST_METADATA:
            raise refuse("it is cut off, or not a WebP image")
        yield name, data
        at += 8 + size + size % 2


def webp(content: bytes) -> Looks:
    canvas: tuple[int, int] | None = None
    picture: tuple[int, int] | None = None
    for name, data in webp_chunks(content):
        if name in (b"ANIM", b"ANMF") or (name == b"VP8X" and data[:1] and data[0] & 2):
            raise refuse("it is animated")
        if name not in WEBP_KNOWN or (name in (b"VP8 ", b"VP8L") and picture is not None):
            raise refuse("it is not an ordinary WebP image")
        if name == b"VP8X" and len(data) == 10 and canvas is None and picture is None:
            canvas = int.from_bytes(data[4:7], "little") + 1, int.from_bytes(data[7:10], "little") + 1
        elif name == b"VP8 " and data[3:6] == b"\x9d\x01\x2a" and len(data) >= 10:
            picture = int.from_bytes(data[6:8], "little") & 0x3FFF, int.from_bytes(data[8:10], "little") & 0x3FFF
        elif name == b"VP8L" and data[:1] == b"\x2f" and len(data) >= 5:
            packed = int.from_bytes(data[1:5], "little")
            picture = (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1
        elif name in (b"ICCP", b"EXIF", b"XMP "):
            clean(data)
        elif name != b"ALPH":
            raise refuse("it is not an ordinary WebP image")
    if picture is None or (canvas is not None and canvas != picture):
        raise refuse("it is cut off, or not an ordinary WebP image")
    return looks("WEBP", "image/webp", *picture)
