"""Files that want to be taken for images: what a stranger might upload, made on the spot and never stored."""

import gzip
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from PIL import Image

from tests.uploads import pictures as p

SCRIPT = b"<script>alert(document.domain)</script>"
PHP = b"<?php system($_GET['c']); ?>"
HTML = b"<!doctype html><html><body>" + SCRIPT + b"</body></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">' + SCRIPT + b"</svg>"
PDF = b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF"
ELF = b"\x7fELF\x02\x01\x01" + bytes(57)
JPG, PNG, WEBP, GIF = "image/jpeg", "image/png", "image/webp", "image/gif"
ENDINGS = {JPG: "jpg", PNG: "png", WEBP: "webp", GIF: "gif"}


@dataclass(frozen=True)
class Attack:
    """A file, what it is said to be, and its name (`why` is what it tries)."""

    why: str
    content: bytes
    mime: str
    name: str = ""

    @property
    def filename(self) -> str:
        return self.name or f"holiday.{ENDINGS[self.mime]}"


def archive(*files: tuple[str, bytes]) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as made:
        for name, content in files:
            made.writestr(name, content)
    return out.getvalue()


def foreign() -> Iterator[Attack]:
    """Other things under an image's name."""
    bitmap, tiff, icon = (p.encoded(kind) for kind in ("BMP", "TIFF", "ICO"))
    things = {
        "svg": SVG,
        "svg with a declaration": b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        + SVG,
        "packed svg": gzip.compress(SVG),
        "html": HTML,
        "php": PHP,
        "script": b"fetch('/admin').then(r=>r.text())",
        "shell": b"#!/bin/sh\nid\n",
        "program": ELF,
        "windows program": b"MZ" + bytes(200),
        "pdf": PDF,
        "zip": archive(("a.txt", b"a")),
        "zip that climbs": archive(("../../../etc/cron.d/x", b"* * * * * root id")),
        "zip bomb": archive(("a", bytes(20_000_000))),
        "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(%pipe%id) (w) file\n",
        "bitmap": bitmap,
        "tiff": tiff,
        "icon": icon,
        "avif head": b"\0\0\0\x1cftypavif" + bytes(64),
        "heic head": b"\0\0\0\x1cftypheic" + bytes(64),
        "flash": b"CWS\x09" + bytes(64),
        "mvg": b"push graphic-context\nfill 'url(https://127.0.0.1/x.jpg\"|id\")'\npop graphic-context",
        "nothing but zeros": bytes(512),
        "one byte": b"\xff",
        "text": b"hello",
    }
    for why, content in things.items():
        for mime in (JPG, PNG):
            yield Attack(f"{why} as {ENDINGS[mime]}", content, mime)


def begun_well() -> Iterator[Attack]:
    """The first bytes of an image, then something else."""
    heads = {JPG: b"\xff\xd8\xff\xe0", PNG: b"\x89PNG\r\n\x1a\n", GIF: b"GIF89a", WEBP: b"RIFF\x40\0\0\0WEBP"}
    for mime, head in heads.items():
        for why, rest in {"html": HTML, "php": PHP, "zip": archive(("a", b"b")), "nothing": b""}.items():
            yield Attack(f"{ENDINGS[mime]} signature, then {why}", head + rest, mime)
    yield Attack("gif that is a script", b"GIF89a=1;alert(1)//" + bytes(40), GIF)
    yield Attack("gif that is a commented script", b"GIF89a/*" + p.gif()[8:] + b"*/=1;alert(1)", GIF)


def followed() -> Iterator[Attack]:
    """A whole image, and more behind it."""
    for mime, content in {JPG: p.jpeg(), PNG: p.png(), WEBP: p.webp(), GIF: p.gif()}.items():
        for why, rest in {
            "html": HTML,
            "zip": archive(("a.jar", b"b")),
            "php": PHP,
            "pdf": PDF,
            "noise": b"\1\2\3",
        }.items():
            yield Attack(f"{ENDINGS[mime]} followed by {why}", content + rest, mime)
    with_room = p.riff(*p.webp_parts(p.webp()), (b"JUNK", HTML))
    yield Attack("webp with a chunk of its own", with_room, WEBP)
    yield Attack("jpeg followed by a jpeg it does not speak of", p.jpeg() + p.jpeg(), JPG)


def spoken() -> Iterator[Attack]:
    """Markup and code in the places for words."""
    exif = Image.Exif()
    exif[0x010E] = PHP.decode()
    exif[0x013B] = "</title>" + SCRIPT.decode()
    profile = bytes(128) + SCRIPT
    yield Attack("jpeg exif", p.jpeg(exif=exif.tobytes()), JPG)
    yield Attack("png exif", p.png(exif=exif.tobytes()), PNG)
    yield Attack("webp exif", p.webp(exif=exif.tobytes()), WEBP)
    yield Attack("webp xmp", p.webp(xmp=b"<x:xmpmeta>" + SCRIPT + b"</x:xmpmeta>"), WEBP)
    for why, words in {
        "script": SCRIPT,
        "php": PHP,
        "html": b"<html><img src=x onerror=alert(1)>",
        "zip": b"PK\3\4 ",
    }.items():
        yield Attack(f"jpeg comment with {why}", p.with_segments(p.jpeg(), p.segment(0xFE, words)), JPG)
        yield Attack(f"png text with {why}", p.with_chunks(p.png(), p.chunk(b"tEXt", b"Comment\0" + words)), PNG)
        packed = b"Comment\0\0" + zlib.compress(words)
        yield Attack(f"png packed text with {why}", p.with_chunks(p.png(), p.chunk(b"zTXt", packed)), PNG)
        unicode = b"Comment\0\1\0\0\0" + zlib.compress(words)
        yield Attack(f"png unicode text with {why}", p.with_chunks(p.png(), p.chunk(b"iTXt", unicode)), PNG)
        spoken_gif = p.gif()[:-1] + b"\x21\xfe" + bytes([len(words)]) + words + b"\0\x3b"
        yield Attack(f"gif comment with {why}", spoken_gif, GIF)
    yield Attack("jpeg profile with markup", p.jpeg(icc_profile=profile), JPG)
    yield Attack("png profile with markup", p.png(icc_profile=profile), PNG)
    yield Attack("broken profile", p.jpeg(icc_profile=b"\0\0\1\0lcms" + bytes(300)), JPG)
    yield Attack("png pixels that are code", code_in_pixels(), PNG)
    yield Attack("jpeg application data with markup", p.with_segments(p.jpeg(), p.segment(0xED, HTML)), JPG)
    palette = SCRIPT + bytes(768 - len(SCRIPT))
    rest = p.gif()[p.gif_colours(p.gif()) :]
    yield Attack("gif palette with markup", p.gif()[:10] + b"\xf7\0\0" + palette + rest, GIF)


def code_in_pixels() -> bytes:
    """Rows kept unpacked, so that the code stands in the file as it is."""
    row = b"\0" + (PHP + bytes(120))[: 40 * 3]
    return b"\x89PNG\r\n\x1a\n" + p.header(40, 2) + p.chunk(b"IDAT", zlib.compress(row * 2, 0)) + p.chunk(b"IEND", b"")


def huge() -> Iterator[Attack]:
    """Small files that want a great deal of memory or time."""
    some = p.chunk(b"IDAT", zlib.compress(bytes(1000))) + p.chunk(b"IEND", b"")
    start = b"\x89PNG\r\n\x1a\n"
    for wide, high in (
        (100_000, 100_000),
        (100_000, 1),
        (1, 100_000),
        (2**31 - 1, 2**31 - 1),
        (12_000, 12_000),
        (0, 5),
    ):
        yield Attack(f"png of {wide} x {high}", start + p.header(wide, high) + some, PNG)
    for wide, high in ((65_500, 65_500), (65_535, 1), (0, 10)):
        yield Attack(f"jpeg of {wide} x {high}", resized_jpeg(wide, high), JPG)
        sized = b"GIF89a" + struct.pack("<HH", wide, high) + p.gif()[10:]
        yield Attack(f"gif of {wide} x {high}", sized, GIF)
    yield Attack("webp of 16383 x 16383", p.riff((b"VP8L", b"\x2f" + struct.pack("<I", 0x0FFFFFFF) + bytes(40))), WEBP)
    canvas = struct.pack("<I", 0) + (99_999).to_bytes(3, "little") * 2
    yield Attack("webp canvas of 100000 x 100000", p.riff((b"VP8X", canvas), *p.webp_parts(p.webp())), WEBP)
    for name, packed in ((b"zTXt", b"a\0\0"), (b"iCCP", b"a\0\0"), (b"iTXt", b"a\0\1\0\0\0")):
        bomb = p.chunk(name, packed + zlib.compress(bytes(50_000_000)))
        yield Attack(f"png {name.decode()} bomb", p.with_chunks(p.png(), bomb), PNG)
    many = [p.chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(200_000)))] * 500
    yield Attack("png of many packed texts", p.with_chunks(p.png(), *many), PNG)
    yield Attack("png of very many chunks", p.with_chunks(p.png(), *[p.chunk(b"tIME", bytes(7))] * 30_000), PNG)
    yield Attack("jpeg of very many passes", many_scans(), JPG)
    frames = [p.picture((64, 64)).rotate(n * 9) for n in range(40)]
    for mime, kind in ((GIF, "GIF"), (WEBP, "WEBP"), (PNG, "PNG")):
        out = BytesIO()
        frames[0].save(out, kind, save_all=True, append_images=frames[1:])
        yield Attack(f"animated {ENDINGS[mime]}", out.getvalue(), mime)


def resized_jpeg(wide: int, high: int) -> bytes:
    content = p.jpeg()
    at = content.index(b"\xff\xc0") + 5
    return content[:at] + struct.pack(">HH", high, wide) + content[at + 4 :]


def many_scans() -> bytes:
    content = p.jpeg(progressive=True)
    at = content.rindex(b"\xff\xda")
    return content[:at] + content[at:-2] * 5_000 + content[-2:]


def damaged() -> Iterator[Attack]:
    """Cut off, or bent."""
    for mime, content in {JPG: p.jpeg((200, 150)), PNG: p.png((200, 150)), WEBP: p.webp(), GIF: p.gif()}.items():
        for part in (4, 2):
            yield Attack(f"{ENDINGS[mime]} cut off after 1/{part}", content[: len(content) // part], mime)
        yield Attack(f"{ENDINGS[mime]} without its last byte", content[:-1], mime)
    yield Attack("png with a wrong checksum", p.png()[:40] + b"\xff\xff\xff\xff" + p.png()[44:], PNG)
    yield Attack("png without pixels", b"\x89PNG\r\n\x1a\n" + p.header(8, 8) + p.chunk(b"IEND", b""), PNG)
    few = p.chunk(b"IDAT", zlib.compress(bytes(50)))
    yield Attack("png of too few pixels", b"\x89PNG\r\n\x1a\n" + p.header(90, 90) + few + p.chunk(b"IEND", b""), PNG)
    yield Attack("png of an unknown kind", p.with_chunks(p.png(), p.chunk(b"EVIL", b"x")), PNG)
    yield Attack("png with two headers", p.with_chunks(p.png(), p.header(9000, 9000)), PNG)
    yield Attack("png of a depth there is not", b"\x89PNG\r\n\x1a\n" + p.header(8, 8, 3, 2) + few, PNG)
    yield Attack("lossless jpeg", p.jpeg().replace(b"\xff\xc0", b"\xff\xc3"), JPG)
    yield Attack("webp that says it is longer", b"RIFF" + struct.pack("<I", 10**6) + p.webp()[8:], WEBP)
    noise = p.webp()
    yield Attack("webp with noise for pixels", noise[:32] + b"\xff" * (len(noise) - 32), WEBP)
    yield Attack("gif with pixels outside", bent_gif(), GIF)


def bent_gif() -> bytes:
    content = bytearray(p.gif())
    at = content.index(b"\x2c", p.gif_colours(bytes(content)))
    content[at + 5 : at + 7] = struct.pack("<H", 60_000)
    return bytes(content)


def misnamed() -> Iterator[Attack]:
    """Good images under another type or a name that is not an image's."""
    images = {JPG: p.jpeg(), PNG: p.png(), WEBP: p.webp(), GIF: p.gif()}
    for mime, content in images.items():
        other = PNG if mime != PNG else JPG
        yield Attack(f"{ENDINGS[mime]} said to be {ENDINGS[other]}", content, other)
    for name in (
        *("shell.php.jpg", "page.html.jpg", "a.svg.jpg", "a.jpg.php", "a.phtml", "a.jpg.exe", "a", "jpg", ".jpg"),
        *("../../a.jpg", "/etc/a.jpg", "a\\b.jpg", "a.jpg\0.png", "a\n.jpg", "a.jpg ", "x\u202egpj.exe.jpg", "a.png"),
        *("a;id.jpg", "<img>.jpg", "a.pHp5 .jpg", "CON:.jpg", "a..jpg", "`id`.jpg", "$(id).jpg", ".htaccess.jpg"),
    ):
        yield Attack(f"named {name!r}", images[JPG], JPG, name)
    for mime in ("image/svg+xml", "text/html", "application/pdf", "image/tiff", "image/JPEG; x=1", ""):
        yield Attack(f"type {mime!r}", images[JPG], mime, "a.jpg")


ATTACKS = [attack for group in (foreign, begun_well, followed, spoken, huge, damaged, misnamed) for attack in group()]
