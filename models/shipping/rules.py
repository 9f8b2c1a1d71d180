"""What shipping options may ask and promise: the rules and limits that requests and files are held to alike."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import UNSET, UnsetType

from models.shared.commands import given
from models.shipping.commands import PutPrice
from utils.errors import AppError
from utils.money import to_minor

MANUAL = "manual_manual"  # the seller sends parcels himself
PROVIDERS = frozenset({MANUAL})
MOST_OPTIONS = 50  # of one zone
MOST_OPTIONS_OF_SELLER = 500  # over all its locations
MOST_PRICES, MOST_RULES = 100, 5  # of an option, of a price
LARGEST_AMOUNT = 10**12  # in major units, whatever the currency
TYPE_CODE = "^[a-z0-9][a-z0-9_-]{0,62}$"
LONGEST_DESCRIPTION = 1000  # characters, of a type


class NotCalculated(AppError):
    code, kind = "price_type_unsupported", "not_allowed"
    message = "No provider here works prices out: use the price type flat, with prices."


class ProviderUnknown(AppError):
    code, kind = "fulfillment_provider_unknown", "invalid"
    message = "There is no fulfillment provider {provider_id}."


class PriceUnclear(AppError):
    code, kind = "price_unclear", "invalid"
    message = "A price names a currency, or a region whose currency it is: {reason}"


class PriceTwice(AppError):
    code, kind = "price_twice", "invalid"
    message = "Two prices in {currency_code} hold under the same conditions. Leave one of them out."


class CurrencyUnknown(AppError):
    code, kind = "currency_unknown", "invalid"
    message = "No currency has the code {currency_code}."


def ensure_flat(price_type: str | UnsetType) -> None:
    """NotCalculated for any price type but flat."""
    if given(price_type, "flat") != "flat":
        raise NotCalculated()


def ensure_provider(provider_id: str | UnsetType) -> None:
    """ProviderUnknown unless the fulfillment provider is one of this server."""
    if given(provider_id, MANUAL) not in PROVIDERS:
        raise ProviderUnknown(provider_id=provider_id)


def currency_of(price: PutPrice, of_region: Mapping[str, str]) -> str:
    """The currency of a price: its own, or its region's; PriceUnclear when it names neither or two."""
    own = price.currency_code.lower() if price.currency_code is not UNSET else None
    if price.region_id is UNSET:
        if own is None:
            raise PriceUnclear(reason="this one names neither")
        return own
    currency = of_region[price.region_id]
    if own not in (None, currency):
        raise PriceUnclear(reason=f"{own} is not the region's")
    return currency


def price_row(price: PutPrice, currency: str) -> dict[str, Any]:
    """A price as columns, its amounts in minor units; InvalidAmount when one has more digits than the currency."""
    rules = [{**rule.changes(), "value": to_minor(rule.value, currency)} for rule in price.rules]
    amount = to_minor(price.amount, currency)
    return {"currency_code": currency, "region_id": given(price.region_id, None), "amount": amount, "rules": rules}


def terms_of(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """When a price holds: two of one option with the same terms would contradict each other."""
    rules = frozenset((rule["operator"], rule["value"]) for rule in row["rules"])
    return row["currency_code"], row["region_id"], rules


def ensure_once(rows: Iterable[Mapping[str, Any]]) -> None:
    """PriceTwice when two of an option's prices hold under the same terms."""
    seen = set()
    for row in rows:
        terms = terms_of(row)
        if terms in seen:
            raise PriceTwice(currency_code=row["currency_code"])
        seen.add(terms)


def price_rows(prices: Sequence[PutPrice], of_region: Mapping[str, str]) -> list[dict[str, Any]]:
    """The prices of an option as columns, in their order. PriceUnclear, InvalidAmount, PriceTwice."""
    rows = [price_row(price, currency_of(price, of_region)) for price in prices]
    ensure_once(rows)
    return rows
