"""Which promotions a cart gets, and what each takes off which line or shipping method, exactly.

Buy-X-get-Y promotions come first, then the others by value, highest first (percentages and amounts alike); equal ones
by age. Each works on what the earlier ones left. Percentages and shares are taken from the net amount; a tax-inclusive
promotion works on the amount with taxes. Nothing is taken off more than is left.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from fractions import Fraction

import msgspec

from models.pricing.promotion import Promotion, PromotionBook
from models.pricing.redemption import NO_USAGE, Usage
from models.pricing.rule import Rule, all_hold
from models.pricing.seller_part import counted_for
from models.pricing.totals import PPM, Adjustment, Charge
from utils.money import exponent

ZERO = Fraction(0)
MAX_ROUNDS = 1_000  # of one buy-X-get-Y promotion in one cart


class Buyer(msgspec.Struct, frozen=True):
    """Whom the cart is for; what is not known yet is None."""

    currency_code: str
    region_id: str | None = None
    country_code: str | None = None
    sales_channel_id: str | None = None
    customer_id: str | None = None
    customer_group_ids: tuple[str, ...] = ()


class Item(msgspec.Struct, frozen=True):
    """A line as promotions see it; the charge has its tax rates, and no adjustments yet."""

    charge: Charge
    product_id: str
    variant_id: str | None = None
    product_type_id: str | None = None
    collection_id: str | None = None
    category_ids: tuple[str, ...] = ()
    tag_ids: tuple[str, ...] = ()
    seller_id: str | None = None
    is_discountable: bool = True

    @property
    def quantity(self) -> int:
        return self.charge.quantity

    @property
    def unit_price(self) -> int:
        return self.charge.unit_price


class Method(msgspec.Struct, frozen=True):
    """A shipping method as promotions see it; `shipping_option_type` is the option's type code."""

    charge: Charge
    shipping_option_id: str
    shipping_option_type: str | None = None
    seller_id: str | None = None
    is_discountable: bool = True


class Dropped(msgspec.Struct, frozen=True):
    """A code that did not apply: inactive, not_started, ended, used_up, currency, rules or nothing (to take off)."""

    code: str
    reason: str


class Applied(msgspec.Struct, frozen=True):
    """Adjustments by item and by method in the order given; the promotions behind them, and those that fell out."""

    items: tuple[tuple[Adjustment, ...], ...]
    methods: tuple[tuple[Adjustment, ...], ...]
    promotions: tuple[Promotion, ...] = ()
    dropped: tuple[Dropped, ...] = ()


class Slot:
    """One item or method while promotions are applied to it: its net amount, and what is left of it."""

    __slots__ = ("adjustments", "gross_rate", "left", "net", "quantity", "subject")

    def __init__(self, subject: Item | Method) -> None:
        charge = subject.charge
        self.subject = subject
        self.quantity = charge.quantity
        self.net = self.left = charge.net
        self.gross_rate = Fraction(PPM + sum(charge.rates), PPM)
        self.adjustments: list[Adjustment] = []

    def in_terms_of(self, promotion: Promotion, net: Fraction) -> Fraction:
        """A net amount as the promotion counts it."""
        return net * self.gross_rate if promotion.is_tax_inclusive else net

    def take(self, promotion: Promotion, amount: Fraction, *, is_tax_inclusive: bool) -> None:
        self.left -= amount / self.gross_rate if is_tax_inclusive else amount
        self.adjustments.append(Adjustment(promotion.id, promotion.code, amount, is_tax_inclusive))


Taken = list[tuple[Slot, Fraction]]


class Basket:
    """The cart, or one seller's part of it, as eligibility rules see it. Amounts in minor units, before discounts."""

    __slots__ = (
        "buyer",
        "country_code",
        "currency_code",
        "customer_group_ids",
        "customer_id",
        "item_quantity",
        "items",
        "region_id",
        "sales_channel_id",
    )

    def __init__(self, buyer: Buyer, items: Sequence[Slot]) -> None:
        self.buyer = buyer
        self.currency_code = buyer.currency_code
        self.region_id = buyer.region_id
        self.country_code = buyer.country_code
        self.sales_channel_id = buyer.sales_channel_id
        self.customer_id = buyer.customer_id
        self.customer_group_ids = buyer.customer_group_ids
        self.items = items
        self.item_quantity = sum(slot.quantity for slot in items)

    def counted_for(self, seller_id: str | None) -> "Basket":
        """What the rules of this seller's promotions see; None is the platform."""
        return self if seller_id is None else Basket(self.buyer, _counted_for(seller_id, self.items))

    @property
    def item_subtotal(self) -> Fraction:
        return sum((slot.net for slot in self.items), ZERO)

    @property
    def item_total(self) -> Fraction:
        return sum((slot.net * slot.gross_rate for slot in self.items), ZERO)


def apply(
    book: PromotionBook,
    codes: Collection[str],
    buyer: Buyer,
    items: Sequence[Item],
    methods: Sequence[Method],
    *,
    now: datetime,
    usage: Usage = NO_USAGE,
) -> Applied:
    """What the codes and the automatic promotions come to in this cart at this moment.

    Codes that no promotion has are ignored here (`PromotionBook.check_codes` refuses them).
    """
    candidates = book.candidates(codes)
    if not candidates:
        return Applied(((),) * len(items), ((),) * len(methods))
    slots = [Slot(item) for item in items]
    shipping = [Slot(method) for method in methods]
    basket = Basket(buyer, slots)
    scale = 10 ** exponent(buyer.currency_code)
    served = Served()
    applied: list[Promotion] = []
    dropped: list[Dropped] = []
    for promotion in candidates:
        reason = refusal(promotion, basket, scale, now, usage)
        if reason is None:
            targets = shipping if promotion.target_type == "shipping_methods" else slots
            taken = discount(promotion, targets, scale, served)
            reason = "nothing" if not taken else "used_up" if overspends(promotion, taken, usage) else None
        if reason is None:
            for slot, amount in taken:
                slot.take(
                    promotion, amount, is_tax_inclusive=promotion.is_tax_inclusive and promotion.type == "standard"
                )
            if promotion.type == "buyget":
                served.commit()
            applied.append(promotion)
        elif promotion.code in codes:
            dropped.append(Dropped(promotion.code, reason))
    return Applied(
        tuple(tuple(slot.adjustments) for slot in slots),
        tuple(tuple(slot.adjustments) for slot in shipping),
        tuple(applied),
        tuple(dropped),
    )


def refusal(promotion: Promotion, basket: Basket, scale: int, now: datetime, usage: Usage) -> str | None:
    """Why the promotion is not for this cart, or None."""
    campaign = promotion.campaign
    if promotion.status != "active":
        return "inactive"
    if campaign is not None and campaign.starts_at is not None and now < campaign.starts_at:
        return "not_started"
    if campaign is not None and campaign.ends_at is not None and now >= campaign.ends_at:
        return "ended"
    if promotion.limit is not None and usage.promotions.get(promotion.id, 0) >= promotion.limit:
        return "used_up"
    limit = campaign.budget_limit if campaign is not None else None
    if campaign is not None and limit is not None and usage.campaigns.get(campaign.id, 0) >= limit:
        return "used_up"
    if promotion.currency_code is not None and promotion.currency_code != basket.currency_code:
        return "currency"
    return None if all_hold(promotion.rules, basket.counted_for(promotion.seller_id), scale) else "rules"


def _counted_for(seller_id: str | None, slots: Iterable[Slot]) -> list[Slot]:
    return counted_for(seller_id, ((slot.subject.seller_id, slot) for slot in slots))


def overspends(promotion: Promotion, taken: Taken, usage: Usage) -> bool:
    """Whether the promotion's discount, as a whole, is more than its campaign's budget has left."""
    campaign = promotion.campaign
    if campaign is None or campaign.budget_limit is None or campaign.budget_type != "spend":
        return False
    spent = sum((amount for _, amount in taken), ZERO)
    return usage.campaigns.get(campaign.id, 0) + spent > campaign.budget_limit


def discount(promotion: Promotion, slots: Sequence[Slot], scale: int, served: "Served") -> Taken:
    """What one promotion takes off: exact amounts in its own terms (net, or with taxes)."""
    open_slots = [
        slot for slot in _counted_for(promotion.seller_id, slots) if slot.subject.is_discountable and slot.net > 0
    ]
    if promotion.type == "buyget":
        return buyget(promotion, open_slots, scale, served)
    targets = eligible(open_slots, promotion.target_rules, scale)
    if promotion.target_type == "shipping_methods":
        return off_shipping(promotion, targets)
    if promotion.allocation == "across":
        return across(promotion, targets)
    return once(promotion, targets) if promotion.allocation == "once" else each(promotion, targets)


def eligible(slots: Iterable[Slot], rules: Collection[Rule], scale: int) -> list[Slot]:
    return [slot for slot in slots if all_hold(rules, slot.subject, scale)]


def across(promotion: Promotion, slots: Sequence[Slot]) -> Taken:
    """An amount shared by what is left of each, capped by it; or a percentage of what is left."""
    lefts = [(slot, slot.in_terms_of(promotion, slot.left)) for slot in slots if slot.left > 0]
    if promotion.is_percentage:
        return _some((slot, promotion.share * left) for slot, left in lefts)
    total = sum((left for _, left in lefts), ZERO)
    part = min(promotion.share / total, Fraction(1)) if total else ZERO
    return _some((slot, part * left) for slot, left in lefts)


def each(promotion: Promotion, slots: Iterable[Slot]) -> Taken:
    """Off each line, for at most `max_quantity` pieces of it (1 unless given)."""
    return _some((slot, off_pieces(promotion, slot, promotion.max_quantity or 1)) for slot in slots)


def once(promotion: Promotion, slots: Iterable[Slot]) -> Taken:
    """Off `max_quantity` pieces in all, cheapest first (without taxes)."""
    quota = promotion.max_quantity or 1
    taken: Taken = []
    for slot in sorted(slots, key=lambda slot: slot.net / slot.quantity):
        pieces = min(quota, slot.quantity)
        amount = off_pieces(promotion, slot, pieces) if pieces else ZERO
        if amount > 0:
            quota -= pieces
            taken.append((slot, amount))
    return taken


def off_pieces(promotion: Promotion, slot: Slot, pieces: int) -> Fraction:
    pieces = min(pieces, slot.quantity)
    limit = slot.in_terms_of(promotion, min(slot.left, slot.net * pieces / slot.quantity))
    return promotion.share * limit if promotion.is_percentage else min(promotion.share * pieces, limit)


def off_shipping(promotion: Promotion, slots: Sequence[Slot]) -> Taken:
    """As on items; `once` counts methods, the cheapest first."""
    if promotion.allocation == "across":
        return across(promotion, slots)
    if promotion.allocation == "once":
        open_slots = sorted((slot for slot in slots if slot.left > 0), key=lambda slot: slot.net)
        slots = open_slots[: promotion.max_quantity or 1]
    return _some((slot, off_pieces(promotion, slot, 1)) for slot in slots)


def _some(amounts: Iterable[tuple[Slot, Fraction]]) -> Taken:
    return [(slot, amount) for slot, amount in amounts if amount > 0]


class Served:
    """Pieces that buy-X-get-Y promotions have used in this cart, as bought or as given: none counts twice."""

    __slots__ = ("bought", "given", "pending")

    def __init__(self) -> None:
        self.bought: dict[int, int] = {}
        self.given: dict[int, int] = {}
        self.pending: list[tuple[dict[int, int], int, int]] = []

    def commit(self) -> None:
        """Keep what the promotion just tried; it applies."""
        for side, key, pieces in self.pending:
            side[key] = side.get(key, 0) + pieces
        self.pending = []


def buyget(promotion: Promotion, slots: Sequence[Slot], scale: int, served: Served) -> Taken:
    """For every so many pieces bought, so many others for less, up to `max_quantity` of them.

    The dearest lines serve first, and as bought first those that cannot be given. A piece serves once in a promotion;
    one that was bought (given) under another promotion is not bought (given) again.
    """
    served.pending = []
    by_value = sorted(slots, key=lambda slot: -slot.net)
    gifts = eligible(by_value, promotion.target_rules, scale)
    giftable = {id(slot) for slot in gifts}
    buys = sorted(eligible(by_value, promotion.buy_rules, scale), key=lambda slot: id(slot) in giftable)
    buy_left = {id(slot): slot.quantity - served.bought.get(id(slot), 0) for slot in buys}
    gift_left = {id(slot): slot.quantity - served.given.get(id(slot), 0) for slot in gifts}
    allowance = promotion.max_quantity or promotion.apply_to_quantity
    given: dict[int, int] = {}
    for _ in range(MAX_ROUNDS):
        bought = pick(buys, buy_left, promotion.buy_rules_min_quantity, {})
        got = pick(gifts, gift_left, promotion.apply_to_quantity, bought) if bought else {}
        if not got or allowance < promotion.apply_to_quantity:
            break
        allowance -= promotion.apply_to_quantity
        for used, side in ((bought, served.bought), (got, served.given)):
            for key, pieces in used.items():
                served.pending.append((side, key, pieces))
                for left in (buy_left, gift_left):
                    if key in left:
                        left[key] -= pieces
        for key, pieces in got.items():
            given[key] = given.get(key, 0) + pieces
    return _some((slot, off_gift(promotion, slot, given[id(slot)])) for slot in gifts if id(slot) in given)


def pick(slots: Iterable[Slot], left: dict[int, int], wanted: int, reserved: dict[int, int]) -> dict[int, int]:
    """So many pieces of what is left, in order, beside those reserved; nothing if there are too few."""
    picked: dict[int, int] = {}
    for slot in slots:
        pieces = min(wanted, left[id(slot)] - reserved.get(id(slot), 0))
        if pieces > 0:
            picked[id(slot)] = pieces
            wanted -= pieces
        if not wanted:
            return picked
    return {}


def off_gift(promotion: Promotion, slot: Slot, pieces: int) -> Fraction:
    """Always net: a gift is taken off whole, or by a part of its price. A piece is given once, so that much is left."""
    price = slot.net * pieces / slot.quantity
    return promotion.share * price if promotion.is_percentage else min(promotion.share * pieces, price)
