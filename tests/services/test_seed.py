# ruff: noqa: E501 - one fault, one line
"""Seed files: what loading one does, what a second time does not, and what is told about faulty ones."""

import asyncio
import copy
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from sqlalchemy import func, literal, select, update

from benchmarks.world import world as benchmark_world
from models.inventory import inventory_level, inventory_movement
from models.price import price
from models.product import product, product_category, product_variant
from models.tax import tax_rate
from services import seed
from services.infra.database import Database, UnitOfWork
from services.infra.snapshots import COUNTERS, Snapshots
from services.seed.format import SCHEMA
from services.seed.reference import BEGIN, DOCUMENT, reference

ROOT = Path(__file__).resolve().parents[2]
WORLD = ROOT / "tests/data/world.yaml"
EVERYTHING = ROOT / "tests/data/everything.yaml"
DEMO = ROOT / "services/seed/demo.yaml"
Json = dict[str, Any]
# Keys that say what others say too, so that a change of them alone is refused or means nothing.
WITHOUT_EFFECT = {"$schema"}


@pytest.fixture(scope="module")
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url, Snapshots())
    yield database
    await database.close()


class Undo(Exception):
    """Ends a trial without keeping it."""


@pytest.fixture
async def trial(database: Database) -> AsyncIterator[UnitOfWork]:
    """A unit of work whose changes are undone."""
    with suppress(Undo):
        async with database.unit_of_work() as work:
            yield work
            raise Undo


def shop(**sections: Any) -> Json:
    """A small document: one store with one product of one variant."""
    location = {"name": "Main"}
    variant = {"sku": "A-1", "prices": {"eur": 10}, "stock": 5}
    goods = {"handle": "thing", "store": "alpha", "title": "Thing", "variants": [variant]}
    document: Json = {
        "sales_channels": [{"name": "Web"}],
        "stores": [{"handle": "alpha", "name": "Alpha", "stock_locations": [location]}],
        "products": [goods],
    }
    return copy.deepcopy(document | sections)


async def problems(work: UnitOfWork, document: Json) -> list[seed.Problem]:
    with pytest.raises(seed.SeedErrors) as refused:
        await seed.load(work, document)
    return refused.value.problems


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
    for store in ids["stores"]:
        offered = [path for path in ids["shipping_options"] if path.startswith(f"{store}/")]
        assert any(path.endswith("/Standard") for path in offered)
        assert any(path.endswith("/Express") for path in offered)
    assert ids["tokens"] == {"Demo storefront": "pk_demo_pasar"}


async def test_a_thousand_products_load_in_seconds(trial: UnitOfWork) -> None:
    document = benchmark_world(products=1000, variants=3, stores=10, stock=1000)
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


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves(inner, (*path, index))
    else:
        yield path


def another(value: Any, schema_words: list[str]) -> Any:
    """A value of the same form that is not this one."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if value in schema_words:
        return next(word for word in schema_words if word != value)
    if value.startswith("2026-"):
        return value.replace("2026-01-01", "2026-01-02").replace("2026-02-01", "2026-02-02")
    return f"{value}x"


WORDS = [
    *(["pending", "suspended"], ["shipping", "pickup"], ["flat", "calculated"], ["draft", "proposed"]),
    *(["sale", "override"], ["draft", "active"], ["spend", "usage"], ["inactive", "active"], ["each", "once"]),
    *(["in", "ne"], ["eq", "in"], ["de", "fr"], ["at", "it"], ["us-ny", "us-ca"], ["eur", "gbp"], ["usd", "cad"]),
]


async def test_every_key_that_is_stated_has_an_effect(trial: UnitOfWork) -> None:
    """Each value of a file with every key is changed alone: the change is written, or refused with a reason."""
    document = seed.read(EVERYTHING)
    await seed.load(trial, document)
    silent = []
    for path in leaves(document):
        changed = copy.deepcopy(document)
        place: Any = changed
        for key in path[:-1]:
            place = place[key]
        words = next((words for words in WORDS if place[path[-1]] in words), [])
        place[path[-1]] = another(place[path[-1]], words)
        await trial.raw.execute("SAVEPOINT before")
        try:
            effect = (await seed.load(trial, changed)).tally.changed > 0
        except seed.SeedErrors:
            effect = True
        await trial.raw.execute("ROLLBACK TO before")
        if not effect and path[0] not in WITHOUT_EFFECT:
            silent.append(path)
    assert silent == []


def keys_used(schema: Json, value: Any, used: set[tuple[str, str]]) -> None:
    """Walk a value along its schema and note (part, key) of every key that occurs."""
    name = schema.get("$ref", "").rpartition("/")[2]
    part = SCHEMA["$defs"][name] if name else schema
    for form in part.get("oneOf", ()):
        keys_used(form if "$ref" in form else form | {"title": name}, value, used)
    if isinstance(value, dict):
        for key, inner in part.get("properties", {}).items():
            if key in value:
                used.add((name or part.get("title", ""), key))
                keys_used(inner, value[key], used)
    if isinstance(value, list) and "items" in part:
        for one in value:
            keys_used(part["items"], one, used)


def test_the_file_with_every_key_has_every_key() -> None:
    used: set[tuple[str, str]] = set()
    keys_used(SCHEMA, seed.read(EVERYTHING), used)
    known = {(SCHEMA["title"], key) for key in SCHEMA["properties"]}
    for name, part in SCHEMA["$defs"].items():
        for form in (part, *part.get("oneOf", ())):
            known |= {(name, key) for key in form.get("properties", {})}
    # An address of its own right is used through the store's, which has coordinates beside.
    assert known - used == set()


def test_the_reference_in_the_docs_is_current() -> None:
    assert f"{BEGIN}\n\n{reference()}" in DOCUMENT.read_text(), "python -m services.seed.reference writes it"


def test_every_key_is_described_and_none_is_tolerated_unknown() -> None:
    for name, part in SCHEMA["$defs"].items():
        for form in (part, *part.get("oneOf", ())):
            assert form.get("description") or "$ref" in form or form.keys() == {"required"}, name
            if "properties" in form:
                assert form["additionalProperties"] is False, name
                for key, inner in form["properties"].items():
                    assert inner.get("description") or "$ref" in inner, (name, key)


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


def stocked(quantity: Any) -> Json:
    document = shop()
    document["products"][0]["variants"][0]["stock"] = quantity
    return document


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


async def test_a_count_below_what_is_sold_is_refused(trial: UnitOfWork) -> None:
    await seed.load(trial, stocked(5))
    await trial.execute(update(inventory_level).values(reserved=3, held=1))
    found = await problems(trial, stocked(3))
    assert [(p.path, p.hint) for p in found] == [("products[0].variants[0].stock", "Count again, or state 4 or more")]


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


FAULTS: list[tuple[Json, str, str]] = [
    ({"regoins": []}, "", "'regoins' is not a key here"),
    ({"regions": [{"name": "North", "currency": "eur"}]}, "regions[0]", "has no 'countries'"),
    ({"regions": [{"name": "N", "currency": "EUR", "countries": []}]}, "regions[0].currency", "'EUR' is not written as it must be"),
    ({"regions": [{"name": "N", "currency": "zzz", "countries": []}]}, "regions[0].currency", "there is no currency 'zzz'"),
    ({"regions": [{"name": n, "currency": "eur", "countries": ["de"]} for n in "AB"]}, "regions[1].countries[0]", "'de' is in regions[0] already"),
    ({"tags": ["a", {"value": "a"}]}, "tags[1]", "the tag 'a' is stated at tags[0] already"),
    ({"tags": ["a\0b"]}, "tags[0]", "has a NUL character"),
    ({"publishable_keys": [{"title": "K", "sales_channels": ["No"]}]}, "publishable_keys[0].sales_channels[0]", "there is no sales channel 'No'"),
    ({"products": [{"handle": "Bad Handle", "store": "alpha", "title": "X", "variants": [{"sku": "1"}]}]}, "products[0].handle", "'Bad Handle' is not written as it must be"),
    ({"products": [{"handle": "x", "store": "none", "title": "X", "variants": [{"sku": "1"}]}]}, "products[0].store", "there is no store 'none'"),
    ({"products": [{"handle": "x", "store": "alpha", "title": "X", "variants": []}]}, "products[0].variants", "is empty"),
    ({"products": [{"handle": "x", "store": "alpha", "title": "X", "variants": [{"sku": "1", "prices": {"jpy": 1.5}}]}]}, "products[0].variants[0].prices.jpy", "1.5 is not an amount in jpy: it may have 0 decimal digits at the most"),
    ({"products": [{"handle": "x", "store": "alpha", "title": "X", "variants": [{"sku": "1", "prices": {"eur": -1}}]}]}, "products[0].variants[0].prices.eur", "-1 is below 0"),
    ({"products": [{"handle": "x", "store": "alpha", "title": "X", "variants": [{"sku": "1", "prices": {"eur": 1e300}}]}]}, "products[0].variants[0].prices.eur", "1e+300 is not an amount in eur: it may have 2 decimal digits at the most"),
    ({"products": [{"handle": "x", "store": "alpha", "title": "X", "variants": [{"sku": "1", "prices": [{"amount": 1}]}]}]}, "products[0].variants[0].prices[0]", "names neither a currency nor a region"),
    ({"products": [{"handle": "x", "store": "alpha", "title": "X", "variants": [{"sku": "1", "stock": {"Moon": 1}}]}]}, "products[0].variants[0].stock.Moon", "there is no stock location 'alpha/Moon'"),
    ({"products": [{"handle": "x", "store": "alpha", "title": "X", "variants": [{"sku": "A-1"}]}]}, "products[0].variants[0].sku", "'A-1' is a variant of the product 'thing'"),
    ({"products": [{"handle": "thing", "store": "beta", "title": "X", "variants": [{"sku": "1"}]}], "stores": [{"handle": "beta", "name": "B"}]}, "products[0].handle", "'thing' is a product of the store 'alpha'"),
    ({"products": [{"handle": "x", "store": "beta", "title": "X", "variants": [{"sku": "1", "stock": 1}]}], "stores": [{"handle": "beta", "name": "B"}]}, "products[0].variants[0].stock", "the store 'beta' has no stock location"),
    ({"products": [{"handle": "x", "store": "alpha", "title": "X", "options": [{"title": "Size", "values": ["S"]}], "variants": [{"sku": "1", "options": {"Size": "L"}}]}]}, "products[0].variants[0].options.Size", "'L' is not a value of it"),
    ({"products": [{"handle": "x", "store": "alpha", "title": "X", "options": [{"title": "Size", "values": ["S"]}], "variants": [{"sku": "1", "options": {"Size": "S"}}, {"sku": "2", "options": {"Size": "S"}}]}]}, "products[0].variants[1].options", "are those of products[0].variants[0]"),
    ({"price_lists": [{"title": "L", "prices": [{"sku": "A-9", "currency": "eur", "amount": 1}]}]}, "price_lists[0].prices[0].sku", "there is no variant 'A-9'"),
    ({"price_lists": [{"title": "L", "starts_at": "2026-02-30T00:00:00Z", "prices": []}]}, "price_lists[0].starts_at", "2026-02-30T00:00:00Z is not a moment of the calendar"),
    ({"price_lists": [{"title": "L", "starts_at": "2026-02-02T00:00:00Z", "ends_at": "2026-02-01T00:00:00Z", "prices": []}]}, "price_lists[0].ends_at", "ends before it starts"),
    ({"promotions": [{"code": "P", "application_method": {"type": "fixed", "value": 1, "target_type": "order"}}]}, "promotions[0].application_method", "of type fixed needs a `currency`"),
    ({"promotions": [{"code": "P", "application_method": {"type": "percentage", "value": 101, "target_type": "order"}}]}, "promotions[0].application_method.value", "is more than 100 percent"),
    ({"promotions": [{"code": "P", "application_method": {"type": "percentage", "value": 1, "target_type": "items"}}]}, "promotions[0].application_method", "for items needs an `allocation`"),
    ({"tax_regions": [{"country": "us", "default_rate": {"name": "N", "rate": 1.23456}}]}, "tax_regions[0].default_rate.rate", "1.23456 has more than four decimal digits"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("sections", "path", "message"), FAULTS, ids=[f"{path or 'file'}: {text}"[:70] for _, path, text in FAULTS]
)
async def test_a_fault_is_told_with_its_place(trial: UnitOfWork, sections: Json, path: str, message: str) -> None:
    await seed.load(trial, shop())
    found = await problems(trial, sections)
    assert (path, message) in [(problem.path, problem.message) for problem in found]
    assert all(problem.hint for problem in found)


async def test_all_faults_are_told_at_once_and_nothing_is_written(database: Database) -> None:
    document = shop(stores=[{"handle": "fine", "name": "Fine"}])
    document["products"][0] |= {"categories": ["none"], "collection": "none"}
    with pytest.raises(seed.SeedErrors) as refused:
        async with database.unit_of_work() as work:
            await seed.load(work, document)
    assert [problem.path for problem in refused.value.problems] == [
        "products[0].categories[0]",
        "products[0].collection",
        "products[0].store",
    ]
    async with database.reading() as work:
        counts = await work.execute(select(func.count()).select_from(product_variant))
        assert counts.scalar() == 0


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.json", b"{", "a.json is not JSON"),
        ("a.json", b"[]", "a.json is not an object of sections"),
        ("a.json", b'{"tags": ["\xff"]}', "a.json is not UTF-8 (byte 11)"),
        ("a.yaml", b"tags: [a", "a.yaml is not YAML"),
        ("a.yaml", b"tags: [a]\ntags: [b]", "the key 'tags' stands here twice"),
        ("a.yaml", b"!!python/object:os.system {}", "a.yaml is not YAML"),
        ("a.toml", b"", "a.toml is neither .json nor .yaml"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(seed.SeedErrors) as refused:
        seed.read(tmp_path / name)
    assert message in refused.value.problems[0].message


def test_yaml_words_stay_words(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("\ufeffa: [no, yes, on, 2026-06-01, 010, 1_0, 1:30, 0x1f, ~, true, 1.50, -3]")
    assert seed.read(file)["a"] == ["no", "yes", "on", "2026-06-01", "010", "1_0", "1:30", "0x1f", None, True, 1.5, -3]
