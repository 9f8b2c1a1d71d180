# ruff: noqa: E501 - one fault, one line
"""What is told about faulty seed files."""

from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from models.schema.inventory import inventory_level
from models.schema.product import product_variant
from services import seed
from services.infrastructure.database.database import Database, UnitOfWork
from tests.services.seed.documents import Json, shop, stocked


async def problems(work: UnitOfWork, document: Json) -> list[seed.Problem]:
    with pytest.raises(seed.SeedErrors) as refused:
        await seed.load(work, document)
    return refused.value.problems


FAULTS: list[tuple[Json, str, str]] = [
    ({"regoins": []}, "", "'regoins' is not a key here"),
    ({"regions": [{"name": "North", "currency": "eur"}]}, "regions[0]", "has no 'countries'"),
    ({"regions": [{"name": "N", "currency": "EUR", "countries": []}]}, "regions[0].currency", "'EUR' is not written as it must be"),
    ({"regions": [{"name": "N", "currency": "zzz", "countries": []}]}, "regions[0].currency", "there is no currency 'zzz'"),
    ({"regions": [{"name": n, "currency": "eur", "countries": ["de"]} for n in "AB"]}, "regions[1].countries[0]", "'de' is in regions[0] already"),
    ({"regions": [{"name": "N", "currency": "eur", "countries": [], "payment_providers": ["pp_system_default", "pp_no_such"]}]}, "regions[0].payment_providers[1]", "'pp_no_such' is not installed here"),
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
    document = shop(**{"stores": [{"handle": "fine", "name": "Fine"}]})
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


async def test_a_count_below_what_is_sold_is_refused(trial: UnitOfWork) -> None:
    await seed.load(trial, stocked(5))
    await trial.execute(update(inventory_level).values(reserved=3, held=1))
    found = await problems(trial, stocked(3))
    assert [(p.path, p.hint) for p in found] == [("products[0].variants[0].stock", "Count again, or state 4 or more")]
