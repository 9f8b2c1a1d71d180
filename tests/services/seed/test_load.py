"""What loading a seed file does, and what a second time does not."""

import asyncio
import copy
from pathlib import Path
from time import perf_counter

import pytest
from sqlalchemy import func, literal, select, update

from benchmarks.world import world as benchmark_world
from models.journal.counters import COUNTERS
from models.schema.inventory import inventory_level, inventory_movement
from models.schema.pricing import price
from models.schema.product import product, product_category
from models.schema.region import tax_rate
from services import seed
from services.infrastructure.database.database import Database, UnitOfWork
from tests.services.seed.documents import DEMO, EVERYTHING, WORLD, shop, stocked


@pytest.mark.parametrize("file", [WORLD, DEMO, EVERYTHING], ids=lambda file: file.stem)
async def test_a_second_load_writes_nothing(trial: UnitOfWork, file: Path) -> None:
    document = seed.read(file)
    first = await seed.load(trial, document)
    counters = dict(map(tuple, await trial.execute(COUNTERS)))
    sent = trial.touched.copy()
    second = await seed.load(trial, document)
    assert first.tally.created.total() > 50
    assert second.tally.changed == 0
    assert dict(map(tuple, await trial.execute(COUNTERS))) == counters
    assert second.ids == first.ids
    assert trial.touched == sent


async def test_the_demo_is_a_whole_marketplace(trial: UnitOfWork) -> None:
    ids = (await seed.load(trial, seed.read(DEMO))).ids
    assert len(ids["stores"]) >= 3
    assert len(ids["products"]) >= 40
    assert len(ids["variants"]) > len(ids["products"])
    assert {"Europe", "Indonesia", "United States"} <= ids["regions"].keys()
    for seller in ids["stores"]:
        offered = [path for path in ids["shipping_options"] if path.startswith(f"{seller}/")]
        assert any(path.endswith("/Standard") for path in offered)
        assert any(path.endswith("/Express") for path in offered)
    assert ids["tokens"] == {"Demo storefront": "pk_demo_pasar"}


async def test_a_thousand_products_load_in_seconds(trial: UnitOfWork) -> None:
    document = benchmark_world(products=1000, variants=3, sellers=10, stock=1000)
    heard: list[int] = []
    begin = perf_counter()
    report = await seed.load(trial, document, heard.append)
    taken = perf_counter() - begin
    begin = perf_counter()
    again = await seed.load(trial, document)
    print(f"\n1,000 products x 3 variants: {taken:.1f} s, a second time {perf_counter() - begin:.1f} s")
    assert report.tally.created["product_variant"] == 3000
    assert sum(heard) == seed.size(document)
    assert again.tally.changed == 0


async def test_what_is_left_out_stays_and_null_clears(trial: UnitOfWork) -> None:
    await seed.load(trial, shop())
    goods = shop()["products"][0]
    await seed.load(trial, {"products": [goods | {"subtitle": "Fine", "metadata": {"a": 1}, "weight": 7}]})
    await seed.load(trial, {"products": [goods | {"weight": None}]})
    row = (await trial.execute(select(product).where(product.c.handle == "thing"))).one()
    assert (row.subtitle, row.metadata, row.weight) == ("Fine", {"a": 1}, None)


async def test_a_stated_list_is_whole(trial: UnitOfWork) -> None:
    many = shop()
    many["products"][0] |= {
        "options": [{"title": "Size", "values": ["S", "M"]}],
        "tags": ["one", "two"],
        "variants": [
            {"sku": "A-1", "options": {"Size": "S"}, "prices": {"eur": 10, "usd": 11}},
            {"sku": "A-2", "options": {"Size": "M"}, "prices": {"eur": 12}},
        ],
    }
    first = await seed.load(trial, many)
    few = copy.deepcopy(many)
    few["products"][0] |= {"options": [{"title": "Size", "values": ["S"]}], "tags": ["two"]}
    few["products"][0]["variants"] = [{"sku": "A-1", "options": {"Size": "S"}, "prices": {"eur": 10}}]
    second = await seed.load(trial, few)
    assert second.ids["variants"]["alpha/A-1"] == first.ids["variants"]["alpha/A-1"]
    assert +second.tally.removed == {
        "product_variant": 1,
        "product_option_value": 1,
        "product_tag_product": 1,
        "price": 1,
    }
    assert (await trial.execute(select(func.count()).select_from(price))).scalar() == 1


async def test_sections_do_not_remove_what_they_do_not_name(trial: UnitOfWork) -> None:
    await seed.load(trial, shop())
    report = await seed.load(trial, {"products": [], "stores": [], "sales_channels": []})
    assert report.tally.changed == 0
    assert (await trial.execute(select(func.count()).select_from(product))).scalar() == 1


async def levels(work: UnitOfWork) -> list[tuple[int, int]]:
    """(level, sum of its movements) of all levels."""
    moved = select(func.sum(inventory_movement.c.stocked)).where(
        inventory_movement.c.item_id == inventory_level.c.item_id,
        inventory_movement.c.location_id == inventory_level.c.location_id,
    )
    rows = await work.execute(select(inventory_level.c.stocked, moved.scalar_subquery().label("moved")))
    return [(row.stocked, int(row.moved)) for row in rows]


async def test_a_count_is_applied_once_and_does_not_undo_sales(trial: UnitOfWork) -> None:
    await seed.load(trial, stocked(5))
    await trial.execute(update(inventory_level).values(stocked=3))
    await trial.execute(
        inventory_movement.insert().from_select(
            ["item_id", "location_id", "kind", "stocked"],
            select(inventory_level.c.item_id, inventory_level.c.location_id, literal("ship"), literal(-2)),
        )
    )
    assert (await seed.load(trial, stocked(5))).tally.changed == 0
    assert await levels(trial) == [(3, 3)]
    await seed.load(trial, stocked(9))
    assert await levels(trial) == [(9, 9)]
    await seed.load(trial, stocked(4))
    assert await levels(trial) == [(4, 4)]


async def test_stock_lies_where_it_is_said_or_in_the_first_location(trial: UnitOfWork) -> None:
    document = stocked({"Back": 2, "Main": 1})
    document["stores"][0]["stock_locations"] = [{"name": "Main"}, {"name": "Back"}]
    ids = (await seed.load(trial, document)).ids["stock_locations"]
    rows = await trial.execute(select(inventory_level.c.location_id, inventory_level.c.stocked))
    assert {row.location_id: row.stocked for row in rows} == {ids["alpha/Main"]: 1, ids["alpha/Back"]: 2}


async def test_a_category_moves_with_everything_below_it(trial: UnitOfWork) -> None:
    leaf = {"handle": "leaf", "name": "Leaf"}
    branch = {"handle": "branch", "name": "Branch", "children": [leaf]}
    await seed.load(
        trial, {"categories": [{"handle": "a", "name": "A", "children": [branch]}, {"handle": "b", "name": "B"}]}
    )
    moved = {"handle": "branch", "name": "Branch"}
    ids = (await seed.load(trial, {"categories": [{"handle": "b", "name": "B", "children": [moved]}]})).ids[
        "categories"
    ]
    rows = await trial.execute(select(product_category.c.handle, product_category.c.mpath))
    paths = {row.handle: row.mpath for row in rows}
    assert paths["branch"] == f"{ids['b']}.{ids['branch']}."
    assert paths["leaf"].startswith(paths["branch"])


async def test_amounts_are_kept_in_the_digits_of_their_currency(trial: UnitOfWork) -> None:
    document = shop()
    document["products"][0]["variants"][0]["prices"] = {"jpy": 1200, "eur": 12.34, "kwd": 3.805, "idr": 150000}
    await seed.load(trial, document)
    rows = await trial.execute(select(price.c.currency_code, price.c.amount))
    assert {row.currency_code: row.amount for row in rows} == {"jpy": 1200, "eur": 1234, "kwd": 3805, "idr": 15000000}


async def test_a_price_of_a_region_is_in_its_currency(trial: UnitOfWork) -> None:
    document = shop(regions=[{"name": "Japan", "currency": "jpy", "countries": ["jp"]}])
    document["products"][0]["variants"][0]["prices"] = [{"region": "Japan", "amount": 900}]
    await seed.load(trial, document)
    row = (await trial.execute(select(price))).one()
    assert (row.currency_code, row.amount, row.region_id is not None) == ("jpy", 900, True)


async def test_tax_rates_are_exact(trial: UnitOfWork) -> None:
    await seed.load(trial, {"tax_regions": [{"country": "us", "default_rate": {"name": "NY", "rate": 8.875}}]})
    assert str((await trial.execute(select(tax_rate.c.rate))).scalar()) == "8.8750"


async def test_two_loads_at_once_make_everything_once(database: Database) -> None:
    document = {"customer_groups": [{"name": f"group {n}"} for n in range(50)]}

    async def load() -> int:
        async with database.unit_of_work() as work:
            return (await seed.load(work, document)).tally.created.total()

    assert sorted(await asyncio.gather(load(), load(), load())) == [0, 0, 50]
