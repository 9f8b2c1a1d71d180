"""A test that is marked `pure` cannot reach an engine; the longest files are there."""

import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import pytest

from services.infrastructure.database.embedded_postgres import EmbeddedPostgres
from tests.order import RANKS, rank
from tests.purity import refuse_engines

pytestmark = pytest.mark.pure
ROOT = Path(__file__).resolve().parents[1]


async def test_a_pure_test_opens_no_database(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"`pure` calls asyncpg\.connect"):
        await asyncpg.connect("postgresql://nobody@127.0.0.1:1/nothing")
    with pytest.raises(AssertionError, match=r"`pure` calls EmbeddedPostgres\.start"):
        EmbeddedPostgres(tmp_path).start()


def test_a_pure_test_opens_no_connection_and_no_process() -> None:
    with socket.socket() as probe, pytest.raises(AssertionError, match=r"socket\.connect"):
        probe.connect(("127.0.0.1", 1))
    with pytest.raises(AssertionError, match=r"Popen\.__init__"):
        subprocess.run([sys.executable, "-V"], check=True)
    with pytest.raises(AssertionError, match=r"ClientSession\.__init__"):
        aiohttp.ClientSession()


def test_a_pure_test_has_no_fixture_of_a_database() -> None:
    class Marked:
        nodeid, fixturenames = "tests/x.py::test_x", ["database", "postgres"]

        def get_closest_marker(self, name: str) -> bool:
            return name == "pure"

    marked: Any = Marked()
    with pytest.raises(pytest.UsageError, match=r"tests/x\.py::test_x"):
        refuse_engines([marked])


def test_files_that_come_first_are_there() -> None:
    assert [str(path) for path in RANKS if not (ROOT / path).exists()] == [], "mend tests/order.py"
    assert rank(next(iter(RANKS))) == 0
    assert rank(Path("tests/test_purity.py")) == len(RANKS)
