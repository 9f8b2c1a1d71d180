"""Which promotions apply, in what order, and what each takes off what."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from models.pricing.discounts import Applied, Buyer, Item, Method, apply
from models.pricing.promotion import PromotionBook, PromotionCodeInvalid
from models.pricing.redemption import Usage, claims, shares_of_budgets
from models.pricing.totals import Charge, compute

pytestmark = pytest.mark.pure

NOW = datetime(2026, 3, 1, tzinfo=UTC)
VAT = (190_000,)
EMPTY: dict[str, Any] = dict.fromkeys(
    (
        "currency_code",
        "limit",
        "campaign_id",
        "seller_id",
        "max_quantity",
        "buy_rules_min_quantity",
        "apply_to_quantity",
    )
)


def promotion(code: str, value: str = "10", kind: str = "percentage", **more: Any) -> SimpleNamespace:
    row = {
        "id": f"promo_{code}",
        "code": code,
        "type": "standard",
        "status": "active",
        "is_automatic": False,
        "is_tax_inclusive": False,
        "method_id": f"method_{code}",
        "method_type": kind,
        "target_type": "items",
        "allocation": "across",
        "value": Decimal(value),
        "rules": [],
        "target_rules": [],
        "buy_rules": [],
    }
    return SimpleNamespace(**{**EMPTY, "currency_code": "eur" if kind == "fixed" else None, **row, **more})


def buyget(code: str, buy: str, get: str, n: int = 1, m: int = 1, **more: Any) -> SimpleNamespace:
    return promotion(
        code,
        more.pop("value", "100"),
        type="buyget",
        buy_rules=[is_("product_id", buy)],
        target_rules=[is_("product_id", get)],
        buy_rules_min_quantity=n,
        apply_to_quantity=m,
        **more,
    )


def campaign(**more: Any) -> SimpleNamespace:
    row = {"id": "camp", "starts_at": None, "ends_at": None, "budget_type": None, "budget_limit": None}
    return SimpleNamespace(**{**row, **more})


def is_(attribute: str, *values: str, operator: str = "in") -> dict[str, Any]:
    return {"attribute": attribute, "operator": operator, "values": list(values)}


def item(price: int, quantity: int = 1, product: str = "prod", **more: Any) -> Item:
    charge = Charge(price, quantity, more.pop("inclusive", False), more.pop("rates", ()))
    return Item(charge, product, **more)


def run(
    promotions: list[SimpleNamespace],
    items: list[Item],
    methods: list[Method] | None = None,
    *,
    campaigns: tuple[SimpleNamespace, ...] = (),
    buyer: Buyer | None = None,
    usage: Usage | None = None,
) -> Applied:
    book = PromotionBook.from_rows(promotions, campaigns)
    codes = [p.code for p in promotions if not p.is_automatic]
    buyer = buyer or Buyer("eur", "reg", "de")
    return apply(book, codes, buyer, items, methods or [], now=NOW, usage=usage or Usage())


def amounts(applied: Applied) -> list[list[Fraction]]:
    return [[a.amount for a in found] for found in applied.items]


def dropped(applied: Applied) -> dict[str, str]:
    return {d.code: d.reason for d in applied.dropped}


def test_a_percentage_across_takes_its_part_of_each_line() -> None:
    assert amounts(run([promotion("A")], [item(1000, 2), item(500)])) == [[200], [50]]


def test_the_highest_number_comes_first_and_the_next_works_on_the_rest() -> None:
    applied = run([promotion("TEN", "10"), promotion("THIRD", "33.33")], [item(1000)])
    assert [p.code for p in applied.promotions] == ["THIRD", "TEN"]
    assert amounts(applied) == [[Fraction("333.3"), Fraction("66.67")]]


def test_percentages_and_amounts_are_ranked_by_the_same_number() -> None:
    fixed = promotion("FIXED", "1500", "fixed")  # 15.00, more than 10 percent
    assert [p.code for p in run([promotion("TEN"), fixed], [item(5000)]).promotions] == ["FIXED", "TEN"]


def test_equal_values_apply_in_the_order_of_their_making() -> None:
    applied = run([promotion("B"), promotion("A")], [item(1000)])
    assert [p.code for p in applied.promotions] == ["B", "A"]


def test_an_amount_is_split_by_the_share_of_each_line() -> None:
    applied = run([promotion("A", "500", "fixed")], [item(350), item(760)])
    assert amounts(applied) == [[Fraction(500 * 350, 1110)], [Fraction(500 * 760, 1110)]]
    assert float(amounts(applied)[0][0]) == pytest.approx(157.65765765765767)


def test_an_amount_is_capped_by_the_items_and_never_taken_from_shipping() -> None:
    method = Method(Charge(900), "so")
    applied = run([promotion("A", "5000", "fixed", target_type="order", allocation=None)], [item(1000)], [method])
    assert amounts(applied) == [[1000]]
    assert applied.methods == ((),)


def test_a_percentage_of_a_tax_inclusive_line_is_taken_from_its_net_amount() -> None:
    (found,) = amounts(run([promotion("A", "4.1343")], [item(825, 2, inclusive=True, rates=(190_000, 40_000))]))
    assert float(found[0]) == pytest.approx(55.46, abs=0.01)  # of 1341.46, not of 1650


def test_a_tax_inclusive_amount_counts_with_taxes() -> None:
    line = item(10_000, rates=VAT)
    applied = run([promotion("A", "500", "fixed", is_tax_inclusive=True)], [line])
    charge = Charge(10_000, rates=VAT, adjustments=applied.items[0])
    assert applied.items[0][0].is_tax_inclusive
    assert compute([charge], [], "eur").discount_total == 500


def test_each_takes_off_every_line_for_so_many_pieces() -> None:
    fixed = promotion("A", "100", "fixed", allocation="each", max_quantity=2)
    assert amounts(run([fixed], [item(1000, 5), item(1000), item(30, 2)])) == [[200], [100], [60]]
    percent = promotion("B", "50", allocation="each", max_quantity=2)
    assert amounts(run([percent], [item(1000, 5), item(400)])) == [[1000], [200]]


def test_each_is_for_one_piece_unless_said() -> None:
    assert amounts(run([promotion("A", "100", "fixed", allocation="each")], [item(1000, 5)])) == [[100]]


def test_once_takes_off_the_cheapest_pieces() -> None:
    once = promotion("A", "50", allocation="once", max_quantity=3)
    assert amounts(run([once], [item(1000, 5), item(400, 2)])) == [[500], [400]]


def test_lines_that_may_not_be_discounted_are_left_alone() -> None:
    everything = promotion("A", "500", "fixed")
    assert amounts(run([everything], [item(1000, is_discountable=False), item(1000)])) == [[], [500]]
    gift = buyget("B", "x", "y")
    applied = run([gift], [item(1000, product="x"), item(500, product="y", is_discountable=False)])
    assert amounts(applied) == [[], []]


def test_shipping_is_discounted_net_by_each_method_or_across() -> None:
    methods = [Method(Charge(1190, 1, True, VAT), "so_1"), Method(Charge(500), "so_2", "express")]
    each = promotion("A", "50", target_type="shipping_methods", allocation="each")
    assert [[a.amount for a in found] for found in run([each], [], methods).methods] == [[500], [250]]
    across = promotion("B", "300", "fixed", target_type="shipping_methods")
    assert [[a.amount for a in found] for found in run([across], [], methods).methods] == [[200], [100]]
    express = promotion(
        "C", "100", target_type="shipping_methods", target_rules=[is_("shipping_option_type", "express")]
    )
    assert [[a.amount for a in found] for found in run([express], [], methods).methods] == [[], [500]]


def test_a_shipping_code_without_a_method_has_nothing_to_take_off() -> None:
    applied = run([promotion("SHIP", "100", target_type="shipping_methods", allocation="each")], [item(1000)])
    assert (applied.promotions, dropped(applied)) == ((), {"SHIP": "nothing"})


def test_buy_two_get_one_gives_a_piece_that_was_not_bought() -> None:
    gift = buyget("GIFT", "shirt", "shirt", 2)
    assert amounts(run([gift], [item(1000, 2, "shirt")])) == [[]]
    assert amounts(run([gift], [item(1000, 3, "shirt")])) == [[1000]]
    assert amounts(run([gift], [item(1000, 9, "shirt")])) == [[1000]]


def test_a_gift_is_given_again_up_to_its_maximum() -> None:
    gift = buyget("GIFT", "shirt", "shirt", 2, max_quantity=2)
    assert amounts(run([gift], [item(1000, 9, "shirt")])) == [[2000]]


def test_a_gift_may_be_another_product_or_only_cheaper() -> None:
    gift = buyget("GIFT", "shirt", "cap", value="50")
    assert amounts(run([gift], [item(1000, 1, "shirt"), item(300, 2, "cap")])) == [[], [150]]
    assert dropped(run([gift], [item(300, 2, "cap")])) == {"GIFT": "nothing"}


def test_what_can_only_be_bought_is_counted_as_bought_first() -> None:
    gift = buyget("GIFT", "cap", "shirt")
    gift.buy_rules = [is_("product_id", "cap", "shirt")]
    assert amounts(run([gift], [item(1000, 1, "shirt"), item(300, 1, "cap")])) == [[1000], []]


def test_a_piece_is_given_once_however_many_promotions_offer_it() -> None:
    items = [item(1000, 2, "shirt"), item(300, 1, "cap")]
    applied = run([buyget("A", "shirt", "cap"), buyget("B", "shirt", "cap")], items)
    assert [p.code for p in applied.promotions] == ["A"]
    assert amounts(applied) == [[], [300]]


def test_buy_and_get_comes_before_everything_else() -> None:
    applied = run(
        [promotion("HALF", "50"), buyget("GIFT", "shirt", "cap", value="5")],
        [item(1000, 1, "shirt"), item(1000, 1, "cap")],
    )
    assert [p.code for p in applied.promotions] == ["GIFT", "HALF"]
    assert amounts(applied) == [[500], [50, 475]]


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        (is_("region_id", "reg"), True),
        (is_("region.id", "other"), False),
        (is_("currency_code", "eur", operator="eq"), True),
        (is_("shipping_address.country_code", "fr", operator="ne"), True),
        (is_("customer.groups.id", "vip"), False),
        (is_("customer.groups.id", "vip", operator="ne"), True),
        (is_("item_total", "19.99", operator="gt"), True),
        (is_("item_total", "20", operator="gt"), False),
        (is_("item_total", "20", operator="gte"), True),
        (is_("item_quantity", "3", operator="lt"), True),
        (is_("weather", "sun"), False),
        (is_("region_id"), False),
    ],
)
def test_a_promotion_is_for_carts_that_meet_its_rules(rule: dict[str, Any], holds: bool) -> None:
    applied = run([promotion("A", rules=[rule])], [item(1000, 2)])
    assert dropped(applied) == ({} if holds else {"A": "rules"})


def test_a_promotion_takes_off_items_that_meet_its_target_rules() -> None:
    items = [item(1000, tag_ids=("new", "red")), item(1000, tag_ids=("new",)), item(1000)]

    def taken(operator: str) -> list[bool]:
        rule = is_("items.product.tags.id", "red", operator=operator)
        return [bool(found) for found in run([promotion("A", target_rules=[rule])], items).items]

    assert taken("in") == [True, False, False]
    assert taken("eq") == [False, False, False]
    assert taken("ne") == [False, True, True]


def test_a_seller_grants_discounts_on_its_own_goods_only() -> None:
    items = [item(1000, seller_id="sel_1"), item(1000, seller_id="sel_2")]
    assert amounts(run([promotion("A", "500", "fixed", seller_id="sel_1")], items)) == [[500], []]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": "draft"}, "inactive"),
        ({"status": "inactive"}, "inactive"),
        ({"currency_code": "usd"}, "currency"),
        ({"limit": 3}, "used_up"),
    ],
)
def test_a_promotion_that_does_not_hold_is_dropped_with_its_reason(change: dict[str, Any], reason: str) -> None:
    applied = run([promotion("A", **change)], [item(1000)], usage=Usage(promotions={"promo_A": 3}))
    assert (amounts(applied), dropped(applied)) == ([[]], {"A": reason})


@pytest.mark.parametrize(
    ("window", "reason"),
    [
        ({"starts_at": NOW + timedelta(seconds=1)}, "not_started"),
        ({"ends_at": NOW}, "ended"),
        ({"starts_at": NOW, "ends_at": NOW + timedelta(seconds=1)}, None),
        ({"budget_type": "usage", "budget_limit": 7}, "used_up"),
        ({"budget_type": "usage", "budget_limit": 8}, None),
        ({"budget_type": "spend", "budget_limit": 106}, "used_up"),
        ({"budget_type": "spend", "budget_limit": 107}, None),
    ],
)
def test_a_campaign_bounds_its_promotions(window: dict[str, Any], reason: str | None) -> None:
    applied = run(
        [promotion("A", campaign_id="camp")],
        [item(1000)],
        campaigns=(campaign(**window),),
        usage=Usage(campaigns={"camp": 7}),
    )
    assert dropped(applied) == ({"A": reason} if reason else {})


def test_an_automatic_promotion_needs_no_code_and_is_not_reported_when_it_fails() -> None:
    assert amounts(run([promotion("A", is_automatic=True)], [item(1000)])) == [[100]]
    assert run([promotion("A", is_automatic=True, rules=[is_("region_id", "x")])], [item(1000)]).dropped == ()


def test_an_unknown_code_is_refused_and_case_and_blanks_do_not_matter() -> None:
    book = PromotionBook.from_rows([promotion("Summer")], [])
    book.check_codes(["Summer", "SUMMER", " summer\u00a0"])
    with pytest.raises(PromotionCodeInvalid, match="The promotion code OTHER is invalid"):
        book.check_codes(["Summer", "OTHER"])


def test_an_order_claims_what_has_a_limit_in_the_order_of_ids() -> None:
    book = PromotionBook.from_rows(
        [
            promotion("Z", limit=5, campaign_id="camp"),
            promotion("A", limit=1, campaign_id="camp"),
            promotion("FREE"),
        ],
        [campaign(budget_type="spend", budget_limit=1000)],
    )
    found = claims(book, {"promo_Z": [10, 20], "promo_A": [5], "promo_FREE": [1]})
    assert found.promotion_ids == ["promo_A", "promo_Z"]
    assert (found.campaign_ids, found.amounts, found.slacks) == (["camp"], [35], [3])
    assert book.metered(["Z", "FREE"]) == (["promo_Z"], ["camp"])
    assert book.metered(["FREE"]) == ([], [])
    # Two cents more than the budget had: the shares that are given back one day add up to what was counted.
    shares = shares_of_budgets(book, {"promo_Z": [10, 20], "promo_A": [5], "promo_FREE": [1]}, {"camp": 33})
    assert shares == {"promo_A": ("camp", 5), "promo_Z": ("camp", 28), "promo_FREE": (None, 0)}


def test_the_next_change_is_the_nearest_start_or_end_of_a_campaign() -> None:
    day = timedelta(days=1)
    book = PromotionBook.from_rows(
        [promotion("A", campaign_id="camp")], [campaign(starts_at=NOW - day, ends_at=NOW + day)]
    )
    assert (book.next_change(NOW - 2 * day), book.next_change(NOW)) == (NOW - day, NOW + day)
    assert book.next_change(NOW + day) is None
