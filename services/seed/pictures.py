"""Pictures of the demo, drawn on the spot: the first page that a newcomer sees is whole, without a network."""

import asyncio
from collections.abc import Iterator, Mapping
from hashlib import sha256
from io import BytesIO
from typing import Any

from services.infrastructure.files.slot import FOLDER, FileMissing, FileStore

DEMO = f"{FOLDER}catalogue/demo/"
SIDE = 640  # pixels
# Grounds and inks that go together: dawn, sea, leaf, clay, dusk, stone.
COLOURS = (
    ((244, 222, 203), (176, 84, 48)),
    ((205, 226, 234), (32, 92, 122)),
    ((214, 229, 204), (58, 104, 60)),
    ((236, 214, 190), (128, 74, 44)),
    ((222, 212, 234), (86, 66, 128)),
    ((228, 228, 222), (70, 74, 78)),
)


def addresses(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The demo's addresses that a seed document names, each with the title of what it shows."""
    for seller in document.get("stores", ()):
        yield str(seller.get("logo") or ""), str(seller.get("name", ""))
    for product in document.get("products", ()):
        for image in product.get("images", ()):
            yield (image if isinstance(image, str) else str(image["url"])), str(product.get("title", ""))


async def draw_missing(files: FileStore, document: Mapping[str, Any]) -> int:
    """Draw and store the demo's pictures that are not there yet; how many."""
    drawn = 0
    for address, title in addresses(document):
        if address.startswith(DEMO):
            key = address.removeprefix(FOLDER)
            try:
                await files.stat(key)
            except FileMissing:
                await files.put(key, await asyncio.to_thread(picture, key, title), "image/webp")
                drawn += 1
    return drawn


def picture(key: str, title: str) -> bytes:
    """A WebP of the title over circles; the same for the same key."""
    from PIL import Image, ImageDraw, ImageFont  # only a first start needs it

    seed = sha256(key.encode()).digest()
    ground, ink = COLOURS[seed[0] % len(COLOURS)]
    image = Image.new("RGB", (SIDE, SIDE), ground)
    draw = ImageDraw.Draw(image)
    for number in range(3):
        x, y, radius = (seed[1 + 3 * number + part] * SIDE // 255 for part in range(3))
        radius = SIDE // 6 + radius // 4
        shade = tuple((a * (3 - number) + b) // (4 - number) for a, b in zip(ground, ink, strict=True))
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=shade)
    lines = title.split()
    font = ImageFont.load_default(size=max(28, min(84, SIDE // max(7, *map(len, lines or [""])) * 3 // 2)))
    draw.multiline_text(
        (SIDE / 2, SIDE / 2), "\n".join(lines), fill=ink, font=font, anchor="mm", align="center", spacing=12
    )
    out = BytesIO()
    image.save(out, "WEBP", quality=70, method=2)
    return out.getvalue()
