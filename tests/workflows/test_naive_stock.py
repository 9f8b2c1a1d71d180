"""The race of test_races.py finds the mistake that it is there for: on a server whose sale reads, checks and writes."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.process import ServerProcess
from tests.workflows.races import race_at_complete, serving, write_seed


@pytest.fixture(scope="module")
def seed_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_seed(tmp_path_factory.mktemp("seed"))


@pytest.fixture(scope="module")
def server(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    command = ("-m", "tests.workflows.naive_server", "serve", "--no-demo")
    with serving(database_url, tmp_path_factory.mktemp("naive"), *command, workers=1) as running:
        yield running


def test_a_naive_stock_update_sells_more_than_there_is_and_fails_the_race(server: ServerProcess) -> None:
    race = asyncio.run(race_at_complete(server, item=0, buyers=200, holders=0, stock=20))
    assert race.sold > race.stock
    with pytest.raises(AssertionError):
        race.assert_nothing_oversold()
