"""Currencies and countries: ISO 4217 and ISO 3166-1, written once by the first migration."""

from typing import Any

from sqlalchemy import select

from models.schema.region import country, currency
from utils.money import exponent

LOAD_CURRENCIES = select(currency).order_by(currency.c.code)
LOAD_COUNTRIES = select(country).order_by(country.c.iso_2)

# Fund and accounting units, metals and test codes: ISO 4217 lists them, nobody pays a cart in them.
UNITS = "bov che chw clf cou mxv usn uyi uyw xad xag xau xba xbb xbc xbd xdr xpd xpt xsu xts xua xxx"
NOT_PAID_IN = frozenset(UNITS.split())


def iso_currencies() -> list[dict[str, Any]]:
    """Rows for `currency`. The tables behind it are large: they are only imported here, for the migration."""
    import pycountry
    from babel import Locale

    english = Locale("en")
    native = _native_symbols()
    return [
        {
            "code": code,
            "name": english.currencies.get(entry.alpha_3, entry.name),
            "symbol": english.currency_symbols.get(entry.alpha_3, entry.alpha_3),
            "symbol_native": native.get(entry.alpha_3, english.currency_symbols.get(entry.alpha_3, entry.alpha_3)),
            "decimal_digits": exponent(code),
            "rounding": 0,
        }
        for entry in sorted(pycountry.currencies, key=lambda e: e.alpha_3)
        if (code := entry.alpha_3.lower()) not in NOT_PAID_IN
    ]


def _native_symbols() -> dict[str, str]:
    """Each currency's symbol as it is written where it is legal tender."""
    from babel import Locale, UnknownLocaleError
    from babel.core import get_global
    from babel.numbers import get_territory_currencies

    symbols: dict[str, str] = {}
    for territory, languages in sorted(get_global("territory_languages").items()):
        spoken = max(languages.items(), key=lambda item: item[1]["population_percent"], default=("en", None))[0]
        try:
            locale = Locale.parse(f"{spoken.split('_')[0]}_{territory}")
        except (UnknownLocaleError, ValueError):
            continue
        for code in get_territory_currencies(territory):
            symbol = locale.currency_symbols.get(code, code)
            if symbol != code:
                symbols.setdefault(code, symbol)
    return {**symbols, "EUR": "€", "USD": "$", "GBP": "£"}


def iso_countries() -> list[dict[str, Any]]:
    """Rows for `country`; `name` in capitals and `display_name` as people write it, as clients of the API know them."""
    import pycountry

    return [
        {
            "iso_2": entry.alpha_2.lower(),
            "iso_3": entry.alpha_3.lower(),
            "num_code": entry.numeric,
            "name": getattr(entry, "common_name", entry.name).upper(),
            "display_name": getattr(entry, "common_name", entry.name),
        }
        for entry in sorted(pycountry.countries, key=lambda e: e.alpha_2)
    ]
