"""Promotion codes count as people type them: blanks at the ends and case do not matter."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from services import seed
from services.infrastructure.database.database import Database
from tests.buying import Buyer

TEE = "two/TEE"
TYPED = ["P15", " P15", "P15 ", "p15", "\u00a0p15\u200b", "\ufeffP15\n", "Ｐ15"]


@pytest.mark.parametrize("code", TYPED)
async def test_a_code_applies_as_it_is_typed(buyer: Buyer, code: str) -> None:
    cart = await buyer.cart((TEE, 2), region="Belgium", promo_codes=[code])
    assert (cart["discount_total"], [p["code"] for p in cart["promotions"]]) == (4.5, ["P15"])
    cart = await buyer.cart((TEE, 2), region="Belgium")
    path = f"/store/carts/{cart['id']}"
    for body in ({"promo_codes": [code]}, {"promo_codes": [code, "p15"]}):
        for place in (path, f"{path}/promotions"):
            cart = (await buyer.post(place, body))["cart"]
            assert (cart["discount_total"], len(cart["promotions"])) == (4.5, 1)
    cart = (await buyer.ask("DELETE", f"{path}/promotions", {"promo_codes": [code]}))["cart"]
    assert (cart["discount_total"], cart["promotions"]) == (0, [])


@pytest.mark.parametrize("code", ["P 15", "P1", " ", "P15!"])
async def test_another_code_is_refused_as_it_was_typed(buyer: Buyer, code: str) -> None:
    cart = await buyer.cart((TEE, 2), region="Belgium")
    refused = await buyer.post(f"/store/carts/{cart['id']}/promotions", {"promo_codes": [code]}, 400)
    assert (refused["code"], refused["promotion_code"]) == ("promotion_code_invalid", code)


async def test_two_codes_that_differ_in_case_only_cannot_be_there(database: Database) -> None:
    copied = (
        "INSERT INTO promotion (id, code, method_id, method_type, target_type, allocation, value) "
        "VALUES ('promo_' || :code, :code, 'm_' || :code, 'percentage', 'items', 'across', 5)"
    )
    for code in ("p15", " P15 "):
        with pytest.raises(IntegrityError, match="uq_promotion_code_key"):
            async with database.unit_of_work() as work:
                await work.execute(text(copied), {"code": code})


METHOD = {"type": "percentage", "value": 5, "target_type": "items", "allocation": "across"}


async def test_a_seed_file_finds_a_promotion_in_any_case_and_states_it_once(
    database: Database, ids: dict[str, Any]
) -> None:
    same = {"promotions": [{"code": "two3", "status": "inactive", "application_method": METHOD}]}
    async with database.unit_of_work() as work:
        report = await seed.load(work, same)
        codes = (await work.execute(text("SELECT code FROM promotion WHERE lower(code) = 'two3'"))).scalars().all()
    assert (codes, report.ids["promotions"]) == (["TWO3"], {"two3": ids["promotions"]["TWO3"]})
    twice = {"promotions": [{"code": code, "application_method": METHOD} for code in ("New", "NEW")]}
    with pytest.raises(seed.SeedErrors) as refused:
        async with database.unit_of_work() as work:
            await seed.load(work, twice)
    (problem,) = refused.value.problems
    assert (problem.path, problem.message) == (
        "promotions[1].code",
        "differs from the code of promotions[0] in case only",
    )
