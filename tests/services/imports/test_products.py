"""What becomes of the rows of a product file, and what a second run does not do."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from models.journal.counters import COUNTERS
from models.schema.identity import sales_channel
from models.schema.inventory import inventory_item, inventory_level, inventory_movement, stock_location
from models.schema.pricing import price, price_list
from models.schema.product import product, product_image, product_option, product_sales_channel, product_tag
from services import imports
from services.imports.catalogue import made_sku
from services.infrastructure.database.database import Database
from tests.services.imports.sheets import COLUMNS, Import, item, one, rows, sheet, variants_of
from utils.text import cleaned, plain

CATALOGUES = sorted((Path(__file__).parents[2] / "data" / "catalogues").glob("*.csv"))


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: file.stem)
async def test_a_second_run_changes_nothing(database: Database, run: Import, file: Path) -> None:
    first, faults = await run(file)
    counters = await rows(database, COUNTERS)
    movements = await rows(database, select(func.count()).select_from(inventory_movement))
    second, _ = await run(file)
    assert faults == []
    assert first.created >= 5
    assert (second.created, second.updated, second.failed) == (0, 0, 0)
    assert second.unchanged == first.created
    assert await rows(database, COUNTERS) == counters
    assert await rows(database, select(func.count()).select_from(inventory_movement)) == movements


async def test_a_row_becomes_everything_it_says(database: Database, run: Import) -> None:
    await run(next(file for file in CATALOGUES if file.stem == "household"))
    pitcher = await one(database, "clay-pitcher")
    assert pitcher.title == "Clay Pitcher"
    assert pitcher.external_id == "clay-pitcher"
    assert pitcher.description == "Thrown by hand.\nKeeps water cool."
    assert pitcher.metadata == {
        "vendor": "Kiln 7",
        "seo_title": "Clay pitcher, cool water",
        "seo_description": "Thrown by hand",
        "google_shopping": {"google_product_category": "Home & Garden > Kitchen"},
        "body_html": "<p>Thrown by hand.<br>Keeps water <strong>cool</strong>.</p>",
    }
    images = await rows(
        database, select(product_image).where(product_image.c.product_id == pitcher.id).order_by("rank")
    )
    assert [(image.url[-13:], image.alt) for image in images] == [
        ("pitcher-2.jpg", None),
        ("pitcher-1.jpg", "From the side"),
    ]
    assert pitcher.thumbnail == images[0].url
    regular, large = await variants_of(database, "clay-pitcher")
    assert (regular.title, regular.sku, regular.weight, regular.barcode) == ("Regular", "KP-REG", 900, "4006381333931")
    assert (regular.allow_backorder, large.allow_backorder) == (False, True)
    assert regular.metadata == {"cost": "9.10", "weight_unit": "kg"}


async def test_a_compare_at_price_is_the_price_beside_a_sale(database: Database, run: Import) -> None:
    await run(next(file for file in CATALOGUES if file.stem == "household"))
    lamp = (await variants_of(database, "reading-lamp"))[0]
    listed = select(price.c.amount, price_list.c.type, price_list.c.status).outerjoin(price_list)
    found = await rows(database, listed.where(price.c.variant_id == lamp.id).order_by(price.c.amount))
    assert [tuple(row) for row in found] == [(5999, "sale", "active"), (7500, None, None)]
    candle = (await variants_of(database, "beeswax-candle"))[0]
    assert len(await rows(database, listed.where(price.c.variant_id == candle.id))) == 1


async def test_a_sale_that_is_over_leaves_the_list(database: Database, run: Import) -> None:
    columns = [*COLUMNS, "Variant Compare At Price"]
    await run(sheet(item("clock", price="8") | {"Variant Compare At Price": "10"}, columns=columns))
    await run(sheet(item("clock", price="10"), columns=columns))
    variant = (await variants_of(database, "clock"))[0]
    found = await rows(database, select(price.c.amount).where(price.c.variant_id == variant.id))
    assert [row.amount for row in found] == [1000]


async def test_stock_is_counted_only_with_a_tracker(database: Database, run: Import) -> None:
    columns = [*COLUMNS, "Variant Inventory Tracker", "Variant Inventory Qty"]
    tracked = {"Variant Inventory Tracker": "shopify"}
    text = sheet(
        item("counted") | tracked | {"Variant Inventory Qty": "7"},
        item("oversold") | tracked | {"Variant Inventory Qty": "-2"},
        item("uncounted") | {"Variant Inventory Qty": "7"},
        columns=columns,
    )
    await run(text, location="Second")
    kept = [(await variants_of(database, h))[0].manage_inventory for h in ("counted", "oversold", "uncounted")]
    assert kept == [True, True, False]
    found = (
        select(inventory_item.c.sku, inventory_level.c.stocked, stock_location.c.name)
        .join(inventory_item, inventory_item.c.id == inventory_level.c.item_id)
        .join(stock_location, stock_location.c.id == inventory_level.c.location_id)
        .where(inventory_item.c.sku.in_(["COUNTED", "OVERSOLD", "UNCOUNTED"]))
        .order_by(inventory_item.c.sku)
    )
    lying = [tuple(row) for row in await rows(database, found)]
    assert lying == [("COUNTED", 7, "Second"), ("OVERSOLD", 0, "Second")]


async def test_options_variants_and_images_of_many_rows(database: Database, run: Import) -> None:
    await run(next(file for file in CATALOGUES if file.stem == "clothes"))
    found = await variants_of(database, "plain-tee")
    assert [v.title for v in found] == ["White / M", "White / L", "Black / M", "Black / L"]
    assert [v.sku for v in found][:2] == ["PLAIN-TEE-WHITE-M", "PLAIN-TEE-WHITE-L"]
    tee = await one(database, "plain-tee")
    assert tee.description == 'Heavy jersey, "cut straight", in two colours and two sizes.'
    images = await rows(
        database, select(product_image.c.alt).where(product_image.c.product_id == tee.id).order_by("rank")
    )
    assert [image.alt for image in images] == [None, None, "The seam"]
    cape = await one(database, "rain-cape")
    assert await rows(database, select(product_option).where(product_option.c.product_id == cape.id)) == []
    assert (cape.description, cape.status, (await one(database, "wool-cap")).status) == (None, "published", "draft")


async def test_formulas_and_scripts_are_only_text(database: Database, run: Import) -> None:
    evil = "<script>alert(1)</script><p onclick=x>Hi <a href='javascript:x'>there</a></p><img src=x onerror=y>"
    await run(sheet(item("formula", title='=HYPERLINK("x")', body=evil, sku="@SUM(A1)", Tags="-1+1, =2")))
    found = await one(database, "formula")
    assert found.title == '=HYPERLINK("x")'
    assert found.description == "Hi there"
    assert "script" not in str(found.metadata)
    assert "onclick" not in str(found.metadata)
    assert (await variants_of(database, "formula"))[0].sku == "@SUM(A1)"
    tags = await rows(database, select(product_tag.c.value).where(product_tag.c.value.in_(["-1+1", "=2"])))
    assert len(tags) == 2


async def test_a_handle_of_another_seller_gets_a_suffix(database: Database, run: Import) -> None:
    text = sheet(item("Shared_Handle"))
    await run(text)
    result, faults = await run(text, seller="beta")
    assert (result.created, faults) == (1, [])
    found = await one(database, "shared-handle-beta")
    assert found.external_id == "Shared_Handle"
    assert (await run(text, seller="beta"))[0].unchanged == 1


async def test_a_changed_row_updates_its_product(database: Database, run: Import) -> None:
    size = {"Option1 Name": "Size"}
    await run(
        sheet(
            item("mutable") | size | {"Option1 Value": "S"},
            {"Handle": "mutable", "Option1 Value": "M", "Variant Price": "11"},
        )
    )
    before = await variants_of(database, "mutable")
    result, _ = await run(sheet(item("mutable", title="New", price="12") | size | {"Option1 Value": "S"}))
    assert result.updated == 1
    after = await variants_of(database, "mutable")
    assert [v.id for v in after] == [before[0].id]
    assert (await one(database, "mutable")).title == "New"


async def test_a_dry_run_says_the_same_and_writes_nothing(database: Database, run: Import) -> None:
    text = sheet(item("dry-1"), item("dry-2", price="x"), item("dry-3", sku="DRY-1"))
    counters = await rows(database, COUNTERS)
    result, faults = await run(text, dry_run=True)
    assert (result.created, result.failed) == (2, 1)
    assert [line for line, _, _ in faults] == [3]
    assert await rows(database, COUNTERS) == counters
    assert await rows(database, select(product).where(product.c.handle == "dry-1")) == []


async def test_it_can_be_stopped_and_run_again(run: Import, database: Database, tmp_path: Path) -> None:
    text = sheet(*(item(f"many-{n}") for n in range(20)))
    (tmp_path / "many.csv").write_text(text)

    class Stopped(Exception):
        pass

    def stop(position: int) -> None:
        if importer.result.created == 7:
            raise Stopped

    order = imports.Order(tmp_path / "many.csv", "alpha")
    importer = imports.Importer(database, order, lambda _: None, stop)
    with pytest.raises(Stopped):
        await importer.run()
    result, _ = await run(text)
    assert (result.unchanged, result.created) == (7, 13)


async def test_channel_and_currency_are_those_asked_for(database: Database, run: Import) -> None:
    await run(sheet(item("channelled")), sales_channels=("Other",), currency="jpy")
    found = await one(database, "channelled")
    links = select(sales_channel.c.name).join(product_sales_channel)
    channels = await rows(database, links.where(product_sales_channel.c.product_id == found.id))
    assert [row.name for row in channels] == ["Other"]
    variant = (await variants_of(database, "channelled"))[0]
    prices = await rows(database, select(price.c.currency_code).where(price.c.variant_id == variant.id))
    assert [row.currency_code for row in prices] == ["jpy"]


def test_skus_are_made_alike_every_time_and_apart_from_each_other() -> None:
    assert made_sku("tee", ["S"]) == made_sku("tee", ["S"]) == "TEE-S"
    assert len({made_sku("tee", [value]) for value in ("S", "S+", "S++", "大", "小", "")}) == 6


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a</p><p>b &amp; c</p>", "a\nb & c"),
        ("plain < text", "plain < text"),
        ("<ul><li>one</li><li>two</li></ul>", "- one\n- two"),
        ("<style>x{}</style>  a\n b", "a b"),
    ],
)
def test_html_becomes_readable_text(html: str, text: str) -> None:
    assert plain(cleaned(html)) == text
