"""Product files as they come: encodings, broken rows, faults by line and column."""

from typing import Any

import pytest

from services import imports
from services.infrastructure.database.database import Database
from tests.services.imports.sheets import Import, item, one, sheet, variants_of
from utils.text import slug


async def test_broken_rows_fail_their_product_only(run: Import) -> None:
    text = sheet(item("before"), item("broken"), item("after")).replace("\nbroken,", '\nbroken,"x"y,')
    result, faults = await run(text)
    assert (result.created, result.failed) == (2, 1)
    assert [line for line, _, _ in faults] == [3]


async def test_a_quote_that_is_never_closed_is_told(run: Import) -> None:
    result, faults = await run(sheet(item("fine-1"), item("fine-2"), item("fine-3")) + 'open,"never closed,\n')
    assert result.created == 3
    assert [(line, message) for line, _, message in faults] == [(5, "is not a CSV row: unexpected end of data")]


async def test_quoted_lines_keep_their_breaks_and_count_as_lines(database: Database, run: Import) -> None:
    text = sheet(item("lines", body="<p>one</p>\n<p>two</p>"), item("next-one", price="x"))
    _, faults = await run(text)
    assert (await one(database, "lines")).description == "one\ntwo"
    assert faults[0][0] == 4


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
async def test_encodings_and_delimiters(database: Database, run: Import, encoding: str, delimiter: str) -> None:
    handle = f"cafe-{encoding}-{ord(delimiter)}"
    result, faults = await run(sheet(item(handle, title="Café; crème, ☕"), delimiter=delimiter).encode(encoding))
    assert (result.created, faults) == (1, [])
    assert (await one(database, slug(handle))).title == "Café; crème, ☕"


async def test_bytes_that_are_no_text_fail_their_row(run: Import) -> None:
    raw = sheet(item("clean"), item("dirty", title="caf?"), item("nul", title="a?b"), item("also-clean")).encode()
    raw = raw.replace(b"caf?", b"caf\xe9").replace(b"a?b", b"a\0b")
    result, faults = await run(raw)
    assert (result.created, result.failed) == (2, 2)
    assert [(line, column) for line, column, _ in faults] == [(3, "Title"), (4, "Title")]


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "Handle,Title,Handle,Variant Price\n"])
async def test_a_file_that_is_no_export_is_refused(run: Import, text: str) -> None:
    with pytest.raises(imports.UnreadableCsv):
        await run(text)


async def test_todays_column_names_are_known(database: Database, run: Import) -> None:
    text = (
        "Title,URL handle,Description,Published on online store,Status,SKU,Option1 name,Option1 value,Price,"
        "Inventory tracker,Inventory quantity,Continue selling when out of stock,Product image URL\n"
        "Kite,kite,<p>Flies</p>,TRUE,Archived,K-1,Title,Default Title,20,shopify,3,TRUE,https://images.shop.example/k.jpg\n"
    )
    assert (await run(text))[1] == []
    found = (await variants_of(database, "kite"))[0]
    assert ((await one(database, "kite")).status, found.allow_backorder) == ("draft", True)


async def test_faulty_rows_are_told_and_the_others_imported(run: Import) -> None:
    text = sheet(
        item("good-one"),
        item("no-price", price=""),
        item("bad-price", price="12,50 EUR"),
        item("bad-flag", Published="maybe"),
        item("bad-image", image="javascript:alert(1)"),
        item("no-title", title=""),
        item("good-two"),
        item("too-exact", price="1.234"),
        item("good-one", title="Again"),
        {"Title": "Lost", "Variant Price": "1"},
        item("good-three", Option1_Name="Size", Option1_Value="S"),
        {"Handle": "good-three", "Option1 Value": "S", "Variant Price": "2"},
        item("sku-thief", sku="GOOD-ONE"),
    )
    result, faults = await run(text)
    assert (result.created, result.failed) == (2, 8)
    assert [(line, column) for line, column, _ in faults] == [
        (3, "Variant Price"),
        (4, "Variant Price"),
        (5, "Published"),
        (6, "Image Src"),
        (7, "Title"),
        (9, "Variant Price"),
        (10, "Option1 Value"),
        (11, "Handle"),
        (13, "Option1 Value"),
    ]
    assert faults[6][2] == "is the variant of line 2 again"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"seller": "nobody"}, "There is no store 'nobody'"),
        ({"seller": "nowhere"}, "The file does not say its currency"),
        ({"currency": "zzz"}, "There is no currency 'zzz'"),
        ({"sales_channels": ("Nope",)}, "There is no sales channel 'Nope'"),
        ({"location": "Nope"}, "The store has no stock location 'Nope'"),
    ],
)
async def test_what_cannot_begin_says_why(run: Import, more: dict[str, Any], message: str) -> None:
    with pytest.raises(imports.ImportRefused, match=message):
        await run(sheet(item("never")), **more)
