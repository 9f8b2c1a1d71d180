"""Provinces, cities and postal codes have one form: taxes and zones know the same places, however they are written."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from models.inventory.rules import is_comparable
from services.infrastructure.database.database import Database
from tests.buying import Buyer
from utils.places import MORE_NAMES, is_province, postal_key, province_key, provinces_of

P = "coast/P"
CALIFORNIA = [
    "us-ca",
    "US-CA",
    "CA",
    "ca",
    " CA ",
    "us_ca",
    "California",
    "california",
    "\u00a0CA\u200b",
    "ＣＡ",
    "C.A.",
]


async def at(buyer: Buyer, country: str, **parts: str) -> tuple[int, float]:
    """How many options an address has, and the tax of its goods."""
    address = {"country_code": country, **parts}
    cart = await buyer.cart((P, 1), region="United States", shipping_address=address)
    return len(await buyer.options(cart["id"])), cart["item_tax_total"]


@pytest.mark.parametrize("province", CALIFORNIA)
async def test_taxes_and_zones_know_a_province_in_every_form(buyer: Buyer, province: str) -> None:
    assert await at(buyer, "us", province=province) == (1, 0.73)


@pytest.mark.parametrize("province", ["us-ny", "New York", "AE", ""])
async def test_another_province_has_neither_the_tax_nor_the_zone(buyer: Buyer, province: str) -> None:
    assert await at(buyer, "us", province=province) == (0, 0)


@pytest.mark.parametrize("province", ["es-cn", "Canarias", "CN", "Las Palmas", "es-gc", "Santa Cruz de Tenerife"])
async def test_a_province_has_what_holds_for_the_one_it_lies_in(buyer: Buyer, province: str) -> None:
    assert await at(buyer, "es", province=province) == (1, 0.7)


@pytest.mark.parametrize("province", ["Californa", "us-zz", "Bayern", "99"])
async def test_a_province_that_nobody_knows_is_refused_where_it_decides_something(buyer: Buyer, province: str) -> None:
    cart = await buyer.cart((P, 1), region="United States")
    body = {"shipping_address": {"country_code": "us", "province": province}}
    refused = await buyer.post(f"/store/carts/{cart['id']}", body, 400)
    assert (refused["code"], refused["province"], refused["country_code"]) == ("province_unknown", province, "us")
    assert province in refused["message"]
    new = {"region_id": buyer.ids["regions"]["United States"], **body}
    assert (await buyer.post("/store/carts", new, 400))["code"] == "province_unknown"
    body = {"billing_address": {"country_code": "us", "province": province}}
    await buyer.post(f"/store/carts/{cart['id']}", body)


async def test_a_country_without_provinces_in_taxes_and_zones_takes_any(buyer: Buyer) -> None:
    assert await at(buyer, "gb", province="The North", postal_code="SW1A 1AA") == (1, 0)


async def test_a_method_stays_when_the_address_is_written_in_another_way(buyer: Buyer) -> None:
    where = {"country_code": "us", "province": "US-CA"}
    cart = await buyer.cart((P, 1), region="United States", shipping_address=where)
    path = f"/store/carts/{cart['id']}"
    option = (await buyer.options(cart["id"]))[0]
    await buyer.post(f"{path}/shipping-methods", {"option_id": option["id"]})
    for province in ("CA", "california"):
        cart = (await buyer.post(path, {"shipping_address": {**where, "province": province}}))["cart"]
        assert [method["shipping_option_id"] for method in cart["shipping_methods"]] == [option["id"]]
    cart = (await buyer.post(path, {"shipping_address": {**where, "province": "NY"}}))["cart"]
    assert cart["shipping_methods"] == []


@pytest.mark.parametrize(
    ("country", "parts", "options"),
    [
        ("gb", {"postal_code": "sw1a1aa"}, 1),
        ("gb", {"postal_code": " SW1A-1AA "}, 1),
        ("gb", {"postal_code": "SW1A 2AA"}, 0),
        ("gb", {}, 0),
        ("lv", {"postal_code": "LV-1010"}, 1),
        ("lv", {"postal_code": "1010"}, 1),
        ("lv", {"postal_code": "LV-2010"}, 0),
        ("lv", {"city": " RIGA"}, 1),
        ("lv", {"city": "Jelgava"}, 0),
    ],
)
async def test_postal_codes_and_cities_are_compared_without_blanks_hyphens_and_case(
    buyer: Buyer, country: str, parts: dict[str, str], options: int
) -> None:
    assert (await at(buyer, country, **parts))[0] == options


@pytest.fixture
async def old_rows(database: Database) -> AsyncIterator[None]:
    """Rows as they were written before there was one form."""

    async def put(zone: str, expression: str, tax: str) -> None:
        async with database.unit_of_work() as work:
            await work.execute(text("UPDATE geo_zone SET province_code = :v WHERE country_code = 'us'"), {"v": zone})
            statement = "UPDATE geo_zone SET postal_expression = :v WHERE country_code = 'gb'"
            await work.execute(text(statement), {"v": expression})
            statement = "UPDATE tax_region SET province_code = :v WHERE country_code = 'us' AND parent_id IS NOT NULL"
            await work.execute(text(statement), {"v": tax})

    await put("CALIFORNIA ", "sw1a", "california")
    yield
    await put("us-ca", "SW1A 1", "ca")


async def test_rows_in_another_form_keep_working(buyer: Buyer, old_rows: None) -> None:
    assert await at(buyer, "us", province="CA") == (1, 0.73)
    assert (await at(buyer, "gb", postal_code="SW1A 1AA"))[0] == 1


def test_every_country_has_its_codes_and_names() -> None:
    assert provinces_of("ch", "Zürich") == provinces_of("ch", "CH-ZH") == ("zh",)
    assert provinces_of("ca", "Quebec") == ("qc",)
    assert provinces_of("jp", "Tokyo") == provinces_of("jp", "13") == ("13",)
    assert provinces_of("id", "jawa barat")[0] == "jb"
    assert provinces_of("br", "São Paulo") == ("sp",)
    assert provinces_of("id", "Jakarta") == provinces_of("id", "DKI Jakarta") == provinces_of("id", "ID-JK")
    assert provinces_of("th", "Bangkok") == ("10",)
    assert not is_province("us", "Bayern")
    assert postal_key("jp", "１００－０００１") == postal_key("jp", "1000001") == "1000001"
    assert postal_key("de", "D-10115") == "10115"


@pytest.mark.parametrize("country", MORE_NAMES)
def test_names_that_people_write_are_of_provinces(country: str) -> None:
    for written, code in MORE_NAMES[country].items():
        assert province_key(country, written) == code
        assert is_province(country, code)


@pytest.mark.parametrize(
    ("country", "expression"),
    [
        ("de", "10115,10117"),
        ("de", "10115; 10117"),
        ("de", "10115 - 14199"),
        ("at", "1010–1230"),
        ("fr", "75*1"),
        ("us", "9021?"),
    ],
)
def test_what_is_more_than_the_beginning_of_a_code_is_no_expression(country: str, expression: str) -> None:
    assert not is_comparable("postal_expression", country, expression)


@pytest.mark.parametrize(
    ("country", "expression"),
    [
        ("gb", "SW1A 1"),
        ("jp", "〒100-00"),
        ("us", "90210-1234"),
        ("pl", "00-0"),
        ("br", "01310-100"),
        ("lv", "LV-10"),
        ("fr", "75*"),
        ("at", "10.."),
        ("ir", "11369-33456"),
        ("de", "D-101"),
    ],
)
def test_a_beginning_of_a_code_is_an_expression_however_it_is_written(country: str, expression: str) -> None:
    assert is_comparable("postal_expression", country, expression)
