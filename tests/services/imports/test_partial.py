"""What of a file cannot be read removes nothing: its product stays whole, whoever else the rows may be of too."""

from pathlib import Path
from typing import Any

import pytest

from services import imports
from services.infrastructure.database.database import Database
from tests.services.imports.sheets import Import, item, one, sheet, variants_of

COLUMNS = "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Vendor,Tags".split(",")
TODAY = "Title,URL handle,Description,Option1 name,Option1 value,SKU,Price".split(",")


def catalogue(start: str, columns: list[str] = COLUMNS) -> list[str]:
    """A header and three products of three variants; every row names everything, as bulk editors write it."""
    lines = [",".join(columns)]
    for name in "abc":
        for size in ("S", "M", "L"):
            handle, title, sku = f"{start}-{name}", f"Fill {name}", f"{start}-{name}-{size}"
            if columns is COLUMNS:
                lines.append(f"{handle},{title},Size,Größe {size},{sku},10,Mill,")
            else:
                lines.append(f"{title},{handle},Made of clay,Size,Größe {size},{sku},10")
    return lines


def joined(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def spoiled(lines: list[str], old: str, new: str, line: int = 5) -> bytes:
    """The file with one of its lines changed; the first line is 1."""
    changed = list(lines)
    assert old in changed[line - 1]
    changed[line - 1] = changed[line - 1].replace(old, new, 1)
    return joined(changed)


async def ids(database: Database, start: str) -> dict[str, list[str]]:
    return {name: [variant.id for variant in await variants_of(database, f"{start}-{name}")] for name in "abc"}


BREAKS: dict[str, Any] = {
    "no text": lambda lines: (
        joined(lines)
        .replace("Größe S".encode(), "Größe S".encode("cp1252"), 2)
        .replace("Größe S".encode("cp1252"), "Größe S".encode(), 1)
    ),
    "lost before": lambda lines: spoiled(lines, "Größe", "Gr\ufffdße"),
    "a NUL": lambda lines: spoiled(lines, "Größe", "Gr\0ße"),
    "too many cells": lambda lines: spoiled(lines, "Size", "Size, of course"),
    "an open quote": lambda lines: spoiled(lines, "Größe S", '"Größe S'),
    "text after a quote": lambda lines: spoiled(lines, "Größe S", '"Größe" S'),
}


@pytest.mark.parametrize("name", BREAKS)
async def test_a_broken_row_costs_its_product_only(database: Database, run: Import, name: str) -> None:
    start = f"row-{name.replace(' ', '-').lower()}"
    lines = catalogue(start)
    fresh, faults = await run(BREAKS[name](lines), seller="beta")
    assert [line for line, _, _ in faults] == [5]
    assert (fresh.created, fresh.failed) == (2, 1)
    assert await variants_of(database, f"{start}-b") == []
    await run(joined(lines), seller="beta")
    before = await ids(database, start)
    result, faults = await run(BREAKS[name](lines), seller="beta")
    assert [line for line, _, _ in faults] == [5]
    assert (result.unchanged, result.failed, result.faults) == (2, 1, 1)
    assert await ids(database, start) == before
    assert [len(found) for found in before.values()] == [3, 3, 3]


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("quote", "Fill b", '"Fill b'),
        ("bytes", "{start}-b", "{start}\ufffdb"),
        ("empty", "{start}-b,", ","),
    ],
)
async def test_nobody_beside_a_row_without_a_handle_is_touched(
    database: Database, run: Import, name: str, old: str, new: str
) -> None:
    """The row stands between the products a and b, and the title comes first, so an open quote hides the handle."""
    start = f"beside-{name}"
    lines = catalogue(start, TODAY)
    await run(joined(lines))
    before = await ids(database, start)
    result, faults = await run(spoiled(lines, old.format(start=start), new.format(start=start)))
    assert [line for line, _, _ in faults] == [5]
    assert (result.unchanged, result.failed) == (1, 2)
    assert await ids(database, start) == before


async def test_a_lost_row_may_be_of_a_product_elsewhere_in_the_file(database: Database, run: Import) -> None:
    lines = catalogue("far")
    await run(joined(lines))
    before = await ids(database, "far")
    # A row of c has strayed between those of a, and lost its handle.
    stray = lines.pop(9).replace("far-c,", ",", 1)
    result, faults = await run(joined([*lines[:2], stray, *lines[2:]]))
    assert [line for line, _, _ in faults] == [3, 9]
    assert faults[1][2] == "would lose 'far-c-L', which may stand in line 3 that cannot be read"
    assert (result.unchanged, result.failed) == (1, 2)
    assert await ids(database, "far") == before


async def test_rows_of_a_product_need_neither_order_nor_company(database: Database, run: Import) -> None:
    rows = [
        {"Handle": "strewn", "Option1 Value": "L", "Variant Price": "12", "Variant SKU": "ST-L"},
        item("guest"),
        {"Handle": "strewn", "Image Src": "https://images.shop.example/strewn.jpg"},
        item("strewn", sku="ST-S") | {"Option1 Name": "Size", "Option1 Value": "S"},
        item("guest-2"),
        {"Handle": "STREWN", "Option1 Value": "M", "Variant Price": "11", "Variant SKU": "ST-M"},
    ]
    result, faults = await run(sheet(*rows))
    assert (result.created, faults) == (3, [])
    assert [(v.sku, v.title) for v in await variants_of(database, "strewn")] == [
        ("ST-L", "L"),
        ("ST-S", "S"),
        ("ST-M", "M"),
    ]
    assert (await run(sheet(*rows)))[0].unchanged == 3


async def test_a_file_that_breaks_off_is_told(database: Database, run: Import) -> None:
    lines = catalogue("cut")
    await run(joined(lines))
    before = await ids(database, "cut")
    result, faults = await run(joined(lines)[: -len(",Mill,\n") - 1])  # the price is 1 now, and no line ends
    assert faults == [(10, "", "is where the file breaks off")]
    assert (result.unchanged, result.failed) == (2, 1)
    assert await ids(database, "cut") == before


async def test_faults_are_told_before_anything_is_written(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "late.csv"
    path.write_text(sheet(item("early"), item("too-exact", price="1.234"), item("late", price="x")))
    created: list[int] = []
    importer = imports.Importer(
        database, imports.Order(path, "alpha"), lambda _: created.append(importer.result.created)
    )
    result = await importer.run()
    assert (created, result.created) == ([0, 0], 1)


async def test_what_a_file_has_no_column_for_stays(database: Database, run: Import) -> None:
    columns = [*COLUMNS, "Image Src", "Variant Grams", "Variant Inventory Tracker", "Variant Inventory Qty"]
    whole = item("partial", sku="PA-1", image="https://images.shop.example/partial.jpg") | {
        "Tags": "kept",
        "Variant Grams": "250",
        "Variant Inventory Tracker": "shopify",
        "Variant Inventory Qty": "4",
    }
    await run(sheet(whole, columns=columns))
    few = ["Handle", "Title", "Variant SKU", "Variant Price"]
    result, _ = await run(sheet(item("partial", sku="PA-1", price="11"), columns=few))
    assert result.updated == 1
    found = await one(database, "partial")
    variant = (await variants_of(database, "partial"))[0]
    assert found.thumbnail == "https://images.shop.example/partial.jpg"
    assert (variant.weight, variant.manage_inventory) == (250, True)
    # A column that is there and empty says that there is nothing.
    await run(sheet(whole | {"Image Src": "", "Variant Grams": ""}, columns=columns))
    assert (await one(database, "partial")).thumbnail is None
    assert (await variants_of(database, "partial"))[0].weight is None


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "utf-32"])
async def test_half_a_character_fails_its_row_in_every_encoding(run: Import, encoding: str) -> None:
    text = sheet(item(f"whole-{encoding}"), item(f"half-{encoding}", title="x?y"))
    lone = {"utf-16-be": b"\xd8\x00", "utf-32": b"\xff\xff\xff\xff"}.get(encoding, b"\x00\xd8")
    mark = "?".encode({"utf-16": "utf-16-le", "utf-32": "utf-32-le"}.get(encoding, encoding))
    raw = text.encode(encoding).replace(mark, lone)
    result, faults = await run(raw)
    assert [line for line, _, _ in faults] == [3]
    assert (result.created, result.failed) == (1, 1)


@pytest.mark.parametrize("end", ["\r\n", "\r"])
async def test_files_of_spreadsheets(database: Database, run: Import, end: str) -> None:
    handle = f"excel-{len(end)}"
    text = "\ufeffsep=;\n\n" + sheet(item(handle, title="Töpfe; groß", price="12,50"), delimiter=";") + ";;;;;;;;;\n"
    result, faults = await run(text.replace("\n", end))
    assert (result.created, faults) == (1, [])
    assert (await one(database, handle)).title == "Töpfe; groß"
