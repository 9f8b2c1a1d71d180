"""The money rules a second time: slow, exact, straight from their description, sharing no code with `models`.

A world is plain data (see `worlds.py`). `reckon` gives exact fractions of minor units and rounds nothing.
"""

from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any

DIGITS = {"jpy": 0, "eur": 2, "idr": 2, "kwd": 3}
STEPS = {"idr": 100}


@dataclass
class Reckoned:
    """One line or method: what it costs, its taxes in percent, and what each promotion takes off, in its own terms."""

    unit: int
    inclusive: bool
    quantity: int
    percents: list[Fraction]
    original_unit: int | None = None
    tax_ids: list[str] = field(default_factory=list)
    cuts: list[tuple[str, Fraction, bool]] = field(default_factory=list)

    @property
    def tax_factor(self) -> Fraction:
        return 1 + sum(self.percents, Fraction(0)) / 100

    @property
    def full_net(self) -> Fraction:
        return Fraction(self.unit * self.quantity) / (self.tax_factor if self.inclusive else 1)

    @property
    def discount_net(self) -> Fraction:
        return sum((amount / (self.tax_factor if gross else 1) for _, amount, gross in self.cuts), Fraction(0))

    def named(self) -> dict[str, Fraction]:
        """Every total by its name."""
        subtotal, off = self.full_net, self.discount_net
        rate = self.tax_factor - 1
        return {
            "subtotal": subtotal,
            "original_subtotal": subtotal,
            "discount_subtotal": off,
            "tax_total": (subtotal - off) * rate,
            "original_tax_total": subtotal * rate,
            "discount_tax_total": off * rate,
            "discount_total": off + off * rate,
            "total": (subtotal - off) * (1 + rate),
            "original_total": subtotal * (1 + rate),
        }


def is_between(now: datetime, window: dict[str, Any]) -> bool:
    starts, ends = window["starts_at"], window["ends_at"]
    return (starts is None or starts <= now) and (ends is None or now < ends)


def price_of(world: dict[str, Any], rows: list[dict[str, Any]], quantity: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The row to pay and the row it is compared with."""

    def fits(row: dict[str, Any]) -> bool:
        low, high = row["min_quantity"] or 1, row["max_quantity"] or 10**9
        return (
            row["currency_code"] == world["currency"]
            and row["region_id"] in (None, world["region"])
            and low <= quantity <= high
        )

    def best(listed: str | None) -> dict[str, Any] | None:
        fitting = [row for row in rows if row["price_list_id"] == listed and fits(row)]
        special = [row for row in fitting if row["region_id"]]
        return min(special or fitting, key=lambda row: (row["amount"], row["id"]), default=None)

    now = world["now"]
    found: dict[str, list[dict[str, Any]]] = {"sale": [], "override": []}
    for entry in world["lists"]:
        if entry["status"] != "active":
            continue
        if not is_between(now, entry):
            continue
        if entry["region_ids"] and world["region"] not in entry["region_ids"]:
            continue
        if entry["customer_group_ids"] and not set(entry["customer_group_ids"]) & set(world["groups"]):
            continue
        row = best(entry["id"])
        if row:
            found[entry["type"]].append(row)
    plain = best(None)
    if found["override"]:
        row = min(found["override"], key=lambda r: (r["amount"], r["id"]))
        return row, row
    assert plain is not None, "every variant of a world has a plain price"
    sale = min(found["sale"], key=lambda r: (r["amount"], r["id"]), default=plain)
    return (sale, plain) if sale["amount"] < plain["amount"] else (plain, plain)


def is_inclusive(world: dict[str, Any], row: dict[str, Any]) -> bool:
    preferences = world["preferences"]
    if row["region_id"] and ("region_id", world["region"]) in preferences:
        return bool(preferences["region_id", world["region"]])
    return bool(preferences.get(("currency_code", world["currency"]), False))


def taxes_on(world: dict[str, Any], names: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """The rates on a thing that goes by these names, strongest first: [("product", id), ("product_type", id)]."""
    regions = [r for r in world["tax"] if r["country"] == world["country"]]
    chain = [r for r in regions if r["province"] and r["province"] == world["province"]]
    chain += [r for r in regions if not r["province"]]
    charged: list[dict[str, Any]] = []
    for region in chain:
        named = [rate for name in names for rate in region["rates"] if name in rate["rules"]]
        usual = [rate for rate in region["rates"] if rate["default"]]
        for rate in (named + usual)[:1]:
            if not charged or charged[-1]["combinable"]:
                charged.append(rate)
    return charged


def passes(rules: list[dict[str, Any]], facts: dict[str, Any], digits: int) -> bool:
    return all(passes_one(rule, facts[rule["attribute"]], digits) for rule in rules)


def passes_one(rule: dict[str, Any], fact: Any, digits: int) -> bool:
    operator, values = rule["operator"], rule["values"]
    if isinstance(fact, Fraction):  # an amount, in minor units
        marks = [Fraction(v) * 10**digits for v in values]
        tests = {"gt": fact.__gt__, "gte": fact.__ge__, "lt": fact.__lt__, "lte": fact.__le__, "eq": fact.__eq__}
        return all(fact != m for m in marks) if operator == "ne" else any(tests[operator](m) for m in marks)
    facts = [fact] if isinstance(fact, str) else list(fact or [])
    if operator == "ne":
        return not any(f in values for f in facts)
    if not facts:
        return False
    return any(f in values for f in facts) if operator == "in" else all(f in values for f in facts)


def ordered(world: dict[str, Any]) -> list[dict[str, Any]]:
    """The promotions that are asked for or automatic, in the order of their application."""
    wanted = [p for p in world["promotions"] if p["is_automatic"] or p["code"] in world["codes"]]

    def strength(p: dict[str, Any]) -> Fraction:
        return Fraction(p["value"]) / (10 ** DIGITS[p["currency_code"]] if p["method_type"] == "fixed" else 1)

    bundles = [p for p in wanted if p["type"] == "buyget"]
    bundles.sort(key=lambda p: (strength(p), p["buy_rules_min_quantity"], p["apply_to_quantity"]), reverse=True)
    others = [p for p in wanted if p["type"] == "standard"]
    others.sort(key=strength, reverse=True)
    return bundles + others


def is_running(world: dict[str, Any], p: dict[str, Any]) -> bool:
    campaign = next((c for c in world["campaigns"] if c["id"] == p["campaign_id"]), None)
    if p["status"] != "active" or p["currency_code"] not in (None, world["currency"]):
        return False
    if p["limit"] is not None and world["used"].get(p["id"], 0) >= p["limit"]:
        return False
    if campaign is None:
        return True
    limit = campaign["budget_limit"]
    if not is_between(world["now"], campaign):
        return False
    return limit is None or world["used"].get(campaign["id"], 0) < limit


def cuts_of(
    world: dict[str, Any], p: dict[str, Any], things: list[tuple[dict[str, Any], Reckoned]], used: Any
) -> list[Fraction]:
    """What the promotion takes off each thing, in its own terms."""
    digits = DIGITS[world["currency"]]
    cuts = [Fraction(0)] * len(things)
    part, fixed = Fraction(p["value"]) / 100, Fraction(p["value"])
    gross = p["is_tax_inclusive"]

    def left(i: int) -> Fraction:
        thing = things[i][1]
        return (thing.full_net - thing.discount_net) * (thing.tax_factor if gross else 1)

    def piece(i: int) -> Fraction:
        thing = things[i][1]
        return thing.full_net / thing.quantity * (thing.tax_factor if gross else 1)

    able = [
        i
        for i, (facts, thing) in enumerate(things)
        if thing.full_net > 0 and facts["discountable"] and p["seller_id"] in (None, facts["seller_id"])
    ]
    if p["type"] == "buyget":
        return gifts_of(p, things, able, used, digits)
    chosen = [i for i in able if passes(p["target_rules"], things[i][0], digits)]
    if p["allocation"] in (None, "across"):
        pool = sum((left(i) for i in chosen), Fraction(0))
        for i in chosen:
            if pool:
                cuts[i] = left(i) * part if p["method_type"] == "percentage" else min(left(i), left(i) * fixed / pool)
        return cuts
    is_shipping = p["target_type"] == "shipping_methods"
    quota = p["max_quantity"] or 1
    if p["allocation"] == "once":
        chosen.sort(key=lambda i: things[i][1].full_net / things[i][1].quantity)
    for i in chosen:
        pieces = 1 if is_shipping else min(things[i][1].quantity, quota)
        base = min(left(i), piece(i) * pieces)
        cuts[i] = base * part if p["method_type"] == "percentage" else min(fixed * pieces, base)
        if p["allocation"] == "once" and cuts[i] > 0:
            quota -= pieces
        if quota <= 0:
            break
    return cuts


def gifts_of(p: dict[str, Any], things: Any, able: list[int], used: Any, digits: int) -> list[Fraction]:
    """Buy so many, get so many: piece by piece."""
    by_value = sorted(able, key=lambda i: things[i][1].full_net, reverse=True)
    gifts = [i for i in by_value if passes(p["target_rules"], things[i][0], digits)]
    buys = [i for i in by_value if passes(p["buy_rules"], things[i][0], digits)]
    buys = [i for i in buys if i not in gifts] + [i for i in buys if i in gifts]
    here: list[int] = []  # pieces of lines that this promotion has used, one entry a piece
    given: list[int] = []
    bought: list[int] = []
    most = p["max_quantity"] or p["apply_to_quantity"]

    def take(order: list[int], wanted: int, elsewhere: list[int]) -> list[int]:
        got: list[int] = []
        for i in order:
            while len(got) < wanted and (here + elsewhere + got).count(i) < things[i][1].quantity:
                got.append(i)
        return got if len(got) == wanted else []

    while len(given) + p["apply_to_quantity"] <= most:
        first = take(buys, p["buy_rules_min_quantity"], used["bought"])
        if not first:
            break
        here += first
        second = take(gifts, p["apply_to_quantity"], used["given"])
        if not second:
            break
        here += second
        bought += first
        given += second
    cuts = [Fraction(0)] * len(things)
    for i in set(given):
        thing = things[i][1]
        price = thing.full_net / thing.quantity
        off = (
            price * Fraction(p["value"]) / 100 if p["method_type"] == "percentage" else min(Fraction(p["value"]), price)
        )
        cuts[i] = min(off * given.count(i), thing.full_net - thing.discount_net)
    used["try"] = (bought, given)
    return cuts


def discount(world: dict[str, Any], items: Any, methods: Any) -> None:
    digits = DIGITS[world["currency"]]
    used: dict[str, Any] = {"bought": [], "given": []}
    cart = {
        "region_id": world["region"],
        "currency_code": world["currency"],
        "country_code": world["country"],
        "customer_group_id": world["groups"],
    }
    for p in ordered(world):
        # A seller's own conditions look at that seller's part, the platform's at the whole cart (decision 7).
        part = [r for facts, r in items if p["seller_id"] in (None, facts["seller_id"])]
        cart["item_total"] = sum((r.full_net * r.tax_factor for r in part), Fraction(0))
        if not is_running(world, p) or not passes(p["rules"], cart, digits):
            continue
        things = methods if p["target_type"] == "shipping_methods" else items
        cuts = cuts_of(world, p, things, used)
        campaign = next((c for c in world["campaigns"] if c["id"] == p["campaign_id"]), None)
        if campaign and campaign["budget_type"] == "spend" and campaign["budget_limit"] is not None:
            spent = world["used"].get(campaign["id"], 0) + sum(cuts)
            if spent > campaign["budget_limit"]:
                continue
        for (_, thing), cut in zip(things, cuts, strict=True):
            if cut > 0:
                thing.cuts.append((p["id"], cut, p["is_tax_inclusive"] and p["type"] == "standard"))
        if p["type"] == "buyget" and any(cuts):
            used["bought"] += used["try"][0]
            used["given"] += used["try"][1]


def reckon(world: dict[str, Any]) -> tuple[list[Reckoned], list[Reckoned]]:
    """Every line and every method of the world, exactly."""
    items = []
    for line in world["lines"]:
        row, compared = price_of(world, line["prices"], line["quantity"])
        rates = taxes_on(world, [("product", line["product_id"]), ("product_type", line["product_type_id"])])
        percents = [Fraction(rate["rate"]) for rate in rates]
        reckoned = Reckoned(row["amount"], is_inclusive(world, row), line["quantity"], percents, compared["amount"])
        reckoned.tax_ids = [rate["id"] for rate in rates]
        items.append((line, reckoned))
    methods = []
    for method in world["methods"]:
        rates = taxes_on(world, [("shipping_option", method["shipping_option_id"])])
        reckoned = Reckoned(method["amount"], method["inclusive"], 1, [Fraction(rate["rate"]) for rate in rates])
        reckoned.tax_ids = [rate["id"] for rate in rates]
        methods.append((method, reckoned))
    discount(world, items, methods)
    return [r for _, r in items], [r for _, r in methods]


def cart_totals(items: list[Reckoned], methods: list[Reckoned]) -> dict[str, Fraction]:
    """The cart's totals by their names."""
    both = {}
    for prefix, group in (("item", items), ("shipping", methods)):
        for name in ("total", "subtotal", "tax_total", "discount_total", "original_total", "original_subtotal",
                     "original_tax_total"):  # fmt: skip
            key = f"original_{prefix}_{name.removeprefix('original_')}" if "original" in name else f"{prefix}_{name}"
            both[key] = sum((r.named()[name] for r in group), Fraction(0))
    for name in Reckoned(0, False, 1, []).named():
        both[name] = sum((r.named()[name] for r in items + methods), Fraction(0))
    return both
