"""The tables behind the money rules, on PostgreSQL: limits hold under races, and snapshots read what was written."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from models.pricing.price import LOAD_PRICE_LISTS, LOAD_PRICE_PREFERENCES, PriceBook
from models.pricing.promotion import LOAD_CAMPAIGNS, LOAD_PROMOTIONS, PromotionBook
from models.pricing.redemption import (
    CLAIM_CAMPAIGNS,
    CLAIM_PROMOTIONS,
    LOAD_USAGE,
    RELEASE_CAMPAIGNS,
    RELEASE_PROMOTIONS,
    Usage,
)
from models.pricing.tax import LOAD_TAX_RATE_RULES, LOAD_TAX_RATES, LOAD_TAX_REGIONS, TaxBook
from models.region.currency import LOAD_COUNTRIES, LOAD_CURRENCIES
from models.schema.pricing import campaign, campaign_usage, price_list, price_preference, promotion, promotion_usage
from models.schema.region import country, currency, tax_rate, tax_rate_rule, tax_region
from utils.ids import new_id
from utils.money import EXPONENTS

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    made = create_async_engine(database_url, pool_size=10)
    yield made
    await made.dispose()


async def write(engine: AsyncEngine, statement: Any, rows: Any = None) -> list[Any]:
    async with engine.begin() as connection:
        result = await connection.execute(statement, rows)
        return list(result) if result.returns_rows else []


async def a_promotion(engine: AsyncEngine, **more: Any) -> str:
    id_ = new_id("promo")
    row = {
        "id": id_,
        "code": id_,
        "status": "active",
        "method_id": new_id("proappmet"),
        "method_type": "percentage",
        "target_type": "items",
        "allocation": "across",
        "value": 10,
    }
    await write(engine, insert(promotion), {**row, **more})
    return id_


async def a_campaign(engine: AsyncEngine, limit: int | None, **more: Any) -> str:
    id_ = new_id("procamp")
    row = {"id": id_, "identifier": id_, "name": id_, "budget_type": "usage", "budget_limit": limit}
    await write(engine, insert(campaign), {**row, **more})
    return id_


async def used(engine: AsyncEngine, id_: str) -> Any:
    table, column = (
        (promotion_usage, promotion_usage.c.promotion_id)
        if id_.startswith("promo_")
        else (campaign_usage, campaign_usage.c.campaign_id)
    )
    (row,) = await write(engine, select(table.c.used, table.c.usage_limit).where(column == id_))
    return tuple(row)


async def test_a_limit_is_never_passed_however_many_claim_at_once(engine: AsyncEngine) -> None:
    ids = [await a_promotion(engine, limit=10), await a_promotion(engine, limit=15)]

    async def order(turn: int) -> bool:
        # Opposite orders of the same two rows: without an order of locks they would wait for each other.
        wanted = ids if turn % 2 else ids[::-1]
        async with engine.connect() as connection, connection.begin() as transaction:
            taken = await connection.execute(CLAIM_PROMOTIONS, {"promotion_ids": wanted})
            if len(taken.all()) == len(wanted):
                return True
            await transaction.rollback()
            return False

    assert sum(await asyncio.gather(*(order(turn) for turn in range(40)))) == 10
    assert [await used(engine, id_) for id_ in ids] == [(10, 10), (10, 15)]


async def test_an_unlimited_promotion_only_counts(engine: AsyncEngine) -> None:
    id_ = await a_promotion(engine)
    assert await write(engine, CLAIM_PROMOTIONS, {"promotion_ids": [id_]}) == [(id_,)]
    assert await used(engine, id_) == (1, None)


async def test_a_use_that_is_given_back_can_be_claimed_again(engine: AsyncEngine) -> None:
    id_ = await a_promotion(engine, limit=1)
    assert await write(engine, CLAIM_PROMOTIONS, {"promotion_ids": [id_]}) == [(id_,)]
    assert await write(engine, CLAIM_PROMOTIONS, {"promotion_ids": [id_]}) == []
    await write(engine, RELEASE_PROMOTIONS, {"promotion_ids": [id_]})
    assert await write(engine, CLAIM_PROMOTIONS, {"promotion_ids": [id_]}) == [(id_,)]


async def test_a_budget_is_spent_up_to_its_limit_and_rounding_never_bars_the_last_of_it(engine: AsyncEngine) -> None:
    id_ = await a_campaign(engine, 100, budget_type="spend", budget_currency_code="eur")
    spend = {"campaign_ids": [id_], "amounts": [60], "slacks": [1]}
    assert await write(engine, CLAIM_CAMPAIGNS, spend) == [(id_, 60)]
    assert await write(engine, CLAIM_CAMPAIGNS, spend) == []
    assert await write(engine, CLAIM_CAMPAIGNS, {**spend, "amounts": [41]}) == [(id_, 40)]
    assert await used(engine, id_) == (100, 100)
    await write(engine, RELEASE_CAMPAIGNS, spend)
    assert await used(engine, id_) == (40, 100)


async def test_a_campaign_without_a_limit_only_counts(engine: AsyncEngine) -> None:
    id_ = await a_campaign(engine, None)
    assert await write(engine, CLAIM_CAMPAIGNS, {"campaign_ids": [id_], "amounts": [5], "slacks": [0]}) == [(id_, 5)]
    assert await used(engine, id_) == (5, None)


async def test_use_is_read_with_one_statement(engine: AsyncEngine) -> None:
    limited, budget = await a_promotion(engine, limit=3), await a_campaign(engine, 9)
    await write(engine, CLAIM_PROMOTIONS, {"promotion_ids": [limited]})
    await write(engine, CLAIM_CAMPAIGNS, {"campaign_ids": [budget], "amounts": [4], "slacks": [0]})
    rows = await write(engine, LOAD_USAGE, {"promotion_ids": [limited], "campaign_ids": [budget]})
    assert Usage.from_rows(rows) == Usage(promotions={limited: 1}, campaigns={budget: 4})


async def test_a_changed_limit_holds_at_once_and_never_below_what_is_used(engine: AsyncEngine) -> None:
    id_ = await a_promotion(engine, limit=5)
    for _ in range(3):
        await write(engine, CLAIM_PROMOTIONS, {"promotion_ids": [id_]})
    for limit, kept in ((1, 3), (9, 9), (None, None)):
        await write(engine, update(promotion).where(promotion.c.id == id_).values(limit=limit))
        assert await used(engine, id_) == (3, kept)


@pytest.mark.parametrize(
    "wrong",
    [
        {"value": 101},
        {"value": -1},
        {"method_type": "fixed"},
        {"method_type": "fixed", "currency_code": "eur", "value": Decimal("1.5")},
        {"type": "buyget"},
        {"allocation": None},
        {"status": "gone"},
        {"limit": 0},
    ],
)
async def test_a_promotion_that_makes_no_sense_is_refused(engine: AsyncEngine, wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        await a_promotion(engine, **wrong)


async def test_books_read_what_was_written(engine: AsyncEngine) -> None:
    home = await a_campaign(engine, 9, starts_at=NOW)
    rules = [{"attribute": "currency_code", "operator": "in", "values": ["eur"]}]
    id_ = await a_promotion(engine, campaign_id=home, rules=rules, method_type="fixed", currency_code="eur", value=500)
    async with engine.connect() as connection:
        rows = [(await connection.execute(statement)).all() for statement in (LOAD_PROMOTIONS, LOAD_CAMPAIGNS)]
    found = PromotionBook.from_rows(*rows).by_id[id_]
    assert found.campaign is not None
    assert (found.campaign.id, found.campaign.starts_at) == (home, NOW)
    assert found.share == 500
    assert [rule.values for rule in found.rules] == [{"eur"}]


async def test_prices_and_taxes_read_what_was_written(engine: AsyncEngine) -> None:
    await write(engine, insert(price_list), {"id": "plist_1", "title": "Sale", "status": "active", "ends_at": NOW})
    preference = {"id": "prpref_1", "attribute": "currency_code", "value": "eur", "is_tax_inclusive": True}
    await write(engine, insert(price_preference), preference)
    await write(engine, insert(tax_region), {"id": "txreg_1", "country_code": "de"})
    vat = {"id": "txr_1", "tax_region_id": "txreg_1", "rate": Decimal("8.8751"), "name": "VAT"}
    await write(engine, insert(tax_rate), vat)
    named = {"id": "txrule_1", "tax_rate_id": "txr_1", "reference": "product", "reference_id": "prod_1"}
    await write(engine, insert(tax_rate_rule), named)
    async with engine.connect() as connection:
        lists, preferences, *taxes = [
            (await connection.execute(statement)).all()
            for statement in (
                LOAD_PRICE_LISTS,
                LOAD_PRICE_PREFERENCES,
                LOAD_TAX_REGIONS,
                LOAD_TAX_RATES,
                LOAD_TAX_RATE_RULES,
            )
        ]
    book = PriceBook.from_rows(lists, preferences)
    assert [(entry.id, entry.ends_at) for entry in book.lists] == [("plist_1", NOW)]
    assert book.context(currency_code="eur", moment=NOW).is_tax_inclusive
    (line,) = TaxBook.from_rows(*taxes).item_lines("de", None, "prod_1", None)
    assert (line.tax_rate_id, line.ppm) == ("txr_1", 88_751)


async def test_a_tax_region_has_one_default_rate(engine: AsyncEngine) -> None:
    await write(engine, insert(tax_region), {"id": "txreg_2", "country_code": "fr"})
    rate = {"tax_region_id": "txreg_2", "rate": 20, "is_default": True}
    await write(engine, insert(tax_rate), {**rate, "id": "txr_2", "name": "TVA"})
    with pytest.raises(IntegrityError):
        await write(engine, insert(tax_rate), {**rate, "id": "txr_3", "name": "Other"})


async def test_currencies_and_countries_are_there_from_the_start(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        currencies = {row.code: row for row in await connection.execute(LOAD_CURRENCIES)}
        countries = {row.iso_2: row for row in await connection.execute(LOAD_COUNTRIES)}
    digits = {code: currencies[code].decimal_digits for code in ("eur", "idr", "jpy", "kwd")}
    assert digits == {"eur": 2, "idr": 2, "jpy": 0, "kwd": 3}
    assert (currencies["eur"].symbol, currencies["idr"].symbol_native) == ("€", "Rp")
    assert set(EXPONENTS) - {"uyi"} <= set(currencies)
    assert len(countries) > 240
    germany = countries["de"]
    assert (germany.iso_3, germany.num_code, germany.name, germany.display_name) == ("deu", "276", "GERMANY", "Germany")
    assert {currency.name, country.name} == {"currency", "country"}
