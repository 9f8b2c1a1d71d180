"""Ready pages are current: at once in the process that wrote, within 100 ms in others, and while their prices hold.

How soon others see a change is asked in `make timed`; here it only has to come.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text, update

from models.schema.inventory import inventory_level, variant_inventory_item
from models.schema.pricing import price, price_list
from models.schema.product import product
from models.schema.seller import seller
from services.deps import Deps
from services.infrastructure.cache.snapshots import Snapshots
from services.infrastructure.database.change_notices import CHANGES
from services.infrastructure.database.database import Database
from services.product.cache import SCOPE, ProductCache
from tests.store.conftest import Ask
from tests.waiting import duration, until, within
from utils.clock import now
from utils.ids import new_id

HEARD_SECONDS = 0.1


@pytest.fixture(scope="module")
async def elsewhere(database_url: str) -> AsyncIterator[Database]:
    """Another process' way to the database: nothing it does is known here unless PostgreSQL tells."""
    other = Database(database_url, Snapshots(), pool_size=1)
    yield other
    await other.close()


@pytest.fixture(scope="module")
def europe(ids: dict[str, Any]) -> str:
    found: str = ids["regions"]["Europe"]
    return found


async def shows(read: Callable[[], Awaitable[Any]], expected: Any) -> None:
    """Come back as soon as `read` gives what is expected."""

    async def is_shown() -> bool:
        return bool(await read() == expected)

    await until(is_shown, every=0.005)


MARK, marks = "a_tests_mark", itertools.count(1)


async def all_heard(deps: Deps, elsewhere: Database) -> None:
    """Come back when the shop has heard of all that was committed before: notices come in their order."""
    mark = next(marks)
    async with elsewhere.unit_of_work() as work:
        await work.execute(select(func.pg_notify(CHANGES, f"{MARK}:{mark}")))
    await until(lambda: deps.snapshots.versions.get(MARK, 0) >= mark)


async def all_dropped(deps: Deps, elsewhere: Database) -> None:
    """As `all_heard`, and this process has asked which products changed: no request has to ask in its place."""
    await all_heard(deps, elsewhere)
    held, versions = deps.snapshots.cache(ProductCache), deps.snapshots.versions
    await until(lambda: held.seen >= versions[SCOPE])


def set_price(ids: dict[str, Any], variant: str, amount: int) -> Any:
    return (
        update(price)
        .where(
            price.c.variant_id == ids["variants"][variant],
            price.c.currency_code == "eur",
            price.c.price_list_id.is_(None),
        )
        .values(amount=amount)
    )


def set_stock(ids: dict[str, Any], variant: str, stocked: int) -> Any:
    items = select(variant_inventory_item.c.item_id).where(
        variant_inventory_item.c.variant_id == ids["variants"][variant]
    )
    return update(inventory_level).where(inventory_level.c.item_id.in_(items)).values(stocked=stocked)


def shown(ask: Ask, target: str, key: str) -> Callable[[], Awaitable[Any]]:
    """What the first variant of the first product, or of the only one, shows."""

    async def read() -> Any:
        body = await ask(target)
        variant = (body.get("product") or body["products"][0])["variants"][0]
        return variant["calculated_price"]["calculated_amount"] if key == "price" else variant["inventory_quantity"]

    return read


@pytest.mark.parametrize("single", [False, True])
async def test_a_price_changed_by_another_process_is_seen(
    ask: Ask, ids: dict[str, Any], europe: str, elsewhere: Database, single: bool
) -> None:
    target = f"/store/products/{ids['products']['tea-mug']}?" if single else "/store/products?handle=tea-mug&"
    read = shown(ask, f"{target}region_id={europe}", "price")
    before = await read()
    after = before + 1
    async with elsewhere.unit_of_work() as work:
        await work.execute(set_price(ids, "aurora/AUR-MUG", round(after * 100)))
    await shows(read, after)


async def test_a_price_changed_here_is_seen_by_the_next_request(
    ask: Ask, ids: dict[str, Any], europe: str, database: Database
) -> None:
    single = shown(ask, f"/store/products/{ids['products']['wool-scarf']}?region_id={europe}", "price")
    listed = shown(ask, f"/store/products?handle=wool-scarf&region_id={europe}", "price")
    for amount in (2100, 2200, 2300):
        assert await single() == await listed()
        async with database.unit_of_work() as work:
            await work.execute(set_price(ids, "aurora/AUR-WS", amount))
            work.touch("catalogue", [ids["products"]["wool-scarf"]])
        assert await single() == amount / 100
        assert await listed() == amount / 100


async def test_stock_changed_by_another_process_is_seen(ask: Ask, ids: dict[str, Any], elsewhere: Database) -> None:
    wanted = "fields=%2Bvariants.inventory_quantity"
    single = shown(ask, f"/store/products/{ids['products']['trail-bottle']}?{wanted}", "stock")
    listed = shown(ask, f"/store/products?handle=trail-bottle&{wanted}", "stock")
    assert (await single(), await listed()) == (60, 60)
    async with elsewhere.unit_of_work() as work:
        await work.execute(set_stock(ids, "cascade/CAS-TB", 59))
    await shows(single, 59)
    await shows(listed, 59)


@pytest.mark.timed
async def test_a_change_by_another_process_is_seen_within_100_ms(
    ask: Ask, ids: dict[str, Any], europe: str, elsewhere: Database
) -> None:
    price = shown(ask, f"/store/products/{ids['products']['tea-mug']}?region_id={europe}", "price")
    stock = shown(ask, "/store/products?handle=trail-bottle&fields=%2Bvariants.inventory_quantity", "stock")
    amounts = itertools.count(900)

    async def change() -> float:
        amount = next(amounts)
        async with elsewhere.unit_of_work() as work:
            await work.execute(set_price(ids, "aurora/AUR-MUG", amount))
            await work.execute(set_stock(ids, "cascade/CAS-TB", amount - 870))

        async def both() -> None:
            await shows(price, amount / 100)
            await shows(stock, amount - 870)

        return await duration(both())

    await within(HEARD_SECONDS, change)


async def test_stock_changed_here_is_seen_by_the_next_request(
    ask: Ask, ids: dict[str, Any], database: Database
) -> None:
    wanted = "fields=%2Bvariants.inventory_quantity"
    read = shown(ask, f"/store/products?handle=kopi-gayo&{wanted}", "stock")
    for stocked in (7, 8, 9):
        await read()
        async with database.unit_of_work() as work:
            await work.execute(set_stock(ids, "borneo/BOR-KG-250", stocked))
            items = await work.execute(
                select(variant_inventory_item.c.item_id).where(
                    variant_inventory_item.c.variant_id == ids["variants"]["borneo/BOR-KG-250"]
                )
            )
            work.touch("stock", items.scalars().all())
        assert await read() == stocked


async def test_a_change_that_is_rolled_back_changes_nothing(
    ask: Ask, ids: dict[str, Any], europe: str, database: Database
) -> None:
    read = shown(ask, f"/store/products/{ids['products']['cosy-set']}?region_id={europe}", "price")
    before = await read()

    async def fail() -> None:
        async with database.unit_of_work() as work:
            await work.execute(set_price(ids, "aurora/AUR-SET", 1))
            work.touch("catalogue", [ids["products"]["cosy-set"]])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await read() == before


async def test_a_products_page_outlives_changes_of_other_products(
    ask: Ask, ids: dict[str, Any], europe: str, elsewhere: Database, count_statements: Any
) -> None:
    target = f"/store/products/{ids['products']['rattan-chair']}?region_id={europe}"
    await ask(target)
    async with elsewhere.unit_of_work() as work:
        await work.execute(set_price(ids, "aurora/AUR-MUG", 777))
    await shows(shown(ask, f"/store/products?handle=tea-mug&region_id={europe}", "price"), 7.77)
    with count_statements() as statements:
        await ask(target)
    assert statements == []


async def test_a_product_taken_off_sale_leaves_lists_and_is_not_found(
    ask: Ask, ids: dict[str, Any], elsewhere: Database
) -> None:
    product_id = ids["products"]["gift-card"]
    await ask(f"/store/products/{product_id}")

    async def count() -> int:
        return int((await ask("/store/products?is_giftcard=true"))["count"])

    assert await count() == 1
    async with elsewhere.unit_of_work() as work:
        await work.execute(update(product).where(product.c.id == product_id).values(status="draft"))
    await shows(count, 0)
    await ask(f"/store/products/{product_id}", status=404)


async def test_a_closed_sellers_products_are_gone(
    ask: Ask, ids: dict[str, Any], deps: Deps, elsewhere: Database
) -> None:
    await ask(f"/store/products/{ids['products']['dusty-clock']}")
    await ask("/store/sellers/dormant")
    async with elsewhere.unit_of_work() as work:
        await work.execute(update(seller).where(seller.c.handle == "dormant").values(status="closed"))
    await all_heard(deps, elsewhere)
    await ask(f"/store/products/{ids['products']['dusty-clock']}", status=404)
    await ask("/store/sellers/dormant", status=404)
    assert (await ask("/store/products?handle=dusty-clock"))["count"] == 0


async def test_a_sale_begins_and_ends_on_time_without_any_notice(
    ask: Ask, ids: dict[str, Any], europe: str, database: Database
) -> None:
    read = shown(ask, f"/store/products?handle=linen-shirt&region_id={europe}", "price")
    starts, list_id = now() + timedelta(seconds=0.4), new_id("plist")
    async with database.unit_of_work() as work:
        row = {"id": list_id, "title": "A moment", "status": "active", "starts_at": starts}
        await work.execute(insert(price_list), {**row, "ends_at": starts + timedelta(seconds=0.4)})
        variant_id = ids["variants"]["aurora/AUR-LS-S"]
        offer = {"variant_id": variant_id, "price_list_id": list_id, "currency_code": "eur", "amount": 1234}
        await work.execute(insert(price), {"id": new_id("price"), **offer})
        work.touch("regions")
        work.touch("catalogue", [ids["products"]["linen-shirt"]])
    assert await read() == 30
    await asyncio.sleep((starts - now()).total_seconds() + 0.01)
    assert await read() == 12.34
    await asyncio.sleep(0.41)
    assert await read() == 30


async def test_an_uncached_list_takes_the_same_statements_for_any_number_of_products(
    ask: Ask, europe: str, count_statements: Any, deps: Deps, elsewhere: Database
) -> None:
    fields = "fields=%2Bvariants.inventory_quantity"
    await ask(f"/store/products?limit=2&region_id={europe}&{fields}")  # what never changes here is known from now on
    async with elsewhere.unit_of_work() as work:
        await work.execute(text("UPDATE product SET title = title"))
    await all_dropped(deps, elsewhere)
    with count_statements() as cold:
        body = await ask(f"/store/products?limit=2&region_id={europe}&{fields}")
    assert len(body["products"]) == 2
    async with elsewhere.unit_of_work() as work:
        await work.execute(text("UPDATE product SET title = title"))
    await all_dropped(deps, elsewhere)
    with count_statements() as many:
        body = await ask(f"/store/products?limit=100&region_id={europe}&{fields}")
    assert len(body["products"]) > 8
    assert len(cold) <= 3, cold
    assert len(many) <= 3, many
    with count_statements() as ready:
        await ask(f"/store/products?limit=100&region_id={europe}&{fields}")
    assert ready == []
    with count_statements() as joined:
        await ask(f"/store/products?limit=99&region_id={europe}&{fields}")
    assert len(joined) == 1, joined
