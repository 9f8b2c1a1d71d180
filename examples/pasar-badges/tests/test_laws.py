"""The rows keep the laws of the server's own: contract and authorization; the providers fill their slot."""

from pathlib import Path

import pytest
from pasar_badges import PLUGIN

from pasar.testing import Person, Shop, Things, contract, matrix, table_faults

README = Path(__file__).parents[1] / "README.md"


@pytest.fixture(scope="module")
def things(shop: Shop) -> Things:
    return Things(ids={"/store/products/{id}": {"*": shop.ids["products"]["elbe-mug"]}})


def test_rows_and_settings_keep_the_contract() -> None:
    assert contract.faults(PLUGIN, README) == []


def test_migrations_make_the_tables_that_are_declared(shop: Shop) -> None:
    assert table_faults(shop, PLUGIN) == []


def test_providers_fill_their_slots(shop: Shop) -> None:
    assert contract.provider_faults(shop.deps, PLUGIN) == []


def test_everybody_gets_what_is_theirs_and_nothing_else(shop: Shop, people: dict[str, Person], things: Things) -> None:
    assert matrix.faults(shop, PLUGIN, people, things) == []
