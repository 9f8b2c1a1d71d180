"""Text as it is searched and sorted: one form for letters that people write in several ways.

The database has the same function, `fold`, and the same words, `search_vector` (migrations/sql/0020_folded_text.sql);
tests/models/test_search.py compares them over all letters.
"""

import re
from unicodedata import category, normalize

# Marks and invisible signs that are left out: accents, Hebrew points, Arabic vowels, joiners, directions. The vowels of
# Indic and Thai writing and the voiced marks of kana stay, for they make other words.
MARKS = (
    "\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u061c\u0640"
    "\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u180b-\u180f\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\ufeff\U000e0000-\U000e0fff"
)
# Writing without blanks between words, Hangul, whose particles follow without one, and pictures: every sign counts.
SIGNS = (
    "\u0e00-\u0e3e\u0e40-\u0eff\u0f40-\u0fbc\u1000-\u109f\u1100-\u11ff\u1780-\u17d3\u1950-\u19df\u1a20-\u1aad\u2600-\u27bf"
    "\u2e80-\u2fdf\u3005-\u3007\u3041-\u309f\u30a1-\u30fa\u30fc-\u312f\u3131-\u318e\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\ua960-\ua97f\uaa60-\uaadf\uac00-\ud7ff\uf900-\ufaff\U0001b000-\U0001b16f\U0001f000-\U0001faff"
    "\U00020000-\U0003ffff"
)
# Letters that have no decomposition, and spellings of one Arabic letter.
LETTERS = {
    **dict(zip("łøđðħıŧƀɨʉɇɉɍɏȼƶⱥⱦɫɓɗɠƙƥƭʋƴŋɲɛɔə", "loddhitbiuejryczatlbdgkptvynneoe", strict=True)),
    **{"æ": "ae", "œ": "oe", "þ": "th"},
    **dict(zip("ىیکةۀہھٱ", "ييكهههها", strict=True)),
}
ZEROS = "٠۰߀०০੦૦୦௦౦೦൦෦๐໐༠၀႐០᠐᥆᧐᪀᪐᭐᮰᱀᱐꘠꣐꤀꧐꧰꩐꯰"  # of each writing, the digits follow
DIGITS = {chr(ord(zero) + n): str(n) for zero in ZEROS for n in range(10)}
TABLE = str.maketrans({**LETTERS, **DIGITS})
LEFT_OUT = re.compile(f"[{MARKS}]+")
SIGN = re.compile(f"[{SIGNS}]")
RUNS = re.compile(f"[{SIGNS}]+|[^{SIGNS}]+")
LONGEST_WORD = 100
ENDINGS = (("ies", "y"), ("ves", "f"), ("es", ""), ("s", ""), ("eaux", "eau"), ("aux", "al"), ("en", "e"), ("en", ""))


def fold(text: str) -> str:
    """Small letters without accents, of one width, whatever way they are composed."""
    if text.isascii():
        return text.lower()
    bare = LEFT_OUT.sub("", normalize("NFKD", text))
    return normalize("NFC", bare.casefold().translate(TABLE))


def is_separator(sign: str) -> bool:
    kind = category(sign)
    return (kind[0] in "PSZ" or kind in ("Cc", "Cf")) and SIGN.match(sign) is None


def runs(text: str) -> list[str]:
    """The words of folded text; writing without blanks is a word up to the next blank, apart from other writing."""
    plain = "".join(" " if is_separator(sign) else sign for sign in text)
    return [run for word in plain.split() for run in RUNS.findall(word)]


def query_of(text: str) -> str:
    """A text search (`tsquery`) for all of the words, the last one also as a beginning; "" when there is none.

    A word is found in the singular and the plural; what is written without blanks is found within the text.
    """
    found = runs(fold(text))
    return " & ".join(_one(run, is_last=place == len(found)) for place, run in enumerate(found, 1))


def _one(run: str, *, is_last: bool) -> str:
    if SIGN.match(run):
        pairs = " <-> ".join(f"'{run[place : place + 2]}'" for place in range(len(run) - 1))
        return f"({pairs})" if pairs else f"'{run}':*"
    word = run[:LONGEST_WORD]
    first = f"'{word}':*" if is_last else f"'{word}'"
    others = [f"'{form}'" for form in forms(word)]
    return f"({' | '.join([first, *others])})" if others else first


def forms(word: str) -> list[str]:
    """Other numbers of a word, by its ending: mugs of mug, berry of berries. They need not be words."""
    if len(word) < 3 or not word.isalpha():
        return []
    found = [f"{word[:-1]}ies"] if word[-1] == "y" else []
    found += [word + ending for ending in ("s", "es")]
    for ending, instead in ENDINGS:
        least = 3 if ending in ("s", "es") else 4
        if word.endswith(ending) and not word.endswith("ss") and len(word) - len(ending) + len(instead) >= least:
            found.append(word[: -len(ending)] + instead)
    return list(dict.fromkeys(found))


def sort_key(text: str) -> tuple[str, str]:
    """What text is sorted by: its letters first, then as it is written. The database sorts so too."""
    return fold(text), text
