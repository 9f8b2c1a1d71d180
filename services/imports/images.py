"""Images of an import: fetched into the file store, and recognised again by the address they came from."""

from hashlib import sha256

from services.infrastructure.files.slot import FileStore, stored_address
from services.infrastructure.http.fetch import Fetcher, FetchRefused

LIMIT_BYTES = 20 * 1024 * 1024
# What a file begins with -> its extension. SVG is not among them: it can carry scripts.
SIGNATURES = (
    (b"\xff\xd8\xff", 0, "jpg"),
    (b"\x89PNG\r\n\x1a\n", 0, "png"),
    (b"GIF87a", 0, "gif"),
    (b"GIF89a", 0, "gif"),
    (b"WEBP", 8, "webp"),
    (b"ftypavif", 4, "avif"),
)


def extension_of(content: bytes) -> str | None:
    """The extension of an image by its first bytes, whatever its address or its server call it."""
    for signature, start, extension in SIGNATURES:
        if content[start : start + len(signature)] == signature:
            return extension
    return None


async def fetch_image(fetcher: Fetcher, files: FileStore, *, seller: str, url: str) -> str:
    """The stored address under which the image of `url` is from now on; FetchRefused with the reason."""
    content = await fetcher.get(url)
    extension = extension_of(content)
    if extension is None:
        raise FetchRefused("is not a JPEG, PNG, GIF, WebP or AVIF image")
    key = f"catalogue/{seller}/{sha256(url.encode()).hexdigest()[:32]}.{extension}"
    await files.put(key, content)
    return stored_address(key)
