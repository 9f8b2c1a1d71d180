"""Honest pictures, made on the spot."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image

RED, GREEN = (220, 40, 30), (20, 160, 60)


def picture(size: tuple[int, int] = (48, 32), mode: str = "RGB") -> Image.Image:
    """Red on the left, green on the right, so that a turned or torn one is noticed."""
    made = Image.new("RGB", size, RED)
    made.paste(GREEN, (size[0] // 2, 0, size[0], size[1]))
    return made.convert(mode)


def encoded(kind: str, size: tuple[int, int] = (48, 32), mode: str = "RGB", **options: Any) -> bytes:
    out = BytesIO()
    picture(size, mode).save(out, kind, **options)
    return out.getvalue()


def jpeg(size: tuple[int, int] = (48, 32), **options: Any) -> bytes:
    return encoded("JPEG", size, **options)


def png(size: tuple[int, int] = (48, 32), **options: Any) -> bytes:
    return encoded("PNG", size, **options)


def webp(size: tuple[int, int] = (48, 32), **options: Any) -> bytes:
    return encoded("WEBP", size, **options)


def gif(size: tuple[int, int] = (48, 32), **options: Any) -> bytes:
    return encoded("GIF", size, mode="P", **options)


def opened(content: bytes) -> Image.Image:
    made = Image.open(BytesIO(content))
    made.load()
    return made


# Parts, to build dishonest ones from


def chunk(name: bytes, data: bytes) -> bytes:
    """A PNG chunk with a right checksum."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def header(width: int, height: int, depth: int = 8, colours: int = 2, rest: bytes = b"\0\0\0") -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBB", width, height, depth, colours) + rest)


def with_chunks(content: bytes, *chunks: bytes) -> bytes:
    """A PNG with chunks put in after its header."""
    return content[:33] + b"".join(chunks) + content[33:]


def segment(mark: int, data: bytes) -> bytes:
    return b"\xff" + bytes([mark]) + struct.pack(">H", len(data) + 2) + data


def with_segments(content: bytes, *segments: bytes) -> bytes:
    """A JPEG with segments put in after its first two bytes."""
    return content[:2] + b"".join(segments) + content[2:]


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    """A WebP of these chunks."""
    body = b"WEBP" + b"".join(
        name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for name, data in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def webp_parts(content: bytes) -> list[tuple[bytes, bytes]]:
    parts, at = [], 12
    while at < len(content):
        size = struct.unpack("<I", content[at + 4 : at + 8])[0]
        parts.append((content[at : at + 4], content[at + 8 : at + 8 + size]))
        at += 8 + size + size % 2
    return parts


def gif_colours(content: bytes) -> int:
    """Where the list of colours of a GIF ends."""
    return 13 + (3 << (content[10] & 7) + 1)
