"""Random worlds (prices, lists, taxes, promotions and a cart) as plain data; and the same world for `models`."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from types import SimpleNamespace
from typing import Any

from hypothesis import strategies as st

from models.pricing.discounts import Applied, Buyer, Item, Method, apply
from models.pricing.price import Price, PriceBook, choose
from models.pricing.promotion import PromotionBook
from models.pricing.redemption import Usage
from models.pricing.tax import TaxBook, TaxLine
from models.pricing.totals import Charge, Totals, compute

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CURRENCIES = ("eur", "jpy", "kwd", "idr")
RATES = ("0", "4", "5.5", "7", "8.25", "8.875", "11", "19", "22.3333")
moments = st.sampled_from([None, NOW - timedelta(days=1), NOW, NOW + timedelta(days=1)])


WINDOWS = st.tuples(moments, moments).filter(lambda w: w[0] is None or w[1] is None or w[0] < w[1])
EITHER = st.booleans()
NOTHING = st.just(0)
REGIONS: st.SearchStrategy[list[str]] = st.sampled_from([[], [], ["reg_0"], ["reg_1"]])
GROUPS: st.SearchStrategy[list[str]] = st.sampled_from([[], [], ["group_0"], ["group_1"]])


# A strategy is checked when it first draws: made anew for every draw, that was most of the time of a cart.
@cache
def whole(low: int, high: int) -> st.SearchStrategy[int]:
    return st.integers(low, high)


@lru_cache(maxsize=None, typed=True)
def pick(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


@cache
def preferences(currency: str) -> st.SearchStrategy[dict[tuple[str, str], bool]]:
    names = [("region_id", "reg_0"), ("currency_code", currency), ("currency_code", "usd")]
    return st.dictionaries(st.sampled_from(names), EITHER)


def rules(attributes: dict[str, list[str]], amounts: tuple[str, ...] = ()) -> st.SearchStrategy[list[dict[str, Any]]]:
    one = st.one_of(
        [
            st.fixed_dictionaries(
                {
                    "attribute": st.just(name),
                    "operator": st.sampled_from(["in", "in", "eq", "ne"]),
                    "values": st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True),
                }
            )
            for name, values in attributes.items()
        ]
        + [
            st.fixed_dictionaries(
                {
                    "attribute": st.just(name),
                    "operator": st.sampled_from(["gt", "gte", "lt", "lte", "eq", "ne"]),
                    "values": st.lists(st.sampled_from(["0.5", "10", "99.99"]), min_size=1, max_size=2, unique=True),
                }
            )
            for name in amounts
        ]
    )
    return st.one_of(st.just([]), st.just([]), st.just([]), st.lists(one, min_size=1, max_size=2))


ON_ITEMS = {
    "product_id": ["prod_0", "prod_1", "prod_2"],
    "product_type_id": ["type_0", "type_1"],
    "collection_id": ["col_0", "col_1"],
    "category_id": ["cat_0", "cat_1", "cat_2"],
    "tag_id": ["tag_0", "tag_1"],
    "seller_id": ["sel_0", "sel_1"],
}
ON_METHODS = {"shipping_option_type": ["standard", "express"], "seller_id": ["sel_0", "sel_1"]}
ON_CARTS = {
    "region_id": ["reg_0", "reg_1"],
    "currency_code": list(CURRENCIES),
    "country_code": ["de", "us"],
    "customer_group_id": ["group_0", "group_1"],
}
OF_ITEMS, OF_METHODS, OF_CARTS = rules(ON_ITEMS), rules(ON_METHODS), rules(ON_CARTS, ("item_total",))


@st.composite
def promotions(draw: st.DrawFn, i: int, currency: str) -> dict[str, Any]:
    is_buyget = draw(whole(0, 4)) == 0
    target = "items" if is_buyget else draw(pick("items", "items", "order", "shipping_methods"))
    kind = draw(pick("fixed", "percentage"))
    value = draw(whole(1, 5000)) if kind == "fixed" else draw(pick("5", "10", "33.33", "50", "100"))
    return {
        "id": f"promo_{i}",
        "code": f"CODE{i}",
        "is_automatic": draw(whole(0, 5)) == 0,
        "type": "buyget" if is_buyget else "standard",
        "status": draw(pick(*["active"] * 12, "draft", "inactive")),
        "is_tax_inclusive": draw(EITHER),
        "limit": draw(pick(*[None] * 6, 1, 2)),
        "campaign_id": draw(pick(*[None] * 6, "camp_0", "camp_1")),
        "seller_id": draw(pick(*[None] * 6, "sel_0")),
        "method_id": f"method_{i}",
        "method_type": kind,
        "target_type": target,
        "allocation": draw(pick(None, "across")) if target == "order" else draw(pick("each", "across", "once")),
        "value": Decimal(value),
        "currency_code": currency if kind == "fixed" else None,
        "max_quantity": draw(pick(None, 1, 2, 5)),
        "buy_rules_min_quantity": draw(whole(1, 3)) if is_buyget else None,
        "apply_to_quantity": draw(whole(1, 2)) if is_buyget else None,
        "rules": draw(OF_CARTS),
        "target_rules": draw(OF_METHODS if target == "shipping_methods" else OF_ITEMS),
        "buy_rules": draw(OF_ITEMS) if is_buyget else [],
    }


@st.composite
def price_rows(draw: st.DrawFn, i: int, currency: str) -> list[dict[str, Any]]:
    plain = draw(whole(0, 30_000) if draw(whole(0, 9)) else NOTHING)
    rows: list[dict[str, Any]] = [row(f"price_{i}_plain", currency, plain)]
    for n in range(draw(whole(0, 4))):
        low = draw(pick(None, None, 1, 2, 4))
        rows.append(
            row(
                f"price_{i}_{n}",
                draw(pick(currency, currency, currency, "usd")),
                draw(whole(1, 30_000)),
                region_id=draw(pick(None, "reg_0", "reg_1")),
                price_list_id=draw(pick(None, "plist_0", "plist_1", "plist_2")),
                min_quantity=low,
                max_quantity=draw(pick(None, None, 4, 9)),
            )
        )
    return rows


def row(id_: str, currency: str, amount: int, **more: Any) -> dict[str, Any]:
    empty = {"region_id": None, "price_list_id": None, "min_quantity": None, "max_quantity": None}
    return {"id": id_, "currency_code": currency, "amount": amount, **empty, **more}


@st.composite
def price_lists(draw: st.DrawFn) -> list[dict[str, Any]]:
    lists = []
    for n in range(3):
        starts, ends = draw(WINDOWS)
        lists.append(
            {
                "id": f"plist_{n}",
                "type": draw(pick("sale", "sale", "override")),
                "status": draw(pick("active", "active", "draft")),
                "starts_at": starts,
                "ends_at": ends,
                "region_ids": draw(REGIONS),
                "customer_group_ids": draw(GROUPS),
            }
        )
    return lists


@st.composite
def tax_regions(draw: st.DrawFn) -> list[dict[str, Any]]:
    def rates(place: str) -> list[dict[str, Any]]:
        found = []
        references = [("product", "prod_0"), ("product_type", "type_0"), ("shipping_option", "so_0")]
        for n, rule in enumerate([None, *references]):
            if draw(whole(0, 3)):
                found.append(
                    {
                        "id": f"txr_{place}_{n}",
                        "rate": Decimal(draw(pick(*RATES))),
                        "default": rule is None,
                        "combinable": draw(EITHER),
                        "rules": [rule] if rule else [],
                    }
                )
        return found

    us = {"id": "txreg_us", "country": "us", "province": None, "parent": None, "rates": rates("us")}
    ca = {"id": "txreg_ca", "country": "us", "province": "ca", "parent": "txreg_us", "rates": rates("ca")}
    de = {"id": "txreg_de", "country": "de", "province": None, "parent": None, "rates": rates("de")}
    return [us, ca, de]


@st.composite
def worlds(draw: st.DrawFn, lines: int = 6) -> dict[str, Any]:
    currency = draw(pick(*CURRENCIES))
    country, province = draw(pick(("us", "ca"), ("de", None), ("us", "ca"), ("us", None), ("us", "tx"), (None, None)))
    some = draw(whole(1, lines))
    campaigns = []
    for n in range(2):
        starts, ends = draw(WINDOWS)
        kind = draw(pick(None, "spend", "usage"))
        limit = draw(pick(None, 1, 500, 5000)) if kind else None
        campaigns.append(
            {"id": f"camp_{n}", "starts_at": starts, "ends_at": ends, "budget_type": kind, "budget_limit": limit}
        )
    known = [draw(promotions(i, currency)) for i in range(draw(whole(0, 3)) * 2)]
    return {
        "now": NOW,
        "currency": currency,
        "region": draw(pick("reg_0", "reg_1")),
        "groups": draw(pick((), ("group_0",), ("group_0", "group_1"))),
        "country": country,
        "province": province,
        "lists": draw(price_lists()),
        "preferences": draw(preferences(currency)),
        "tax": draw(tax_regions()),
        "campaigns": campaigns,
        "promotions": known,
        "codes": [p["code"] for p in known if not p["is_automatic"]],
        "used": {"promo_0": draw(whole(0, 2)), "camp_0": draw(whole(0, 400))},
        "lines": [draw(cart_lines(i, currency)) for i in range(some)],
        "methods": [
            {
                "shipping_option_id": draw(pick("so_0", "so_1")),
                "shipping_option_type": draw(pick("standard", "express")),
                "seller_id": draw(pick("sel_0", "sel_1")),
                "amount": draw(whole(0, 2000)),
                "inclusive": draw(EITHER),
                "discountable": True,
            }
            for _ in range(draw(whole(0, 2)))
        ],
    }


@st.composite
def cart_lines(draw: st.DrawFn, i: int, currency: str) -> dict[str, Any]:
    return {
        "product_id": f"prod_{draw(whole(0, 3))}",
        "product_type_id": draw(pick(None, "type_0", "type_1")),
        "collection_id": draw(pick(None, "col_0", "col_1")),
        "category_id": draw(pick((), ("cat_0",), ("cat_0", "cat_1"), ("cat_2",))),
        "tag_id": draw(pick((), ("tag_0",), ("tag_0", "tag_1"))),
        "seller_id": draw(pick("sel_0", "sel_1")),
        "discountable": draw(whole(0, 7)) > 0,
        "quantity": draw(whole(1, 9)),
        "prices": draw(price_rows(i, currency)),
    }


# The same for the code under test ------------------------------------------------------------------------------------


def promotion_book(world: dict[str, Any]) -> PromotionBook:
    rows = [SimpleNamespace(**p) for p in world["promotions"]]
    return PromotionBook.from_rows(rows, [SimpleNamespace(**c) for c in world["campaigns"]])


def price_book(world: dict[str, Any]) -> PriceBook:
    preferences = [
        SimpleNamespace(attribute=attribute, value=value, is_tax_inclusive=inclusive)
        for (attribute, value), inclusive in world["preferences"].items()
    ]
    return PriceBook.from_rows([SimpleNamespace(**entry) for entry in world["lists"]], preferences)


def tax_book(world: dict[str, Any]) -> TaxBook:
    regions, rates, named = [], [], []
    for region in world["tax"]:
        regions.append(
            SimpleNamespace(
                id=region["id"],
                country_code=region["country"],
                province_code=region["province"],
                parent_id=region["parent"],
            )
        )
        for rate in region["rates"]:
            rates.append(
                SimpleNamespace(
                    id=rate["id"],
                    tax_region_id=region["id"],
                    rate=rate["rate"],
                    code=None,
                    name=rate["id"],
                    is_default=rate["default"],
                    is_combinable=rate["combinable"],
                )
            )
            for reference, id_ in rate["rules"]:
                named.append(SimpleNamespace(tax_rate_id=rate["id"], reference=reference, reference_id=id_))
    return TaxBook.from_rows(regions, rates, named)


def rates_of(lines: tuple[TaxLine, ...]) -> tuple[int, ...]:
    return tuple(line.ppm for line in lines)


def priced_items(world: dict[str, Any]) -> list[Item]:
    context = price_book(world).context(
        currency_code=world["currency"], region_id=world["region"], group_ids=world["groups"], moment=world["now"]
    )
    taxes = tax_book(world)
    items = []
    for line in world["lines"]:
        chosen = choose([Price(**entry) for entry in line["prices"]], context, line["quantity"])
        assert chosen is not None
        rates = taxes.item_lines(world["country"], world["province"], line["product_id"], line["product_type_id"])
        items.append(
            Item(
                Charge(chosen.calculated.amount, line["quantity"], chosen.is_tax_inclusive, rates_of(rates)),
                line["product_id"],
                product_type_id=line["product_type_id"],
                collection_id=line["collection_id"],
                category_ids=line["category_id"],
                tag_ids=line["tag_id"],
                seller_id=line["seller_id"],
                is_discountable=line["discountable"],
            )
        )
    return items


def priced_methods(world: dict[str, Any]) -> list[Method]:
    taxes = tax_book(world)
    return [
        Method(
            Charge(
                method["amount"],
                1,
                method["inclusive"],
                rates_of(taxes.shipping_lines(world["country"], world["province"], method["shipping_option_id"])),
            ),
            method["shipping_option_id"],
            method["shipping_option_type"],
            method["seller_id"],
        )
        for method in world["methods"]
    ]


def computed(world: dict[str, Any]) -> tuple[list[Charge], list[Charge], Applied, Totals]:
    """The world through `models`: charges with their adjustments, and the totals."""
    items, methods = priced_items(world), priced_methods(world)
    usage = Usage(
        promotions={k: v for k, v in world["used"].items() if k.startswith("promo")},
        campaigns={k: v for k, v in world["used"].items() if k.startswith("camp")},
    )
    buyer = Buyer(world["currency"], world["region"], world["country"], customer_group_ids=world["groups"])
    applied = apply(promotion_book(world), world["codes"], buyer, items, methods, now=world["now"], usage=usage)
    charges = [with_adjustments(item.charge, found) for item, found in zip(items, applied.items, strict=True)]
    shipping = [with_adjustments(method.charge, found) for method, found in zip(methods, applied.methods, strict=True)]
    return charges, shipping, applied, compute(charges, shipping, world["currency"])


def with_adjustments(charge: Charge, adjustments: Any) -> Charge:
    return Charge(charge.unit_price, charge.quantity, charge.is_tax_inclusive, charge.rates, tuple(adjustments))
