"""What regions and taxes may be: the rules and limits that requests and files are held to alike."""

from collections.abc import Collection, Iterable
from decimal import Decimal

from utils.errors import AppError

MOST_COUNTRIES, MOST_PROVIDERS = 300, 50  # of a region
LONGEST_PROVINCE = 40  # characters, of a code or a name
HIGHEST_RATE = 100  # percent
MOST_TAX_RULES = 1000  # things that a rate names
DECIMALS = Decimal("0.0001")


class ProviderUnknown(AppError):
    code, kind = "payment_provider_unknown", "invalid"
    message = "Payment providers {providers} are not installed."


class CountryTaken(AppError):
    code, kind = "country_taken", "duplicate"
    message = "Countries {countries} belong to another region. A country belongs to one region."


class RateTaken(AppError):
    code, kind = "tax_rate_taken", "duplicate"
    message = "The tax region has a rate called {name} already."


class RateTooFine(AppError):
    code, kind = "tax_rate_too_fine", "invalid"
    message = "A rate has four decimal places at the most: {rate} percent has more."


class TooManyRules(AppError):
    code, kind = "too_many_tax_rules", "invalid"
    message = "A rate names {limit} things at the most."


def ensure_installed(provider_ids: Iterable[str], installed: Collection[str]) -> None:
    """ProviderUnknown unless all the payment providers are of this server."""
    unknown = sorted(set(provider_ids) - set(installed))
    if unknown:
        raise ProviderUnknown(providers=", ".join(unknown))


def ensure_untaken(others: Collection[str]) -> None:
    """CountryTaken when some of a region's countries are another's."""
    if others:
        raise CountryTaken(countries=", ".join(sorted(others)))


def ensure_rate_free(name: str, others: Collection[str]) -> None:
    """RateTaken when another rate of the tax region has the name."""
    if name in others:
        raise RateTaken(name=name)


def ensure_few_rules(count: int) -> None:
    """TooManyRules when a rate names more than it may."""
    if count > MOST_TAX_RULES:
        raise TooManyRules(limit=MOST_TAX_RULES)


def exact_rate(rate: int | float) -> Decimal:
    """The rate in percent as it is kept; RateTooFine when it has more digits than are kept."""
    exact = Decimal(str(rate))
    kept = exact.quantize(DECIMALS)
    if kept != exact:
        raise RateTooFine(rate=rate)
    return kept
