"""Text: what may be in it, handles made of titles, and rich text without anything that could do harm.

Names, titles, values, addresses and notes are plain text: kept as they are sent and never read as HTML, so `<b>` is
three signs, and whoever shows them escapes them. Descriptions of products, sellers and categories may be HTML: see
`described`. In all of them signs that nobody sees and that change what is read are refused: see `hidden_sign`.
"""

import re
from collections.abc import Mapping
from html import unescape
from typing import Any
from unicodedata import name, normalize

import nh3
from anyascii import anyascii

from utils.errors import AppError
from utils.typed import trimmed

LONGEST_HANDLE = 150  # characters; leaves room for a suffix
TAGS = set("a b blockquote br em h1 h2 h3 h4 h5 h6 hr i li ol p pre s small span strong sub sup".split()) | set(
    "table tbody td th thead tr u ul".split()
)
BREAKS = re.compile(r"(?i)<(?:br|hr|/p|/h[1-6]|/li|/tr|/ul|/ol|/blockquote|/pre|/table)\b[^>]*>")
ITEMS = re.compile(r"(?i)<li\b[^>]*>")


# Letters and digits of every writing; as in the database (`is_handle`).
_NOT_IN_HANDLES = (
    "\u0001-\u002f\u003a-\u0060\u007b-\u00bf\u00d7\u00f7\u2000-\u206f\u2190-\u2bff\u2e00-\u2e7f\u3000-\u3004"
    "\u3008-\u3020\u3030\ue000-\uf8ff\ufe00-\ufe0f\ufeff-\uff0f\ufff0-\uffff"
)
HANDLE = f"^[^{_NOT_IN_HANDLES}]+(-[^{_NOT_IN_HANDLES}]+)*$"
# Controls other than tab and line ends, signs without width, and signs that turn the direction of what follows. Joiners
# and the marks of a direction stay: Persian, Indic writing and emoji need them.
HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0001]"
)
BREAKS_IN_LINE = re.compile("[\t\n\r]")
ONE_LINE = frozenset(
    "title subtitle name first_name last_name company company_name address_1 address_2 city province postal_code phone "
    "value label handle sku barcode ean upc email".split()
)
# Copied from mails and forms with signs at their ends that nobody sees: those are taken off, not refused.
TRIMMED = frozenset(("promo_codes", "code", "province", "city", "postal_code"))
SECRET = frozenset(("password", "new_password", "current_password", "old_password"))


class TextNotAllowed(AppError):
    code, kind = "text_not_allowed", "invalid"
    message = "The text of '{field}' holds {sign}, which nobody sees: remove it."


def slug(text: str, longest: int = LONGEST_HANDLE) -> str:
    """Text as a handle: lower-case ASCII letters, digits and single hyphens, other writings by their sound."""
    return re.sub(r"[^a-z0-9]+", "-", anyascii(text).lower().replace("'", ""))[:longest].strip("-")


def hidden_sign(text: str, *, one_line: bool = False) -> str | None:
    """The name of the first sign that may not be in text, or None."""
    if text.isprintable():
        return None
    found = HIDDEN.search(text) or (BREAKS_IN_LINE.search(text) if one_line else None)
    if found is None:
        return None
    sign = found[0]
    if sign == "\0":
        return "a NUL character"
    known = name(sign, "a tab or line break" if sign in "\t\n\r" else "a control character").lower()
    return f"U+{ord(sign):04X} ({known})"


def take_in(value: Any, field: str = "") -> Any:
    """What a client sent, with handles composed (NFC); TextNotAllowed for a hidden sign in any of its texts."""
    if isinstance(value, str):
        key = field.rpartition(".")[2]
        if key in SECRET or (value.isascii() and value.isprintable()):
            return value
        path = field.split(".")
        if key in TRIMMED:
            value = trimmed(value)
        if "metadata" in path:  # the client's own, shown to nobody as text; what cannot be stored stays out
            sign = "a NUL character" if "\0" in value else None
        else:  # options may have a second line: "Size\n(EU)"
            sign = hidden_sign(value, one_line=key in ONE_LINE and "options" not in path)
        if sign is not None:
            raise TextNotAllowed(field=field, sign=sign)
        return normalize("NFC", value) if key == "handle" else value
    if isinstance(value, Mapping):
        for key in value:
            sign = hidden_sign(key, one_line=not {"options", "metadata"} & {*field.split(".")})
            if sign is not None:
                raise TextNotAllowed(field=field or "body", sign=sign)
        return {key: take_in(inner, f"{field}.{key}" if field else key) for key, inner in value.items()}
    if isinstance(value, list):
        return [take_in(inner, field) for inner in value]
    return value


def cleaned(body: str) -> str:
    """HTML without anything that runs, loads or looks like our own page, and without hidden signs."""
    schemes = {"http", "https", "mailto"}
    return nh3.clean(HIDDEN.sub("", body), tags=TAGS, attributes={"a": {"href", "title"}}, url_schemes=schemes).strip()


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


def rich(said: Mapping[str, Any], held: Mapping[str, Any] | None, blank: str | None = None) -> dict[str, Any]:
    """What is said of a thing with a description: its plain text, and its cleaned HTML in `metadata.body_html`.

    `held` is the metadata that the thing has; `blank` stands for no description.
    """
    made = dict(said)
    if "description" in made:
        text, html = described(made["description"] or "")
        made["description"] = text or blank
        metadata = {key: v for key, v in (made.get("metadata", held) or {}).items() if key != "body_html"}
        if "metadata" in made or html is not None or (held or {}).get("body_html") is not None:
            made["metadata"] = ({**metadata, "body_html": html} if html is not None else metadata) or None
    elif "metadata" in made and isinstance((made["metadata"] or {}).get("body_html"), str):
        made["metadata"] = {**made["metadata"], "body_html": cleaned(made["metadata"]["body_html"])}
    return made
