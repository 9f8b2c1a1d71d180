"""Which taxes are charged where, on what."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from models.pricing.tax import TaxBook

pytestmark = pytest.mark.pure

REGIONS = [
    SimpleNamespace(id="us", country_code="us", province_code=None, parent_id=None),
    SimpleNamespace(id="ca", country_code="us", province_code="ca", parent_id="us"),
    SimpleNamespace(id="ny", country_code="us", province_code="ny", parent_id="us"),
    SimpleNamespace(id="de", country_code="de", province_code=None, parent_id=None),
]


def rate(id_: str, region: str, percent: str, *, default: bool = True, combinable: bool = False) -> SimpleNamespace:
    return SimpleNamespace(
        id=id_,
        tax_region_id=region,
        rate=Decimal(percent),
        code=id_.upper(),
        name=id_,
        is_default=default,
        is_combinable=combinable,
    )


def rule(rate_id: str, reference: str, reference_id: str) -> SimpleNamespace:
    return SimpleNamespace(tax_rate_id=rate_id, reference=reference, reference_id=reference_id)


BOOK = TaxBook.from_rows(
    REGIONS,
    [
        rate("vat", "de", "19"),
        rate("books", "de", "7", default=False),
        rate("one_book", "de", "5.5", default=False),
        rate("post", "de", "0", default=False),
        rate("federal", "us", "2"),
        rate("state", "ca", "8.25", combinable=True),
        rate("alone", "ny", "8.875"),
        rate("toys", "us", "3", default=False),
    ],
    [
        rule("books", "product_type", "type_book"),
        rule("one_book", "product", "prod_book"),
        rule("post", "shipping_option", "so_post"),
        rule("toys", "product_type", "type_toy"),
    ],
)


def item(
    country: str | None, province: str | None = None, product: str = "prod_x", type_: str | None = None
) -> list[str]:
    return [line.tax_rate_id for line in BOOK.item_lines(country, province, product, type_)]


def test_the_default_rate_holds_unless_type_or_product_is_named() -> None:
    assert item("de") == ["vat"]
    assert item("de", type_="type_book") == ["books"]
    assert item("de", product="prod_book", type_="type_book") == ["one_book"]


def test_a_shipping_option_has_a_rate_of_its_own() -> None:
    assert [line.tax_rate_id for line in BOOK.shipping_lines("de", None, "so_post")] == ["post"]
    assert [line.tax_rate_id for line in BOOK.shipping_lines("de", None, "so_other")] == ["vat"]


def test_a_province_replaces_the_country_unless_its_rate_is_combinable() -> None:
    assert item("us", "ny") == ["alone"]
    assert item("us", "ca") == ["state", "federal"]
    assert item("us", "ca", type_="type_toy") == ["state", "toys"]


def test_a_province_without_rates_of_its_own_has_the_country_rate() -> None:
    assert item("us", "tx") == ["federal"]
    assert item("us") == ["federal"]


def test_a_province_may_be_written_with_its_country_and_in_any_case() -> None:
    assert item("us", "US-CA") == item("us", " ca ") == item("US", "CA") == ["state", "federal"]


def test_nowhere_and_an_unknown_country_have_no_taxes() -> None:
    assert item(None) == item("fr") == []


def test_a_tax_line_says_its_rate_exactly() -> None:
    (line,) = BOOK.item_lines("us", "ny", "prod_x", None)
    assert (line.ppm, line.rate, line.code, line.description) == (88_750, Decimal("8.875"), "ALONE", "alone")
