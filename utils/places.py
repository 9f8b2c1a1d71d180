"""One form of provinces, cities and postal codes, for all who compare them: taxes, zones, seed files.

A province is known by its ISO 3166-2 code without its country, in lower case: `ca` for `CA`, `us-ca`, ` US-CA ` and
`California` of `us`. A postal code is its letters and digits in capitals, without blanks, hyphens and the sign of its
country (`LV-1010` is `1010`); a city its letters and digits, without accents and case.
"""

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

from utils.errors import AppError
from utils.typed import trimmed

# Addresses of the armed forces are no subdivisions, and parcels go there. Names are those that people write.
MORE_CODES = {"us": {"aa": "Armed Forces Americas", "ae": "Armed Forces Europe", "ap": "Armed Forces Pacific"}}
MORE_NAMES = {
    "ca": {"newfoundland": "nl", "yukonterritory": "yt"},
    "es": {"guipuzcoa": "ss", "islascanarias": "cn", "vizcaya": "bi"},
    "id": {
        **{"diyogyakarta": "yo", "daerahistimewayogyakarta": "yo"},
        **dict.fromkeys(("jakarta", "dkijakarta", "daerahkhususibukotajakarta"), "jk"),
    },
    "mx": {"cdmx": "cmx"},
    "my": {"kualalumpur": "14"},
    "th": {"bangkok": "10"},
    "us": {"washingtondc": "dc"},
}
SPAN = re.compile(r"([0-9]{4,6})\s*[-\u2013\u2014]\s*([0-9]{4,6})")
INSIDE = re.compile(r"[,;/|*?%+&\[\]](?=.*\w)|[?%+\[\]]$")
SIGN = re.compile(r"^[A-Z]{1,3}\W(?=\d)")


class ProvinceUnknown(AppError):
    code, kind = "province_unknown", "invalid"
    message = (
        "{province} is not a province of {country_code} that is known here. Write its ISO 3166-2 code or its full name."
    )


@cache
def _subdivisions(country_code: str) -> tuple[dict[str, str | None], dict[str, str]]:
    """The codes of a country's provinces with that of the one above each, and the codes by name."""
    import pycountry  # reads its tables when first asked

    country = country_code.upper()
    rows: Any = pycountry.subdivisions.get(country_code=country) or ()  # type: ignore[no-untyped-call]
    short = {row.code: row.code.partition("-")[2].lower() for row in rows}
    above = {short[row.code]: short.get(row.parent_code or "") for row in rows}
    above |= dict.fromkeys(MORE_CODES.get(country_code, {}))
    full: dict[str, set[str]] = {}
    parts: dict[str, set[str]] = {}
    for row in rows:
        full.setdefault(_letters(row.name), set()).add(short[row.code])
        for part in re.split(r"[/\[\](),;]", row.name):
            parts.setdefault(_letters(part), set()).add(short[row.code])
    names: dict[str, str] = {}
    for name, codes in (parts | full).items():
        # A province of the same name as the one above it stands for both; otherwise a shared name is nobody's.
        deepest = [code for code in codes if codes <= set(_up(code, above))]
        if name and deepest:
            names[name] = deepest[0]
    names |= {_letters(name): code for code, name in MORE_CODES.get(country_code, {}).items()}
    return above, names | MORE_NAMES.get(country_code, {})


def _up(code: str, above: dict[str, str | None]) -> tuple[str, ...]:
    found: list[str] = []
    step: str | None = code
    while step is not None and step not in found:
        found.append(step)
        step = above.get(step)
    return tuple(found)


def _letters(text: str) -> str:
    """Letters and digits without accents, case and width."""
    return "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if c.isalnum())


@lru_cache(maxsize=20_000)
def province_key(country_code: str, province: str | None) -> str:
    """The province's code without its country; what nobody knows stays as it is written, in small letters."""
    text = trimmed(unicodedata.normalize("NFKC", province or "")).casefold()
    own = re.sub(rf"^{country_code}\s*[-_ ]\s*", "", text)
    above, names = _subdivisions(country_code)
    for written in (_letters(own), _letters(text)):
        if written in above:
            return written
        if written in names:
            return names[written]
    return own


@lru_cache(maxsize=20_000)
def provinces_of(country_code: str, province: str | None) -> tuple[str, ...]:
    """The province and those it lies in, the smallest first; none for a blank one."""
    key = province_key(country_code, province)
    return _up(key, _subdivisions(country_code)[0]) if key else ()


def is_province(country_code: str, province: str) -> bool:
    return province_key(country_code, province) in _subdivisions(country_code)[0]


def known_province(country_code: str, province: str) -> str:
    """The code of the province, without its country; ProvinceUnknown when the country has none of this code or name."""
    if not is_province(country_code, province):
        raise ProvinceUnknown(province=province, country_code=country_code)
    return province_key(country_code, province)


def full_province(country_code: str, province: str) -> str:
    """As it is stored with zones: `us-ca`. ProvinceUnknown as above."""
    return f"{country_code}-{known_province(country_code, province)}"


def without_country(province: str) -> str:
    """A code, of whatever country, as tax regions are filtered by: `ca` for `US-CA`."""
    text = trimmed(province).casefold()
    return re.sub(r"^[a-z]{2}-", "", text)


@lru_cache(maxsize=20_000)
def postal_key(country_code: str, postal_code: str | None) -> str:
    """The code, or what codes begin with (a closing `*` says no more); blank when nothing is left of it."""
    text = trimmed(unicodedata.normalize("NFKC", postal_code or "")).upper()
    text = re.sub(rf"^{country_code.upper()}(?=\d)", "", SIGN.sub("", text))
    return "".join(c for c in text if c.isalnum())


def is_postal_prefix(country_code: str, expression: str) -> bool:
    """Does it say what postal codes begin with, and no more: no list of codes, no range, no wildcard but at the end?"""
    text = trimmed(unicodedata.normalize("NFKC", expression))
    span = SPAN.fullmatch(text)
    # The two halves of Iranian codes are as long as each other.
    is_range = span is not None and len(span[1]) == len(span[2]) and country_code != "ir"
    return bool(postal_key(country_code, text)) and not is_range and INSIDE.search(text) is None


def city_key(city: str | None) -> str:
    return _letters(city or "")
