"""Readers of settings: the text of a variable becomes a value, or is refused with what it must be like."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

EMBEDDED = "embedded"  # the word for the database in the data folder; production takes it on this word only
SHORTEST_SECRET = 32
HIGHEST_PORT = 65535
PLACE = re.compile(r"(?:\[[^\]]*\]|[^:\[\]]*)(?::([0-9]{0,6}))?")  # a host, and its port
# What our driver takes beside the database's name: the parameters of libpq are others, and more.
DATABASE_PARAMETERS = ("host", "port", "user", "password", "passfile", "ssl", "target_session_attrs")
EXAMPLE_WORDS = (
    "secret",
    "password",
    "changeme",
    "change-me",
    "change_me",
    "example",
    "12345678",
    "abcdefgh",
    "qwerty",
)


def whole(low: int, high: int) -> Callable[[str], int]:
    """A reader of whole numbers between two bounds, both allowed."""

    def read(text: str) -> int:
        try:
            value = int(text.strip())
        except ValueError:
            raise ValueError(f"must be a whole number from {low} to {high}") from None
        if not low <= value <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return value

    return read


def switch(text: str) -> bool:
    answers = {"on": True, "true": True, "1": True, "yes": True, "off": False, "false": False, "0": False, "no": False}
    if text.strip().lower() not in answers:
        raise ValueError("must be on or off")
    return answers[text.strip().lower()]


def one_of(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text.strip() not in words:
            raise ValueError(f"must be one of: {', '.join(words)}")
        return text.strip()

    return read


def module_names(text: str) -> tuple[str, ...]:
    """Dotted names of modules, separated by commas."""
    names = tuple(filter(None, (part.strip() for part in text.split(","))))
    for name in names:
        if not all(part.isidentifier() for part in name.split(".")):
            raise ValueError(f"must be names of modules, separated by commas; {name!r} is none")
    return names


def some_text(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty; remove the variable to get the default")
    return text.strip()


def secret(text: str) -> str:
    """A secret that nobody guesses: long, of many different characters, and no word of an example."""
    value = some_text(text)
    if len(value) < SHORTEST_SECRET or len(set(value)) < 12:
        raise ValueError(f"is too weak; make one of {SHORTEST_SECRET} or more characters: openssl rand -base64 48")
    if any(word in value.lower() for word in EXAMPLE_WORDS):
        raise ValueError("is one of an example; make your own: openssl rand -base64 48")
    return value


def secret_list(text: str) -> tuple[str, ...]:
    """Secrets, separated by commas."""
    return tuple(secret(part) for part in text.split(",")) if text.strip() else ()


def folder(text: str) -> Path:
    return Path(some_text(text)).expanduser()


def parts_of(text: str) -> SplitResult:
    """An address taken apart; ValueError where a port is none, or where brackets hold no IPv6 address.

    MongoDB's name several hosts with commas between them.
    """
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        raise ValueError("must have an IPv6 address between its brackets") from None
    for host in parts.netloc.rpartition("@")[2].split(","):
        place = PLACE.fullmatch(host)
        if place is None or (place[1] and not 1 <= int(place[1]) <= HIGHEST_PORT):
            raise ValueError(f"must have a port from 1 to {HIGHEST_PORT} after the host's name and a colon, or none")
    return parts


def web_address(text: str) -> str:
    """An http(s) origin without a path: `https://shop.example`."""
    parts = parts_of(text.strip().rstrip("/"))
    path = parts.path or parts.query or parts.username
    if parts.scheme not in ("http", "https") or not parts.hostname or path or "," in parts.netloc:
        raise ValueError("must be like https://shop.example, without a path")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def bucket_name(text: str) -> str:
    """A name that S3 takes for a bucket."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]", text.strip()):
        raise ValueError("must have 3 to 63 small letters, digits and hyphens")
    return text.strip()


def origin(text: str) -> str:
    """An origin of the web, or of an app that shows pages under a scheme of its own: `capacitor://localhost`."""
    parts = parts_of(text.strip().rstrip("/"))
    if parts.scheme in ("http", "https", ""):
        return web_address(text)
    # A scheme that the system gives to one app; browsers name data: and blob: pages "null", which is nobody.
    own = re.fullmatch(r"[a-z][a-z0-9+.-]*://[A-Za-z0-9.-]+(:[0-9]+)?", text.strip().rstrip("/"))
    if not own or parts.scheme in ("data", "blob", "javascript", "about", "file", "null", "ws", "wss", "ftp"):
        raise ValueError("must be like https://shop.example or capacitor://localhost, without a path")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def origins(text: str) -> tuple[str, ...]:
    """Origins separated by commas; `*` alone means any."""
    if text.strip() == "*":
        return ("*",)
    return tuple(origin(part) for part in text.split(",") if part.strip())


def database_address(text: str) -> str:
    """Any usual PostgreSQL URI (also libpq's socket form) as the one our driver takes; empty for the embedded one."""
    if text.strip() == EMBEDDED:
        return ""
    parts = parts_of(text)
    if parts.scheme not in ("postgres", "postgresql", "postgresql+asyncpg"):
        raise ValueError("must be like postgresql://user:password@host:5432/name")
    query = [("ssl" if key == "sslmode" else key, value) for key, value in parse_qsl(parts.query)]
    unknown = [key for key, _ in query if key not in DATABASE_PARAMETERS]
    if unknown:
        known = "sslmode, host, port, target_session_attrs"
        raise ValueError(f"has the parameter {unknown[0]!r}, which is not known here; remove it (known: {known})")
    if not parts.hostname and "host" not in dict(query):
        raise ValueError("names no host; write postgresql://user:password@host:5432/name or …?host=/socket/folder")
    if not parts.path.strip("/"):
        raise ValueError("names no database; write postgresql://user:password@host:5432/name")
    return urlunsplit(("postgresql+asyncpg", parts.netloc, parts.path, urlencode(query, safe="/"), ""))


def server_address(like: str, *schemes: str, path: str = ".*") -> Callable[[str], str]:
    """A reader of addresses of servers, which their drivers take as they are; `path` is what may follow the host."""

    def read(text: str) -> str:
        parts = parts_of(text)
        if parts.scheme not in schemes or not parts.hostname or not re.fullmatch(path, parts.path):
            raise ValueError(f"must be like {like}")
        return text.strip()

    return read


def is_safe(parts: SplitResult) -> bool:
    """An address whose traffic nobody else reads: https, or this machine."""
    local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    return parts.scheme == "https" or (parts.scheme == "http" and local)


def issuer_address(text: str) -> str:
    """The name of an OpenID provider, which is also where it is found: compared letter by letter, so taken as it is."""
    parts = parts_of(text)
    if not is_safe(parts) or not parts.hostname or parts.query or parts.fragment or parts.username is not None:
        raise ValueError("must be like https://accounts.example, or http:// on this machine")
    return text.strip()


def page_addresses(text: str) -> tuple[str, ...]:
    """Addresses of pages, separated by commas, as they will be named later, letter by letter."""
    pages = tuple(part.strip() for part in text.split(",") if part.strip())
    for page in pages:
        parts = parts_of(page)
        if not is_safe(parts) or not parts.hostname or "#" in page or parts.username is not None or len(page) > 1000:
            raise ValueError("must be like https://shop.example/callback, or http:// on this machine")
    return pages
