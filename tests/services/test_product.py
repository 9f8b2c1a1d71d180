"""The product cache: what it loads, holds and drops; and the prices that a buyer is shown."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text, update

from models.identity.principal import Principal
from models.product.product import LOAD_PRODUCTS
from models.schema.product import product
from services.infrastructure.cache.snapshots import Snapshots
from services.infrastructure.database.database import Database
from services.inventory import availability
from services.product.cache import ProductCache, catch_up, products_by_id, products_by_variant
from services.product.price_display import price_display, taxed
from services.product.search import search_products


@pytest.fixture(scope="module")
def seed_file() -> Path | None:
    return Path(__file__).parents[1] / "data" / "world.yaml"


@pytest.fixture
async def fresh(database_url: str) -> Any:
    """A process that holds nothing yet and hears no notices."""
    database = Database(database_url, Snapshots(), pool_size=2)
    yield database
    await database.close()


def retitle(product_id: str, title: str) -> Any:
    return update(product).where(product.c.id == product_id).values(title=title)


def listened(database: Database) -> list[str]:
    sent: list[str] = []
    database.on_statement.append(sent.append)
    return sent


async def test_variants_of_many_products_are_one_statement_and_then_none(fresh: Database, ids: dict[str, Any]) -> None:
    wanted = [ids["variants"][name] for name in ("aurora/AUR-LS-S", "borneo/BOR-BT-RED", "cascade/CAS-DRAFT")]
    sent = listened(fresh)
    async with fresh.reading() as work:
        found = await products_by_variant(work, [*wanted, "variant_none"])
        assert len(sent) == 1
        assert list(found) == wanted or set(found) == set(wanted)
        assert [found[v][1].sku for v in wanted] == ["AUR-LS-S", "BOR-BT-RED", "CAS-DRAFT"]
        assert not found[wanted[2]][0].is_published
        await products_by_variant(work, wanted)
        await products_by_id(work, [ids["products"]["linen-shirt"]])
        assert len(sent) == 1, "the whole product came with its variant"


async def test_catching_up_drops_exactly_what_changed(fresh: Database, ids: dict[str, Any]) -> None:
    mug, tote = ids["products"]["tea-mug"], ids["products"]["batik-tote"]
    cache = fresh.snapshots.cache(ProductCache)
    counters = text("SELECT scope, version FROM change_counter")
    async with fresh.reading() as work:
        fresh.snapshots.observe({row.scope: row.version for row in await work.execute(counters)})
        await products_by_id(work, [mug, tote])
        await work.execute(retitle(mug, "Coffee Mug"))
        assert (await products_by_id(work, [mug]))[mug].title == "Tea Mug", "nobody told"
        fresh.snapshots.observe({row.scope: row.version for row in await work.execute(counters)})
        await catch_up(work)
        assert cache.get(mug) is None
        assert cache.get(tote) is not None
        assert (await products_by_id(work, [mug]))[mug].title == "Coffee Mug"
        await work.execute(retitle(mug, "Tea Mug"))


async def test_a_product_read_before_its_change_is_not_held_after_it(fresh: Database, ids: dict[str, Any]) -> None:
    mug = ids["products"]["tea-mug"]
    cache = fresh.snapshots.cache(ProductCache)

    def change_meanwhile(_: str) -> None:
        cache.drop([mug])

    fresh.on_statement.append(change_meanwhile)
    async with fresh.reading() as work:
        assert [p.id for p in await cache.load(work, LOAD_PRODUCTS, [mug])] == [mug]
    assert cache.get(mug) is None


async def test_what_a_transaction_changes_is_not_held_before_it_commits(fresh: Database, ids: dict[str, Any]) -> None:
    mug = ids["products"]["tea-mug"]

    async def change_and_fail() -> None:
        async with fresh.unit_of_work() as work:
            await work.execute(retitle(mug, "Never"))
            work.touch("catalogue", [mug])
            assert (await products_by_id(work, [mug]))[mug].title == "Never"
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await change_and_fail()
    async with fresh.reading() as work:
        assert (await products_by_id(work, [mug]))[mug].title == "Tea Mug"


async def test_the_cache_keeps_to_its_count(fresh: Database, ids: dict[str, Any]) -> None:
    cache = fresh.snapshots.caches[ProductCache] = ProductCache(2)
    wanted = [ids["products"][handle] for handle in ("tea-mug", "batik-tote", "kopi-gayo")]
    async with fresh.reading() as work:
        found = await products_by_id(work, wanted)
    assert set(found) == set(wanted)
    assert sum(cache.get(product_id) is not None for product_id in wanted) == 2
    held = {v.id for product_id in wanted if (p := cache.get(product_id)) for v in p.variants}
    for one in found.values():
        for variant in one.variants:
            assert (cache.owner(variant.id) is not None) == (variant.id in held)


async def test_bundles_are_as_many_as_their_scarcest_item_allows(fresh: Database, ids: dict[str, Any]) -> None:
    async with fresh.reading() as work:
        found = await products_by_variant(
            work, [ids["variants"][v] for v in ("aurora/AUR-SET", "aurora/AUR-FG", "borneo/BOR-BT-IND")]
        )
        levels = await availability.available(work, [variant for _, variant in found.values()])
    named = {variant.sku: levels[variant.id] for _, variant in found.values()}
    assert named == {"AUR-SET": 50, "AUR-FG": None, "BOR-BT-IND": 7}


async def test_a_group_sees_its_own_prices(fresh: Database, ids: dict[str, Any]) -> None:
    coffee = ids["variants"]["borneo/BOR-KG-250"]
    guest = Principal()
    vip = Principal(kind="customer", customer_id="cus_1", group_ids=(ids["customer_groups"]["VIP"],))
    async with fresh.reading() as work:
        _, variant = (await products_by_variant(work, [coffee]))[coffee]
        shown = {}
        for who in (guest, vip):
            prices = await price_display(work, who=who, region_id=ids["regions"]["Europe"])
            chosen = prices.price_of(variant)
            assert chosen is not None
            shown[who.kind] = (chosen.calculated.amount, prices.is_keepable, prices.key)
    assert shown["anonymous"][:2] == (833, True)
    assert shown["customer"][:2] == (666, True)
    assert shown["anonymous"][2] != shown["customer"][2]


@pytest.mark.parametrize(
    ("amount", "is_inclusive", "rates", "expected"),
    [
        (1284, True, (70_000,), (1284, 1200)),
        (999, False, (190_000,), (1189, 999)),
        (1000, True, (190_000, 40_000), (1000, 813)),
        (5, False, (100_000,), (6, 5)),
        (100, False, (), (100, 100)),
    ],
)
def test_prices_with_and_without_taxes_round_half_up(
    amount: int, is_inclusive: bool, rates: tuple[int, ...], expected: tuple[int, int]
) -> None:
    worked_out = taxed(amount, is_inclusive, rates)
    assert (worked_out.with_tax, worked_out.without_tax) == expected


async def test_counts_are_held_for_all_pages_of_a_list(fresh: Database, ids: dict[str, Any]) -> None:
    who = Principal(sales_channel_ids=(ids["sales_channels"]["Web"],))
    sent = listened(fresh)
    async with fresh.reading() as work:
        first = await search_products(work, who=who, limit=2, offset=0)
        second = await search_products(work, who=who, limit=2, offset=2)
    assert first.count == second.count > 4
    assert not set(first.ids) & set(second.ids)
    assert ["count(*)" in sql for sql in sent] == [True, False]
