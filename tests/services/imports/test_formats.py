"""Exports of WooCommerce and Medusa: read by their own columns, written as every other."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from models.schema.inventory import inventory_item, inventory_level
from models.schema.pricing import price
from models.schema.product import product_image
from services import imports
from services.infrastructure.database.database import Database
from tests.services.imports.sheets import Import, one, rows, variants_of

EXPORTS = Path(__file__).parents[2] / "data" / "exports"
WOO, MEDUSA, MEDUSA_1 = (EXPORTS / name for name in ("woocommerce.csv", "medusa.csv", "medusa-1.csv"))


async def prices(database: Database, variant: Any) -> list[tuple[str, int, bool]]:
    """Currency, minor units, and whether it is one of the sale list."""
    found = select(price.c.currency_code, price.c.amount, price.c.price_list_id).where(price.c.variant_id == variant.id)
    return sorted((row.currency_code, row.amount, row.price_list_id is not None) for row in await rows(database, found))


async def stock(database: Database, *skus: str) -> list[int]:
    found = select(inventory_item.c.sku, inventory_level.c.stocked).join(inventory_level)
    lying = {row.sku: row.stocked for row in await rows(database, found.where(inventory_item.c.sku.in_(skus)))}
    return [lying[sku] for sku in skus]


@pytest.mark.parametrize(
    ("file", "products"), [(WOO, 3), (MEDUSA, 2), (MEDUSA_1, 1)], ids=lambda p: getattr(p, "stem", "")
)
async def test_a_second_run_of_every_format_changes_nothing(run: Import, file: Path, products: int) -> None:
    first, faults = await run(file, seller="beta")
    assert (first.created, faults) == (products, [])
    second, faults = await run(file, seller="beta")
    assert (second.unchanged, second.warnings, faults) == (products, 0, [])


async def test_variations_are_variants_of_their_parent(database: Database, run: Import) -> None:
    result, faults = await run(WOO)
    assert (result.created, result.variants, faults) == (3, 5, [])
    cap = await one(database, "wool-cap")
    assert (cap.title, cap.external_id, cap.description) == ("Wool cap", "woocommerce:20", "Knitted.\nWarm.")
    assert cap.metadata["categories"] == "Clothes > Caps, Gifts"
    assert cap.metadata["attributes"] == {"Material": "Wool"}
    assert (cap.metadata["meta"], cap.metadata["sku"]) == ({"_origin": "Peru"}, "WC-CAP")
    small, medium, large = await variants_of(database, "wool-cap")
    assert [(v.title, v.sku) for v in (small, medium)] == [("S", "WC-CAP-S"), ("M", "WC-CAP-M")]
    assert (large.title, large.sku.startswith("WOOL-CAP-ONE-LARGE")) == ("One, large", True)
    assert (small.weight, medium.weight, small.allow_backorder, medium.allow_backorder) == (110, 120, True, False)
    assert await prices(database, small) == [("eur", 1500, True), ("eur", 1950, False)]
    assert await prices(database, medium) == [("eur", 1950, False)]
    assert await stock(database, "WC-CAP-S", "WC-CAP-M", large.sku) == [0, 5, 0]
    found = select(product_image.c.url).where(product_image.c.product_id == cap.id).order_by("rank")
    assert [row.url[-9:] for row in await rows(database, found)] == ["e/cap.jpg", "cap-2.jpg", "cap-m.jpg"]


async def test_a_simple_product_has_one_variant(database: Database, run: Import) -> None:
    await run(WOO)
    bell = (await variants_of(database, "door-bell"))[0]
    assert (bell.weight, bell.length, bell.width, bell.height) == (1255, 100, 25, 40)
    assert (bell.barcode, bell.metadata) == ("4006381333931", {"taxable": False})
    assert (await one(database, "door-bell")).metadata["attributes"] == {"Colour": "Brass, Iron"}
    wrapping = (await variants_of(database, "gift-wrapping"))[0]
    assert ((await one(database, "gift-wrapping")).status, wrapping.requires_shipping) == ("draft", False)


async def test_what_woocommerce_says_beyond_is_named(run: Import) -> None:
    result, _ = await run(WOO)
    assert result.not_loaded == {"Upsells": 1}
    assert result.kept == {"Categories": 2, "Meta: _origin": 1}


NAMES = "ID,Type,SKU,Name,Stock,In stock?,Regular price,Position,Parent,Categories,Tags,Attribute 1 name,"
SCARF = f"""{NAMES}Attribute 1 value(s)
901,variable,SCARF-WC,Scarf,,1,8,0,,Wool,,Size,"S, L"
902,variation,,Scarf - S,4,1,9,1,id:901,Silk,new,Size,S
903,variation,,Scarf - L,4,1,9,2,id:901,wool,,Size,L
"""


async def test_what_a_variation_says_of_its_product_is_named_not_said_to_be_kept(run: Import) -> None:
    result, faults = await run(SCARF)
    assert (result.created, faults) == (1, [])
    assert result.not_loaded == {"Categories": 1, "Tags": 1, "Regular price": 1}
    assert result.kept == {"Categories": 1}


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("22,variation,WC-CAP-S", "22,variation,WC-C\ufffdP-S", 4, "has characters that cannot be read"),
        ("'-2", "parent", 4, "is that of the parent, which all variations share"),
        ("24,simple", "24,external", 6, "'external' is no kind of product that is sold here"),
        ("WC-CAP,,,,,,1,", "WC-GONE,,,,,,1,", 4, "is of a parent that the file does not have"),
        ("1,Size,S,", "1,Size,,", 4, "has no value of 'Size': it stands for any"),
    ],
)
async def test_what_cannot_be_read_of_it_costs_its_product(
    run: Import, old: str, new: str, line: int, message: str
) -> None:
    text = WOO.read_text()
    assert old in text
    result, faults = await run(text.replace(old, new, 1), dry_run=True)
    assert [(fault[0], fault[2]) for fault in faults] == [(line, message)]
    assert result.failed == 1


async def test_medusas_rows_are_variants(database: Database, run: Import) -> None:
    result, _ = await run(MEDUSA)
    kettle = await one(database, "m-kettle")
    assert (kettle.external_id, kettle.subtitle, kettle.status) == ("prod_01", "Small", "published")
    assert (kettle.weight, kettle.material, kettle.thumbnail) == (
        900,
        "Steel",
        "https://images.shop.example/kettle.jpg",
    )
    assert kettle.metadata == {"collection_id": "pcol_1", "categories": ["pcat_1"]}
    small, large = await variants_of(database, "m-kettle")
    assert [(v.title, v.sku, v.manage_inventory) for v in (small, large)] == [
        ("One litre", "MK-1", True),
        ("Two litres", "MK-2", True),
    ]
    assert (small.weight, small.origin_country, large.weight, large.allow_backorder) == (851, "de", None, True)
    assert await prices(database, small) == [("eur", 3000, False), ("usd", 3250, False)]
    assert (await one(database, "m-card")).discountable is False
    assert result.not_loaded == {
        "Product Created At": 3,
        "Product Sales Channel 1": 2,
        "Variant Id": 3,
        "Variant Price Europe [EUR]": 1,
    }


async def test_medusas_first_version_is_read_too(database: Database, run: Import) -> None:
    result, faults = await run(MEDUSA_1)
    assert faults == []
    jug = await one(database, "m-jug")
    assert (jug.external_id, jug.metadata) == ("m-jug", {"collection": "kitchen", "collection_title": "Kitchen"})
    small = (await variants_of(database, "m-jug"))[0]
    assert await prices(database, small) == [("eur", 1250, False)]
    assert await stock(database, "MJ-S", "MJ-L") == [6, 0]
    assert result.not_loaded == {"Product Profile Name": 2, "Price France [EUR]": 1, "Sales Channel 1 Name": 2}


async def test_a_file_of_another_format_is_refused(run: Import) -> None:
    with pytest.raises(imports.UnreadableCsv, match="Is it a product export of woocommerce"):
        await run(MEDUSA, format="woocommerce")
    with pytest.raises(imports.ImportRefused, match="Leave --currency out"):
        await run(MEDUSA, currency="eur")
    assert (await run(MEDUSA, format="medusa", dry_run=True))[1] == []
