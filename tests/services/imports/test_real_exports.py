"""Cells of real exports: weights with decimals, SKUs that repeat, columns that have no field."""

from typing import Any

import pytest

from services.infrastructure.database.database import Database
from tests.services.imports.sheets import COLUMNS, Import, item, one, sheet, variants_of

RING = [
    item("ring", sku="M12") | {"Option1 Name": "Size", "Option1 Value": "16"},
    {"Handle": "ring", "Option1 Value": "17", "Variant SKU": "M12", "Variant Price": "10"},
    {"Handle": "ring", "Option1 Value": "18", "Variant SKU": "M12", "Variant Price": "10"},
]


async def skus(database: Database, handle: str) -> dict[str, str]:
    return {variant.title: variant.sku for variant in await variants_of(database, handle)}


async def test_weights_are_rounded_to_whole_grams(database: Database, run: Import) -> None:
    weights = {"226.796185": 227, "283.4952313": 283, "120.0": 120, "0.4": None, "0,5": 1, "1.5": 2, ".5": 1, "0": None}
    columns = [*COLUMNS, "Variant Grams"]
    text = sheet(*(item(f"grams-{n}") | {"Variant Grams": grams} for n, grams in enumerate(weights)), columns=columns)
    result, faults = await run(text)
    assert (result.created, faults) == (len(weights), [])
    found = [(await variants_of(database, f"grams-{n}"))[0].weight for n in range(len(weights))]
    assert found == list(weights.values())
    assert (await run(text))[0].unchanged == len(weights)


@pytest.mark.parametrize("cell", ["12 kg", "1,800", "-5", "1e3", "1.2.3", "five"])
async def test_weights_that_are_no_number_are_faults(run: Import, cell: str) -> None:
    text = sheet(item("no-weight") | {"Variant Grams": cell}, columns=[*COLUMNS, "Variant Grams"])
    assert (await run(text))[1] == [(2, "Variant Grams", f"{cell!r} is not a number")]


@pytest.mark.parametrize("cell", ["1,800", "-5", "12,50 EUR", "$5", "1.800,50", "1 000"])
async def test_prices_that_can_be_read_in_two_ways_are_faults(run: Import, cell: str) -> None:
    result, faults = await run(sheet(item("no-price-at-all", price=cell)))
    assert (result.created, faults) == (0, [(2, "Variant Price", f"{cell!r} is not a price")])


@pytest.mark.parametrize("cell", ["1,000", "1.000", "-1,000", "+12,500", "1 000", "10.5", "1e3"])
async def test_counts_that_can_be_read_in_two_ways_are_faults(run: Import, cell: str) -> None:
    columns = [*COLUMNS, "Variant Inventory Tracker", "Variant Inventory Qty"]
    row = item("no-count") | {"Variant Inventory Tracker": "shopify", "Variant Inventory Qty": cell}
    result, faults = await run(sheet(row, columns=columns))
    assert (result.created, faults) == (0, [(2, "Variant Inventory Qty", f"{cell!r} is not a whole number")])


@pytest.mark.parametrize("cell", ["10.0", "10,0000", "0.000", "-3", "+3", "1000"])
async def test_counts_without_a_part_are_taken(run: Import, cell: str) -> None:
    columns = [*COLUMNS, "Variant Inventory Tracker", "Variant Inventory Qty"]
    row = item("count") | {"Variant Inventory Tracker": "shopify", "Variant Inventory Qty": cell}
    assert (await run(sheet(row, columns=columns), dry_run=True))[1] == []


@pytest.mark.parametrize(("price", "before"), [("150.000", ""), ("5", "1.800"), ("75.000", "150.00")])
@pytest.mark.parametrize("currency", ["idr", "eur"])
async def test_a_point_that_may_part_thousands_of_a_price_is_a_fault(
    run: Import, currency: str, price: str, before: str
) -> None:
    row = item("point", price=price) | {"Variant Compare At Price": before}
    text = sheet(row, columns=[*COLUMNS, "Variant Compare At Price"])
    result, faults = await run(text, currency=currency)
    column, said = ("Variant Compare At Price", before) if before == "1.800" else ("Variant Price", price)
    assert (result.created, faults) == (0, [(2, column, f"{said!r} can be read in two ways")])


@pytest.mark.parametrize(
    ("price", "currency"), [("1.800", "kwd"), ("150000.00", "idr"), ("0.500", "eur"), ("1234.500", "eur")]
)
async def test_a_point_that_parts_no_thousands_is_a_decimal_one(run: Import, price: str, currency: str) -> None:
    assert (await run(sheet(item("decimal", price=price)), currency=currency, dry_run=True))[1] == []


async def test_one_sku_on_several_variants(database: Database, run: Import, told: list[Any]) -> None:
    text = sheet(*RING, item("band", sku="M12"), item("pin", sku="PIN-1"))
    result, faults = await run(text)
    assert (result.created, result.variants, faults) == (3, 5, [])
    assert [(line, column) for line, column, _ in told] == [(3, "Variant SKU"), (4, "Variant SKU"), (5, "Variant SKU")]
    assert told[0][2] == "'M12' is the SKU of line 2 too; 'RING-17' is used here"
    first = await skus(database, "ring")
    assert first == {"16": "M12", "17": "RING-17", "18": "RING-18"}
    assert await skus(database, "band") == {"Default": "BAND"}
    again, _ = await run(text)
    assert (again.unchanged, again.warnings) == (3, 3)
    # Neither the order of the rows nor a part of the file gives the SKU to another.
    assert (await run(sheet(item("band", sku="M12"), item("pin", sku="PIN-1"), *RING)))[0].unchanged == 3
    assert (await run(sheet(item("band", sku="M12"))))[0].unchanged == 1
    head = RING[0] | {"Option1 Value": "18"}
    swapped, _ = await run(sheet(head, RING[1], RING[2] | {"Option1 Value": "16"}))
    assert swapped.created == swapped.failed == 0
    assert await skus(database, "ring") == first


async def test_a_made_sku_makes_way_for_one_that_is_written(database: Database, run: Import) -> None:
    text = sheet(item("brooch"), item("copy", sku="BROOCH"))
    assert (await run(text))[0].created == 2
    assert await skus(database, "copy") == {"Default": "BROOCH"}
    made = (await skus(database, "brooch"))["Default"]
    assert made.startswith("BROOCH-")
    assert (await run(text))[0].unchanged == 2


TODAY = (
    "Title,URL handle,Description,Published on online store,Status,SKU,Option1 name,Option1 value,Option1 Linked To,"
    "Price,Price / International,Compare-at price / International,Included / International,Unit price total measure,"
    "Unit price total measure unit,Inventory tracker,Inventory quantity,Weight value (grams),Collection,Tax code,"
    "Fit (variant.metafields.custom.fit),Notes\n"
    "Tea,leaf-tea,<p>Leaves</p>,TRUE,Active,LT-100,Weight,100 g,,6.00,8.50,,TRUE,100,g,shopify,9,120,Summer,P1,"
    "loose,a\n"
    ",leaf-tea,,,,LT-250,,250 g,,14.00,18.00,,,,,shopify,4,280,,,tight,\n"
)


async def test_what_is_filled_and_not_loaded_is_named(database: Database, run: Import) -> None:
    result, faults = await run(TODAY)
    assert (result.created, faults, result.warnings) == (1, [], 0)
    assert result.not_loaded == {"Price / International": 2, "Included / International": 1, "Notes": 1}
    assert result.kept == {
        "Unit price total measure": 1,
        "Unit price total measure unit": 1,
        "Collection": 1,
        "Tax code": 1,
        "Fit (variant.metafields.custom.fit)": 2,
    }
    assert (await one(database, "leaf-tea")).metadata == {"collection": "Summer", "body_html": "<p>Leaves</p>"}
    small, large = await variants_of(database, "leaf-tea")
    unit = {"total_measure": "100", "total_measure_unit": "g"}
    assert small.metadata == {"tax_code": "P1", "unit_price": unit, "metafields": {"custom.fit": "loose"}}
    assert large.metadata == {"metafields": {"custom.fit": "tight"}}
    assert (await run(TODAY))[0].unchanged == 1


async def test_cells_without_effect_are_named(run: Import) -> None:
    columns = [*COLUMNS, "Variant Inventory Qty", "Variant Compare At Price", "Image Alt Text"]
    row = item("idle") | {"Variant Inventory Qty": "7", "Variant Compare At Price": "9", "Image Alt Text": "What?"}
    result, _ = await run(sheet(row, columns=columns))
    assert result.not_loaded == {
        "Variant Inventory Qty without an inventory tracker": 1,
        "Variant Compare At Price that is not above the price": 1,
        "Image Alt Text without an image": 1,
    }


async def test_cells_that_no_variant_takes_are_named_and_not_said_to_be_kept(run: Import) -> None:
    columns = [*COLUMNS, "Variant Inventory Qty", "Variant Barcode", "Variant Compare At Price", "Cost per item"]
    picture = {"Handle": "album", "Title": "Album", "Image Src": "https://images.example/a.jpg", "Published": "TRUE"}
    lost = {
        "Variant Inventory Qty": "77",
        "Variant Barcode": "4006",
        "Variant Compare At Price": "9",
        "Cost per item": "4",
    }
    head = item("album") | {"Published": "TRUE", "Cost per item": "3"}
    result, _ = await run(sheet(head, picture | lost, columns=columns))
    assert result.not_loaded == dict.fromkeys(lost, 1)
    assert result.kept == {"Cost per item": 1}
    again, _ = await run(sheet(item("single") | {"Published": "TRUE"}, {"Handle": "single", "Published": "FALSE"}))
    assert again.not_loaded == {"Published": 1}


async def test_a_products_own_cell_that_differs_between_rows_is_told(run: Import, told: list[Any]) -> None:
    rows = [RING[0] | {"Handle": "torn"}, RING[1] | {"Handle": "torn", "Title": "Another", "Variant SKU": ""}]
    rows[0]["Variant SKU"] = ""
    result, _ = await run(sheet(*rows))
    assert result.created == 1
    assert told == [(3, "Title", "differs from line 2, which counts for the product")]


async def test_codes_that_a_spreadsheet_has_shortened_are_told(run: Import, told: list[Any]) -> None:
    columns = [*COLUMNS, "Variant Barcode"]
    await run(sheet(item("shortened") | {"Variant Barcode": "4.00638E+12"}, columns=columns))
    assert [(line, column) for line, column, _ in told] == [(2, "Variant Barcode")]
