"""Text: handles made of titles, and rich text without anything that could do harm."""

import re
from html import unescape
from unicodedata import normalize

import nh3

LONGEST_HANDLE = 150  # characters; leaves room for a suffix
TAGS = set("a b blockquote br em h1 h2 h3 h4 h5 h6 hr i li ol p pre s small span strong sub sup".split()) | set(
    "table tbody td th thead tr u ul".split()
)
BREAKS = re.compile(r"(?i)<(?:br|hr|/p|/h[1-6]|/li|/tr|/ul|/ol|/blockquote|/pre|/table)\b[^>]*>")
ITEMS = re.compile(r"(?i)<li\b[^>]*>")


def slug(text: str) -> str:
    """Text as a handle: lower-case ASCII letters, digits and single hyphens."""
    plain = normalize("NFKD", text.lower().replace("ß", "ss")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:LONGEST_HANDLE].strip("-")


def cleaned(body: str) -> str:
    """HTML without anything that runs, loads or looks like our own page."""
    schemes = {"http", "https", "mailto"}
    return nh3.clean(body, tags=TAGS, attributes={"a": {"href", "title"}}, url_schemes=schemes).strip()


def plain(html: str) -> str:
    """The text of cleaned HTML: what storefronts show as a description, which they do not read as HTML."""
    marked = ITEMS.sub("- ", BREAKS.sub("\n", re.sub(r"\s+", " ", html)))
    text = unescape(nh3.clean(marked, tags=set()))
    lines = [" ".join(line.split()) for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def described(text: str) -> tuple[str, str | None]:
    """Text that may be HTML, as plain text, and its cleaned HTML where that says more."""
    if not nh3.is_html(text):
        return text.strip(), None
    html = cleaned(text)
    shown = plain(html)
    return shown, html if html != shown else None
