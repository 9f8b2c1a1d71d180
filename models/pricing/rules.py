"""What prices, campaigns and promotions may be: the rules that requests and files are held to alike."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from msgspec import UNSET

from models.pricing.commands import Budget, PutMethod, PutPromotion, PutRule
from models.pricing.rule import NUMBERS
from models.shared.commands import given
from utils.errors import AppError
from utils.money import InvalidAmount, to_minor

PLACE = ("currency_code", "region_id", "min_quantity", "max_quantity")  # what tells prices of one variant apart
WHOLE_PERCENT = 100
PERCENT_DIGITS = Decimal("0.0001")
MOST_USES = 10**15  # of a campaign


class PriceRepeated(AppError):
    code, kind = "price_repeated", "invalid"
    message = "Two prices in {currency_code} are for the same region and the same quantities."


class PriceQuantitiesInvalid(AppError):
    code, kind = "price_quantities_invalid", "invalid"
    message = "The price's min_quantity {min_quantity} is above its max_quantity {max_quantity}."


class WindowInvalid(AppError):
    code, kind = "window_invalid", "invalid"
    message = "It ends before it starts."


class PromotionInvalid(AppError):
    code, kind = "promotion_invalid", "invalid"
    message = "The promotion or campaign cannot be: {part} {reason}."


class Fault(NamedTuple):
    """The part of a command that cannot be (blank: the whole), why, and what to do."""

    part: str
    reason: str
    hint: str


def ensure_quantities(least: int | None, most: int | None) -> None:
    """PriceQuantitiesInvalid for a price that holds from more pieces than up to."""
    if most is not None and most < (least or 1):
        raise PriceQuantitiesInvalid(min_quantity=least or 1, max_quantity=most)


def ensure_price_apart(row: Mapping[str, Any], seen: set[tuple[Any, ...]]) -> None:
    """PriceRepeated when a price of the variant is for the same case; `seen` learns the case."""
    case = (row["variant_id"], *(row[name] for name in PLACE))
    if case in seen:
        raise PriceRepeated(currency_code=row["currency_code"])
    seen.add(case)


def ensure_window(starts_at: datetime | None, ends_at: datetime | None) -> None:
    """WindowInvalid unless it opens before it closes."""
    if starts_at is not None and ends_at is not None and starts_at >= ends_at:
        raise WindowInvalid()


def ensure_faultless(faults: Iterable[Fault]) -> None:
    """PromotionInvalid for the first of the faults."""
    for fault in faults:
        raise PromotionInvalid(part=fault.part, reason=fault.reason)


def budget_faults(budget: Budget) -> Iterator[Fault]:
    """A limit of money needs its currency, and one of uses is a count."""
    limit = budget.limit
    if budget.type == "spend":
        if budget.currency_code is None:
            yield Fault("", "of type spend needs a `currency`", "Add it")
        elif limit is not None:
            yield from amount_faults("limit", limit, budget.currency_code)
    elif limit is not None and limit != int(limit):
        yield Fault("limit", "of type usage is a count", "Use a whole number")
    elif limit is not None and limit > MOST_USES:
        yield Fault("limit", f"is above {MOST_USES}", "Use null for no limit")


def amount_faults(part: str, amount: int | float, currency: str) -> Iterator[Fault]:
    try:
        to_minor(amount, currency)
    except InvalidAmount as error:
        yield Fault(part, error.text.rstrip("."), "Round it")


def promotion_faults(promotion: PutPromotion) -> Iterator[Fault]:
    """What is wrong with a promotion by itself, whatever it names."""
    method, is_buyget = promotion.method, given(promotion.type, "standard") == "buyget"
    yield from value_faults(method, is_buyget)
    if is_buyget:
        yield from buyget_faults(promotion)
    elif method.target_type != "order" and given(method.allocation, None) is None:
        yield Fault("method", f"for {method.target_type} needs an `allocation`", "Add across, each or once")
    for kind in ("rules", "target_rules", "buy_rules"):
        for index, rule in enumerate(given(getattr(promotion, kind), [])):
            yield from rule_faults(f"{kind}[{index}].values", rule)


def value_faults(method: PutMethod, is_buyget: bool) -> Iterator[Fault]:
    """An amount needs its currency; a percentage is that of a whole, with four digits at the most."""
    if method.value is UNSET:
        if method.type == "fixed" or not is_buyget:
            yield Fault("method", "has no `value`", "Add it")
    elif method.type == "percentage":
        if method.value > WHOLE_PERCENT:
            yield Fault("method.value", "is more than 100 percent", "Lower it")
        elif (exact := Decimal(str(method.value))).quantize(PERCENT_DIGITS) != exact:
            yield Fault("method.value", "has more than four decimal digits", "Round it")
    elif method.currency_code is not None:
        yield from amount_faults("method.value", method.value, method.currency_code)
    if method.type == "fixed" and method.currency_code is None:
        yield Fault("method", "of type fixed needs a `currency`", "Add it")


def buyget_faults(promotion: PutPromotion) -> Iterator[Fault]:
    """Who buys some pieces gets some others for less: both numbers are said, and what must be bought."""
    method = promotion.method
    for name in ("buy_rules_min_quantity", "apply_to_quantity"):
        if given(getattr(method, name), None) is None:
            yield Fault("method", f"of a buyget promotion needs `{name}`", "Add it")
    if method.target_type != "items":
        yield Fault("method.target_type", "of a buyget promotion is items", "Use items")
    if not given(promotion.buy_rules, []):
        yield Fault("", "a buyget promotion needs `buy_rules`", "Say what must be bought")


def rule_faults(part: str, rule: PutRule) -> Iterator[Fault]:
    """Amounts and quantities are compared with numbers."""
    if rule.attribute in NUMBERS and not all(is_number(value) for value in rule.values):
        yield Fault(part, f"of {rule.attribute} are numbers", "Use numbers")


def is_number(value: str | int | float) -> bool:
    try:
        return Decimal(str(value)).is_finite()
    except InvalidOperation:
        return False
