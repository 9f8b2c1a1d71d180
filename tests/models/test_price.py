"""Which price a variant has: lists, regions, quantities, and whether taxes are in it."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from models.pricing.price import ChosenPrice, Price, PriceBook, choose

pytestmark = pytest.mark.pure

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def price_list(id_: str, type_: str = "sale", **more: Any) -> SimpleNamespace:
    row = {"id": id_, "type": type_, "status": "active", "starts_at": None, "ends_at": None}
    return SimpleNamespace(**{**row, "region_ids": [], "customer_group_ids": [], **more})


def preference(attribute: str, value: str, is_tax_inclusive: bool) -> SimpleNamespace:
    return SimpleNamespace(attribute=attribute, value=value, is_tax_inclusive=is_tax_inclusive)


def chosen(prices: list[Price], *lists: SimpleNamespace, quantity: int = 1, **context: Any) -> ChosenPrice | None:
    preferences = context.pop("preferences", [])
    book = PriceBook.from_rows(lists, preferences)
    return choose(prices, book.context(**{"currency_code": "eur", "moment": NOW, **context}), quantity)


def amounts(prices: list[Price], *lists: SimpleNamespace, **context: Any) -> tuple[int, int]:
    found = chosen(prices, *lists, **context)
    assert found is not None
    return found.calculated.amount, found.original.amount


PLAIN = Price("p", "eur", 1000)


def test_a_variant_without_a_price_in_the_currency_has_none() -> None:
    assert chosen([Price("p", "usd", 1000)]) is None


def test_a_price_of_the_region_beats_the_plain_one_even_when_dearer() -> None:
    prices = [PLAIN, Price("r", "eur", 1200, region_id="reg_1")]
    assert amounts(prices, region_id="reg_1") == (1200, 1200)
    assert amounts(prices, region_id="reg_2") == (1000, 1000)


def test_a_sale_wins_only_when_lower() -> None:
    lower, higher = Price("s", "eur", 900, "plist"), Price("s", "eur", 1100, "plist")
    assert amounts([PLAIN, lower], price_list("plist")) == (900, 1000)
    assert amounts([PLAIN, higher], price_list("plist")) == (1000, 1000)


def test_an_override_wins_even_when_higher_and_is_the_original_too() -> None:
    assert amounts([PLAIN, Price("o", "eur", 1100, "plist")], price_list("plist", "override")) == (1100, 1100)


def test_the_lowest_of_several_overrides_wins_and_a_lower_sale_does_not() -> None:
    prices = [PLAIN, Price("a", "eur", 950, "l1"), Price("b", "eur", 940, "l2"), Price("s", "eur", 100, "l3")]
    lists = price_list("l1", "override"), price_list("l2", "override"), price_list("l3")
    assert amounts(prices, *lists) == (940, 940)


def test_a_list_holds_from_its_start_until_its_end() -> None:
    prices = [PLAIN, Price("s", "eur", 900, "plist")]
    entry = price_list("plist", starts_at=NOW, ends_at=NOW + DAY)
    held = [amounts(prices, entry, moment=NOW + after)[0] for after in (-DAY, 0 * DAY, DAY / 2, DAY)]
    assert held == [1000, 900, 900, 1000]


def test_a_draft_list_and_one_for_others_do_not_hold() -> None:
    prices = [PLAIN, Price("s", "eur", 900, "plist")]
    assert amounts(prices, price_list("plist", status="draft")) == (1000, 1000)
    assert amounts(prices, price_list("plist", region_ids=["reg_2"]), region_id="reg_1") == (1000, 1000)
    assert amounts(prices, price_list("plist", customer_group_ids=["vip"])) == (1000, 1000)
    assert amounts(prices, price_list("plist", customer_group_ids=["vip"]), group_ids=("vip", "x")) == (900, 1000)


def test_a_quantity_tier_holds_from_its_minimum_to_its_maximum() -> None:
    prices = [PLAIN, Price("t", "eur", 800, min_quantity=5, max_quantity=9), Price("u", "eur", 700, min_quantity=10)]
    assert [amounts(prices, quantity=n)[0] for n in (1, 4, 5, 9, 10, 500)] == [1000, 1000, 800, 800, 700, 700]


def test_a_region_preference_holds_for_prices_that_name_the_region_only() -> None:
    preferences = [preference("region_id", "reg_1", True), preference("currency_code", "eur", False)]
    plain = chosen([PLAIN], region_id="reg_1", preferences=preferences)
    own = chosen([Price("r", "eur", 900, region_id="reg_1")], region_id="reg_1", preferences=preferences)
    assert plain is not None
    assert own is not None
    assert (plain.is_tax_inclusive, own.is_tax_inclusive) == (False, True)


def test_without_a_region_preference_the_currency_decides() -> None:
    found = chosen(
        [Price("r", "eur", 900, region_id="reg_1")],
        region_id="reg_1",
        preferences=[preference("currency_code", "eur", True)],
    )
    assert found is not None
    assert found.is_tax_inclusive
    assert found.is_original_tax_inclusive


def test_a_sale_shows_the_price_before_it_and_an_override_does_not() -> None:
    sale = chosen([PLAIN, Price("s", "eur", 900, "plist")], price_list("plist"))
    override = chosen([PLAIN, Price("s", "eur", 900, "plist")], price_list("plist", "override"))
    assert sale is not None
    assert override is not None
    assert (sale.compare_at, sale.list_type, sale.original_list_type) == (1000, "sale", None)
    assert (override.compare_at, override.list_type, override.original_list_type) == (None, "override", "override")


def test_the_next_change_is_the_nearest_start_or_end_of_an_active_list() -> None:
    book = PriceBook.from_rows(
        [
            price_list("a", starts_at=NOW - DAY, ends_at=NOW + 2 * DAY),
            price_list("b", starts_at=NOW + DAY),
            price_list("c", status="draft", starts_at=NOW + DAY / 2),
        ],
        [],
    )
    assert book.next_change(NOW) == NOW + DAY
    assert book.next_change(NOW + DAY) == NOW + 2 * DAY
    assert book.next_change(NOW + 2 * DAY) is None
