"""Text search: the database and the server fold letters and cut words alike."""

from typing import Any
from unicodedata import category

import pytest
from sqlalchemy import Text, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.infrastructure.database.database import Database
from utils.folding import SIGN, fold, forms, query_of, runs

# Every letter and sign that this version of Python knows of.
SIGNS = [chr(n) for n in range(1, 0x110000) if category(chr(n)) not in ("Cn", "Co", "Cs")]


def terms(text: str) -> list[str]:
    found = {run[place : place + 2] for run in runs(text) if SIGN.match(run) for place in range(len(run))}
    return sorted(found | {run for run in runs(text) if not SIGN.match(run)})


async def test_the_database_folds_every_letter_as_the_server_does(database: Database) -> None:
    sign = func.unnest(bindparam("signs", type_=ARRAY(Text))).column_valued("sign")
    folded = func.fold("qa" + sign + "bq")
    statement = select(sign, folded, func.tsvector_to_array(func.search_vector(folded)))
    rows: list[Any] = []
    async with database.reading() as work:
        for start in range(0, len(SIGNS), 5000):
            rows += (await work.execute(statement, {"signs": SIGNS[start : start + 5000]})).all()
    assert [(one, found) for one, found, _ in rows if found != fold(f"qa{one}bq")] == []
    assert [(one, found) for one, _, found in rows if sorted(found) != terms(fold(f"qa{one}bq"))] == []
    assert len(rows) > 140_000


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("CHÂTEAU", "chateau"),
        ("Chateau\u0302", "chateau"),
        ("Größe ẞ", "grosse ss"),
        ("Łódź Bøtte Æble Đà Ħal Œuvre Þór", "lodz botte aeble da hal oeuvre thor"),
        ("İSTANBUL ılık", "istanbul ilik"),
        ("ΟΔΥΣΣΕΎΣ", "οδυσσευσ"),
        ("ＭＵＧ １２", "mug 12"),
        ("ﾎﾟｽﾀｰ", "ポスター"),
        ("한국", "한국"),
        ("مُحَمَّد", "محمد"),
        ("שָׁלוֹם", "שלום"),
        ("Ёлка", "елка"),
        ("mu\u200bg", "mug"),
    ],
)
async def test_ways_to_write_one_word_are_one(database: Database, written: str, folded: str) -> None:
    assert fold(written) == folded
    async with database.reading() as work:
        assert (await work.execute(select(func.fold(written)))).scalar_one() == folded


def test_a_word_is_looked_for_in_both_numbers() -> None:
    pairs = (("mugs", "mug"), ("berries", "berry"), ("boxes", "box"), ("knives", "knif"), ("Tassen".lower(), "tasse"))
    assert [one for many, one in pairs if one not in forms(many)] == []
    assert [many for many, one in pairs[:3] if many not in forms(one)] == []
    assert "glas" not in forms("glass")
    assert forms("12") == []


def test_a_text_search_is_words_and_rows_of_signs() -> None:
    assert query_of("sh-72") == "'sh' & '72':*"
    assert query_of("ポスター") == "('ポス' <-> 'スタ' <-> 'ター')"
    assert query_of("青") == "'青':*"
    assert query_of("!!") == ""
