"""Short texts as people type or paste them: blanks at the ends, also invisible ones, never count."""

import unicodedata

# Marks without width that copying from mails and pages brings along; `str.strip` does not know them.
INVISIBLE = "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"


def trimmed(text: str) -> str:
    """The text without blanks and invisible marks at its ends."""
    before = None
    while before != text:
        before, text = text, text.strip().strip(INVISIBLE)
    return text


def code_key(code: str) -> str:
    """What a promotion code is compared by: without blanks at the ends, width and case."""
    return trimmed(unicodedata.normalize("NFKC", code)).casefold()
