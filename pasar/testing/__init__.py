"""What tests of plug-ins are made of. In a conftest.py: `pytest_plugins = ["pasar.testing"]` and the fixture `plugins`.

    @pytest.fixture(scope="session")
    def plugins():
        return [PLUGIN]

Then `shop` is a started server over a fresh database with the demo marketplace in it, one a test module.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from pasar.plugin import Plugin
from pasar.testing import contract, matrix
from pasar.testing.matrix import Things
from pasar.testing.people import Person
from pasar.testing.shop import Databases, Reply, Shop, started
from pasar.testing.table_check import table_faults
from services.seed.demo import FILE as DEMO

__all__ = [
    "Person",
    "Reply",
    "Shop",
    "Things",
    "contract",
    "databases",
    "matrix",
    "people",
    "plugin_settings",
    "plugins",
    "seed_file",
    "shop",
    "table_faults",
]


@pytest.fixture(scope="session")
def plugins() -> Sequence[Plugin]:
    """The plug-ins of the server under test; override it."""
    raise NotImplementedError("write a fixture `plugins` that returns the plug-ins to test")


@pytest.fixture(scope="session")
def seed_file() -> Path:
    """What the database holds at first: the demo marketplace, unless a suite overrides it."""
    return DEMO


@pytest.fixture(scope="session")
def databases(plugins: Sequence[Plugin], seed_file: Path) -> Iterator[Databases]:
    held = Databases(plugins, seed_file)
    try:
        held.start()
        yield held
    finally:
        held.stop()


@pytest.fixture(scope="module")
def plugin_settings() -> dict[str, Any]:
    """Settings of the plug-ins by their names, where a module wants others than the defaults."""
    return {}


@pytest.fixture(scope="module")
def shop(databases: Databases, plugin_settings: dict[str, Any]) -> Iterator[Shop]:
    """A started server with the plug-ins, over a database of its own."""
    with started(databases, plugin_settings) as running:
        yield running


@pytest.fixture(scope="module")
def people(shop: Shop) -> dict[str, Person]:
    """Somebody for every group of the matrix: customer_a, customer_b, seller_a, seller_b, admin."""
    return matrix.make_people(shop)
