"""The list query: tables and memory answer alike; a statement is made once for each shape; cursors."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from models.product.category import TAG
from models.schema.product import product_tag
from models.shared import list_memory
from models.shared.crud import listing_of
from models.shared.list_query import Cursor, CursorInvalid, ListQuery
from models.shared.list_sql import count_of, rows_of
from services.infrastructure.database.database import Database
from services.shared import crud

START = datetime(2025, 1, 1, tzinfo=UTC)
VALUES = ("Äpfel 100%", "apfel_rot", "Zebra", "zebra", "Birne grün", "birne", "100 percent", "Ærø")
NEWER = {"created_at": {"$gt": (START + timedelta(days=3)).isoformat()}}
BETWEEN = {
    "created_at": {
        "$gte": START.isoformat(),
        "$lte": (START + timedelta(days=2)).isoformat(),
        "$ne": START.isoformat(),
    }
}
FILTERS: list[dict[str, Any]] = [
    {},
    {"value": "zebra"},
    {"value": ["Zebra", "birne", "nothing"]},
    {"value": []},
    {"external_id": ["even"]},
    {"q": "APFEL"},
    {"q": "100%"},
    {"q": "apfel_"},
    {"q": "grun birne"},
    {"q": "aero"},
    {"q": "  "},
    NEWER,
    {
        "created_at": {
            "$gte": START.isoformat(),
            "$lte": (START + timedelta(days=2)).isoformat(),
            "$ne": START.isoformat(),
        }
    },
    {"$or": [{"value": "zebra"}, NEWER], "external_id": "even"},
    {"$and": [{"$or": [{"q": "zebra"}, {"value": "birne"}]}, {"external_id": ["even"]}]},
    {"$or": []},
    {"$and": []},
    {"$or": [{}]},
]
ORDERS = [("value", False), ("value", True), ("created_at", False), ("external_id", True), ("id", True)]


@pytest.fixture(scope="module")
async def tags(database: Database) -> list[Any]:
    """Rows of which some are alike, and some have nulls in what is sorted by."""
    rows = [
        {
            "id": f"ptag_{n}",
            "value": value,
            "external_id": "even" if n % 2 else None,
            "created_at": START + timedelta(n),
        }
        for n, value in enumerate(VALUES)
    ]
    async with database.unit_of_work() as work:
        await work.execute(insert(product_tag), rows)
    async with database.reading() as work:
        found, _ = await crud.page(work, TAG, limit=1000, offset=0, id=[row["id"] for row in rows])
    return found


@pytest.mark.parametrize("order", ORDERS, ids=str)
@pytest.mark.parametrize("filters", FILTERS, ids=str)
async def test_tables_and_memory_give_the_same_pages(
    database: Database, tags: list[Any], filters: dict[str, Any], order: tuple[str, bool]
) -> None:
    scope = {"$and": [{"id": [row.id for row in tags]}, filters]}
    async with database.reading() as work:
        for offset in (0, 3):
            asked: dict[str, Any] = {"limit": 3, "offset": offset, "order": order, **scope}
            rows, count = await crud.page(work, TAG, **asked)
            held, total = list_memory.page(tags, searched=TAG.searched, **asked)
            assert ([row.id for row in rows], count) == ([row.id for row in held], total)


def test_a_statement_is_made_once_for_each_shape() -> None:
    listing = listing_of(TAG)
    one = listing.asked(ListQuery(10, 0, None, {"value": ["a"], "q": "first words"}))
    other = listing.asked(ListQuery(20, 5, None, {"value": ["b", "c"], "q": "other"}))
    assert one[:2] == other[:2]
    assert one[2] != other[2]
    assert rows_of(listing, *one[:2]) is rows_of(listing, *other[:2])
    assert count_of(listing, one[0]) is count_of(listing, other[0])


def test_a_cursor_comes_back_as_it_was() -> None:
    last = Cursor(START + timedelta(microseconds=1), "sord_1.2")
    assert Cursor.parse(str(last)) == last


@pytest.mark.parametrize(
    "text", ["", "x", "!", "MTIz", "MS4", str(Cursor(START, "a\0b")), "OTk5OTk5OTk5OTk5OTk5OTk5OTkuYQ"]
)
def test_a_cursor_that_no_page_has_given_is_refused(text: str) -> None:
    with pytest.raises(CursorInvalid):
        Cursor.parse(text)
