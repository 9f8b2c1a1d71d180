"""Product files of another system: what becomes of their rows, what is told about faulty ones, and a second run."""

import csv
import io
from collections.abc import AsyncIterator, Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import func, select

from models.access import sales_channel
from models.inventory import inventory_item, inventory_level, inventory_movement, stock_location
from models.price import price, price_list
from models.product import product, product_image, product_option, product_sales_channel, product_tag, product_variant
from services import imports, seed
from services.imports.entry import cleaned, plain
from services.imports.images import extension_of
from services.imports.shopify import made_sku, slug
from services.infra.database import Database
from services.infra.files import LocalFiles
from services.infra.snapshots import COUNTERS, Snapshots
from utils.fetch import Fetcher, FetchRefused, is_public

CATALOGUES = sorted((Path(__file__).parents[1] / "data" / "catalogues").glob("*.csv"))
COLUMNS = (
    "Handle,Title,Body (HTML),Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Price,Image Src".split(",")
)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)
Import = Callable[..., Any]


@pytest.fixture(scope="module")
async def database(database_url: str) -> AsyncIterator[Database]:
    """Two stores in Europe; every test imports products of its own handles."""
    database = Database(database_url, Snapshots())
    places = [{"name": "Main"}, {"name": "Second"}]
    shops = [
        {"handle": h, "name": h, "address": {"country_code": "de"}, "stock_locations": places}
        for h in ("alpha", "beta")
    ]
    async with database.unit_of_work() as work:
        await seed.load(
            work,
            {
                "sales_channels": [{"name": "Web"}, {"name": "Other"}],
                "regions": [
                    {"name": "Europe", "currency": "eur", "countries": ["de"]},
                    {"name": "Japan", "currency": "jpy", "countries": ["jp"]},
                ],
                "stores": [*shops, {"handle": "nowhere", "name": "Nowhere"}],
            },
        )
    yield database
    await database.close()


@pytest.fixture
def run(database: Database, tmp_path: Path) -> Import:
    """`await run(text or path, ...)` imports it; the result and the faults as (line, column, message)."""

    async def run(source: str | bytes | Path, *, store: str = "alpha", **more: Any) -> tuple[imports.Result, list[Any]]:
        if not isinstance(source, Path):
            path = tmp_path / "catalogue.csv"
            path.write_bytes(source.encode() if isinstance(source, str) else source)
            source = path
        tools = {key: more.pop(key) for key in ("fetcher", "files") if key in more}
        faults: list[imports.Fault] = []
        order = imports.Order(source, store, **more)
        result = await imports.Importer(database, order, faults.append, **tools).run()
        assert result.faults == len(faults)
        assert all(fault.hint for fault in faults)
        return result, [(fault.line, fault.column, fault.message) for fault in faults]

    return run


def sheet(*rows: dict[str, str], columns: list[str] = COLUMNS, delimiter: str = ",") -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def item(handle: str, **cells: str) -> dict[str, str]:
    named = {
        "price": "Variant Price",
        "sku": "Variant SKU",
        "title": "Title",
        "body": "Body (HTML)",
        "image": "Image Src",
    }
    row = {"Handle": handle, "Title": handle.title(), "Variant Price": "10"}
    return row | {named.get(key, key.replace("_", " ")): value for key, value in cells.items()}


async def rows(database: Database, statement: Any) -> list[Any]:
    async with database.reading() as work:
        return list((await work.execute(statement)).all())


async def one(database: Database, handle: str) -> Any:
    return (await rows(database, select(product).where(product.c.handle == handle)))[0]


async def variants_of(database: Database, handle: str) -> list[Any]:
    found = select(product_variant).join(product, product.c.id == product_variant.c.product_id)
    return await rows(database, found.where(product.c.handle == handle).order_by(product_variant.c.variant_rank))


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
    assert result.created == 2
    assert result.failed == 10
    assert [(line, column) for line, column, _ in faults] == [
        (3, "Variant Price"),
        (4, "Variant Price"),
        (5, "Published"),
        (6, "Image Src"),
        (7, "Title"),
        (9, "Variant Price"),
        (10, "Handle"),
        (11, "Handle"),
        (13, "Option1 Value"),
        (14, "Variant SKU"),
    ]
    assert faults[6][2] == "'good-one' began at line 2 already"


async def test_broken_rows_fail_their_product_only(run: Import) -> None:
    text = sheet(item("before"), item("broken"), item("after")).replace("\nbroken,", '\nbroken,"x"y,')
    result, faults = await run(text)
    # The row before it may go on in what cannot be read.
    assert (result.created, result.failed) == (1, 1)
    assert [line for line, _, _ in faults] == [3]


async def test_a_quote_that_is_never_closed_is_told(run: Import) -> None:
    result, faults = await run(sheet(item("fine-1"), item("fine-2"), item("fine-3")) + 'open,"never closed,\n')
    assert result.created == 2
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
    assert result.created == 1
    assert [(line, column) for line, column, _ in faults] == [(3, "Title"), (4, "Title")]


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


async def test_a_handle_of_another_store_gets_a_suffix(database: Database, run: Import) -> None:
    text = sheet(item("Shared_Handle"))
    await run(text)
    result, faults = await run(text, store="beta")
    assert (result.created, faults) == (1, [])
    found = await one(database, "shared-handle-beta")
    assert found.external_id == "Shared_Handle"
    assert (await run(text, store="beta"))[0].unchanged == 1


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
    assert (result.created, result.failed) == (1, 2)
    assert [line for line, _, _ in faults] == [3, 4]
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


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"store": "nobody"}, "There is no store 'nobody'"),
        ({"store": "nowhere"}, "The file does not say its currency"),
        ({"currency": "zzz"}, "There is no currency 'zzz'"),
        ({"sales_channels": ("Nope",)}, "There is no sales channel 'Nope'"),
        ({"location": "Nope"}, "The store has no stock location 'Nope'"),
    ],
)
async def test_what_cannot_begin_says_why(run: Import, more: dict[str, Any], message: str) -> None:
    with pytest.raises(imports.ImportRefused, match=message):
        await run(sheet(item("never")), **more)


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


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "192.168.0.1",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1",
        "fc00::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "255.255.255.255",
    ],
)
def test_private_addresses_are_not_public(address: str) -> None:
    assert not is_public(ip_address(address))
    assert is_public(ip_address("93.184.216.34"))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://localhost/",
        "file:///etc/passwd",
        "ftp://a.example/",
        "http://u:p@a.example/",
        "http://93.184.216.34:22/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http:///x",
        "http://[bad/",
    ],
)
async def test_addresses_that_must_not_be_fetched(url: str) -> None:
    async with Fetcher(limit_bytes=1000, timeout_seconds=5) as fetcher:
        with pytest.raises(FetchRefused):
            await fetcher.get(url)


@pytest.fixture
async def pictures() -> AsyncIterator[TestServer]:
    """A server of images and of traps."""

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        match request.path:
            case "/good.png":
                return web.Response(body=PNG, content_type="text/html")
            case "/moved.png":
                raise web.HTTPFound("/good.png")
            case "/inside":
                raise web.HTTPFound("http://169.254.169.254/latest")
            case "/loop":
                raise web.HTTPFound("/loop")
            case "/huge.png":
                return web.Response(body=PNG + bytes(100_000))
            case "/page.png":
                return web.Response(text="<script>")
        raise web.HTTPNotFound

    asked: list[str] = []
    shop = web.Application()
    shop.router.add_get("/{name:.*}", answer)
    server = TestServer(shop)
    server.asked = asked  # type: ignore[attr-defined]
    async with server:
        yield server


def fetcher_for(server: TestServer) -> Fetcher:
    """Lets the test server through, and nothing else that is not public."""
    return Fetcher(
        limit_bytes=50_000,
        timeout_seconds=5,
        allow=lambda address: str(address) == "127.0.0.1" or is_public(address),
        ports=(None, 80, server.port),
    )


async def test_images_are_fetched_once_and_kept(
    database: Database, run: Import, pictures: TestServer, tmp_path: Path
) -> None:
    files = LocalFiles(tmp_path / "files", "https://shop.example")
    good, moved, page = (str(pictures.make_url(path)) for path in ("/good.png", "/moved.png", "/page.png"))
    text = sheet(
        item("pictured", image=good),
        {"Handle": "pictured", "Image Src": moved},
        {"Handle": "pictured", "Image Src": page},
    )
    result, faults = await run(text, fetcher=fetcher_for(pictures), files=files)
    assert (result.created, result.images) == (1, 2)
    assert [(line, message.removeprefix(page)) for line, _, message in faults] == [
        (4, " is not a JPEG, PNG, GIF, WebP or AVIF image")
    ]
    found = await one(database, "pictured")
    assert found.thumbnail.startswith("https://shop.example/files/catalogue/alpha/")
    assert await files.get(found.thumbnail.removeprefix("https://shop.example/files/")) == PNG
    kept = await rows(
        database, select(product_image.c.url).where(product_image.c.product_id == found.id).order_by("rank")
    )
    assert kept[2].url == page
    # Without the switch the fetched addresses stay, with it nothing is fetched twice.
    assert (await run(text))[0].unchanged == 1
    pictures.asked.clear()  # type: ignore[attr-defined]
    again, _ = await run(text, fetcher=fetcher_for(pictures), files=files)
    assert again.unchanged == 1
    assert pictures.asked == ["/page.png"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/inside", "169.254.169.254 is not a public host"),
        ("/loop", "redirects more than 3 times"),
        ("/huge.png", "is larger than 48 KiB"),
        ("/missing", "answers 404"),
    ],
)
async def test_traps_behind_an_address(pictures: TestServer, path: str, reason: str) -> None:
    async with fetcher_for(pictures) as fetcher:
        with pytest.raises(FetchRefused, match=reason):
            await fetcher.get(str(pictures.make_url(path)))


def test_images_are_known_by_their_content() -> None:
    assert extension_of(PNG) == "png"
    assert extension_of(b"\xff\xd8\xff\xe0") == "jpg"
    assert extension_of(b"RIFF\0\0\0\0WEBPVP8 ") == "webp"
    assert extension_of(b"<svg onload=alert(1)>") is None
    assert extension_of(b"") is None
