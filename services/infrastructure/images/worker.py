"""A program of its own: decodes one image from standard input and writes it anew, as WebP in several sizes.

It runs apart from the server, with hardly any memory, seconds, files or variables, reads one image and ends: whatever
a crafted file does to a decoder, it does it here. It imports nothing of ours. In: a line of JSON (`format`, `width`,
`height`, `widths`, `longest`), then the file. Out: a line of JSON (`images`: name, width, height, size; or `refused`),
then the images one after the other.
"""

import ctypes
import json
import os
import resource
import sys
import warnings
from io import BytesIO
from typing import Any

MEMORY_BYTES = 768 * 1024 * 1024
CPU_SECONDS = 15
OPEN_FILES = 32
QUALITY = 82
EFFORT = 4
NO_NEW_PRIVILEGES, DUMPABLE = 38, 4  # numbers of prctl
NEW_NETWORK, NEW_USERS = 0x40000000, 0x10000000  # flags of unshare


def confine() -> None:
    """Give up what decoding does not need. Limits cannot be raised again."""
    # Whatever the server had open when it started us: the loop that serves closes only what is marked so.
    os.closerange(3, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
    ):
        resource.setrlimit(kind, (most, most))
    libc = ctypes.CDLL(None)
    libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    libc.prctl(DUMPABLE, 0, 0, 0, 0)
    # A world without a network, where the kernel lets anybody make one; the limits above hold in any case.
    libc.unshare(NEW_USERS | NEW_NETWORK)


# How a camera was held, as EXIF says, and what undoes it.
TURNS = {
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}


class RefusedError(Exception):
    """Why the image is not taken."""


def decoded(order: dict[str, Any], content: bytes) -> Any:
    """The picture upright, in sRGB, no larger than asked, with nothing of the file but its pixels."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = order["width"] * order["height"]
    picture: Any = Image.open(BytesIO(content), formats=[order["format"]])
    if picture.size != (order["width"], order["height"]):
        raise RefusedError("its size is not what it says")
    if getattr(picture, "n_frames", 1) != 1:
        raise RefusedError("it is animated")
    profile = picture.info.get("icc_profile")
    turn = TURNS.get(orientation(picture))
    longest = order["longest"]
    if max(picture.size) > longest:
        picture.thumbnail((longest, longest), reducing_gap=2.0)
    picture.load()
    if turn is not None:
        picture = picture.transpose(Image.Transpose[turn])
    has_alpha = picture.mode in ("RGBA", "LA", "PA", "La") or "transparency" in picture.info
    if profile:
        picture = in_srgb(picture, profile, has_alpha)
    return picture.convert("RGBA" if has_alpha else "RGB")


def orientation(picture: Any) -> Any:
    """As EXIF says; many programs write EXIF that cannot be read, which is no reason to refuse a picture."""
    try:
        return picture.getexif().get(0x0112, 1)
    except Exception:
        return 1


def in_srgb(picture: Any, profile: bytes, has_alpha: bool) -> Any:
    """The colours as they are meant, since the profile that says so does not go along."""
    from PIL import ImageCms

    if picture.mode not in ("RGB", "CMYK", "L"):
        picture = picture.convert("RGBA" if has_alpha else "RGB")
    alpha = picture.getchannel("A") if picture.mode == "RGBA" else None
    plain: Any = picture.convert("RGB") if alpha is not None else picture
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        wanted = {"RGB": "RGB ", "CMYK": "CMYK", "L": "GRAY"}[plain.mode]
        if source.profile.xcolor_space != wanted:
            raise RefusedError("its colour profile is of another kind of image")
        plain = ImageCms.profileToProfile(plain, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        raise RefusedError("its colour profile is damaged") from None
    if alpha is not None:
        plain.putalpha(alpha)
    return plain


def written(picture: Any) -> bytes:
    out = BytesIO()
    picture.save(out, "WEBP", quality=QUALITY, method=EFFORT, exif=b"", icc_profile=b"", xmp=b"")
    return out.getvalue()


def remade(order: dict[str, Any], content: bytes) -> list[tuple[dict[str, Any], bytes]]:
    """The image itself, then each width that is smaller."""
    from PIL import Image

    whole = decoded(order, content)
    pictures = [("full", whole)]
    for width in order["widths"]:
        if width < whole.width:
            height = max(1, round(whole.height * width / whole.width))
            pictures.append((f"w{width}", whole.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)))
    results = []
    for name, picture in pictures:
        data = written(picture)
        results.append(({"name": name, "width": picture.width, "height": picture.height, "size": len(data)}, data))
    return results


def main() -> None:
    confine()
    warnings.simplefilter("ignore")
    order = json.loads(sys.stdin.buffer.readline())
    content = sys.stdin.buffer.read()
    answer: dict[str, Any]
    images: list[bytes] = []
    try:
        made = remade(order, content)
        answer, images = {"images": [about for about, _ in made]}, [data for _, data in made]
    except RefusedError as error:
        answer = {"refused": str(error)}
    except MemoryError:
        answer = {"refused": "decoding it takes too much memory"}
    except Exception:  # decoders raise all kinds of things over damaged files
        answer = {"refused": "it is damaged"}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + b"".join(images))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
