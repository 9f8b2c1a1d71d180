"""One walk over a seed file before anything is written: what it states, what it refers to, and what cannot be."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from math import inf
from typing import Any, TypeVar

from models.pricing.rules import ensure_quantities, ensure_window
from models.product.rules import MAX_AMOUNT
from services.seed.names import Names, Reference
from services.seed.problems import Problem
from utils.errors import AppError
from utils.money import InvalidAmount, to_minor
from utils.text import take_in

Entry = dict[str, Any]
T = TypeVar("T")

# What a section's things are called in messages.
NOUNS = {
    "currencies": "currency",
    "countries": "country",
    "regions": "region",
    "sales_channels": "sales channel",
    "publishable_keys": "publishable key",
    "customer_groups": "customer group",
    "customers": "customer",
    "shipping_profiles": "shipping profile",
    "categories": "category",
    "collections": "collection",
    "tags": "tag",
    "types": "type",
    "stores": "store",
    "stock_locations": "stock location",
    "fulfillment_sets": "fulfillment set",
    "service_zones": "service zone",
    "shipping_options": "shipping option",
    "inventory_items": "inventory item",
    "products": "product",
    "variants": "variant",
    "price_lists": "price list",
    "tax_regions": "tax region",
    "campaigns": "campaign",
    "promotions": "promotion",
    "return_reasons": "return reason",
}
STATED_ELSEWHERE = {
    "currencies": "Use an ISO 4217 code, or state it under `currencies`",
    "countries": "Use an ISO 3166-1 alpha-2 code",
    "variants": "Use the SKU of a variant under `products`; store/SKU where several stores use it",
    "stock_locations": "State it under `stock_locations` of the store, or correct the name",
    "shipping_options": "Write it as store/location/set/zone/option",
}


@dataclass(slots=True)
class Survey:
    """What the walk has found so far."""

    names: Names = field(default_factory=Names)
    references: list[Reference] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    prices: list[tuple[str, Entry]] = field(default_factory=list)
    shipping_prices: list[tuple[str, Any]] = field(default_factory=list)  # path, prices of an option
    lists: list[tuple[str, Any]] = field(default_factory=list)  # path, prices of a price list
    first_locations: list[tuple[str, str]] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)
    payment_providers: tuple[str, ...] = ()

    def problem(self, path: str, message: str, hint: str) -> None:
        self.problems.append(Problem(path, message, hint))

    def refer(self, kind: str, name: str | None, path: str) -> None:
        if name is not None:
            self.references.append(Reference(kind, name, path))

    def refer_all(self, kind: str, names: Iterable[str], path: str) -> None:
        for index, name in enumerate(names):
            self.refer(kind, name, f"{path}[{index}]")

    def state(self, kind: str, name: str, path: str) -> None:
        """Note that the file states a thing; a problem when it did so before."""
        first = self.places.setdefault(f"{kind}:{name}", path)
        if first != path:
            self.problem(path, f"the {NOUNS[kind]} {name!r} is stated at {first} already", "State it once")
        self.names.state(kind, name)

    def label(self, kind: str, value: str, path: str) -> None:
        """Note a tag or type, which needs no statement of its own; it is one line, wherever it is named."""
        hold(self, path, "Write it in one line", take_in, value, "value")
        self.names.state(kind, value)

    def window(self, entry: Entry, path: str) -> None:
        """Moments must be real ones, and a window must open before it closes."""
        moments: list[datetime] = []
        for key in ("starts_at", "ends_at"):
            try:
                if entry.get(key) is not None:
                    moments.append(instant(entry[key]))
            except ValueError:
                self.problem(f"{path}.{key}", f"{entry[key]} is not a moment of the calendar", "Correct the date")
        if len(moments) == 2:
            hint, message = "Put `ends_at` after `starts_at`", "ends before it starts"
            hold(self, f"{path}.ends_at", hint, ensure_window, *moments, message=message)

    def price(self, path: str, entry: Entry) -> None:
        """Note a price to be checked once the currencies of all regions are known."""
        self.refer("currencies", entry.get("currency"), f"{path}.currency")
        self.refer("regions", entry.get("region"), f"{path}.region")
        if "currency" not in entry and "region" not in entry:
            self.problem(path, "names neither a currency nor a region", "Add `currency` (or `region`)")
        else:
            self.prices.append((path, entry))

    def check_references(self) -> None:
        for kind, name, path in self.references:
            found = self.names.variant_name(name) if kind == "variants" else name
            noun = NOUNS[kind]
            if self.names.has(kind, found):
                if self.is_removed(kind, found):
                    self.problem(path, f"this file removes the {noun} {name!r}", "State it, or do not refer to it")
                continue
            if kind == "variants" and len(self.names.skus.get(name, ())) > 1:
                self.problem(
                    path, f"{name!r} is a SKU of several stores", "Write store/SKU, or name the `store` beside it"
                )
                continue
            hint = STATED_ELSEWHERE.get(kind, f"State it under `{kind}`, or correct the name")
            self.problem(path, f"there is no {noun} {name!r}", hint)

    def is_removed(self, kind: str, name: str) -> bool:
        """Whether a thing of the database goes because a whole list of the file does not name it."""
        if name in self.names.stated[kind]:
            return False
        if kind == "variants":
            return self.names.product_of[name] in self.names.stated["products"]
        parts = name.split("/")
        return kind == "shipping_options" and any("/".join(parts[:n]) in self.whole for n in range(1, len(parts)))

    def check_prices(self) -> None:
        for path, entry in self.prices:
            currency = price_currency(entry, self.names)
            if currency is None:
                continue
            if entry.get("currency", currency) != currency:
                hint = f"Leave `currency` out; the region pays in {currency}"
                self.problem(f"{path}.currency", f"is not the currency of the region {entry['region']!r}", hint)
            for place, amount in amounts_of(path, entry):
                self.amount(place, amount, currency, MAX_AMOUNT)
            bounds = [entry.get(name) for name in ("min_quantity", "max_quantity")]
            place, message = f"{path}.max_quantity", "is below `min_quantity`"
            hold(self, place, "Turn them round", ensure_quantities, *bounds, message=message)

    def amount(self, path: str, amount: float, currency: str, most: float = inf) -> None:
        try:
            to_minor(amount, currency)
        except InvalidAmount as error:
            self.problem(path, error.text.rstrip("."), "Round it")
            return
        if amount > most:
            self.problem(path, f"{amount} is above {most}", "Lower it")


def amounts_of(path: str, entry: Entry) -> Iterator[tuple[str, float]]:
    yield f"{path}.amount" if path.endswith("]") else path, entry["amount"]
    for operator, value in entry.get("item_total", {}).items():
        yield f"{path}.item_total.{operator}", value


def price_currency(entry: Entry, names: Names) -> str | None:
    """The currency a price is in: its region's, or the one it names."""
    return names.region_currency.get(entry["region"]) if "region" in entry else entry.get("currency")


def spread(prices: Any, path: str) -> Iterator[tuple[str, Entry]]:
    """Prices in their long form, each with its path."""
    if isinstance(prices, dict):
        for currency, amount in prices.items():
            yield f"{path}.{currency}", {"currency": currency, "amount": amount}
    else:
        for index, entry in enumerate(prices):
            yield f"{path}[{index}]", entry


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def each(document: Entry, key: str, path: str = "") -> Iterator[tuple[str, Any]]:
    """The entries of a list with their paths; nothing when it is not stated."""
    place = f"{path}.{key}" if path else key
    for index, entry in enumerate(document.get(key) or ()):
        yield f"{place}[{index}]", entry


def label(entry: Any) -> Entry:
    """A tag or type in its long form."""
    return {"value": entry} if isinstance(entry, str) else entry


def hold(survey: Survey, path: str, hint: str, rule: Callable[..., T], *said: Any, message: str = "") -> T | None:
    """What a rule of the domains makes of what is said; where it refuses, a problem (told by `message`) and None."""
    try:
        return rule(*said)
    except AppError as error:
        survey.problem(path, message or error.text.rstrip("."), hint)
        return None
