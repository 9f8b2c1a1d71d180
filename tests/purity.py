"""What a `pure` test may not do: reach an engine. Then it says the same over every engine, and runs once."""

import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import aiohttp
import asyncpg
import pytest

from services.infrastructure.database.embedded_postgres import EmbeddedPostgres

DOORS: tuple[tuple[Any, str], ...] = (
    (asyncpg, "connect"),
    (EmbeddedPostgres, "start"),
    (socket.socket, "connect"),
    (subprocess.Popen, "__init__"),
    (aiohttp.ClientSession, "__init__"),
)


def is_pure(item: pytest.Item) -> bool:
    return item.get_closest_marker("pure") is not None


def refuse_engines(items: list[pytest.Item]) -> None:
    """UsageError for a pure test whose fixtures begin with a database."""
    impure = [item.nodeid for item in items if is_pure(item) and "postgres" in getattr(item, "fixturenames", ())]
    if impure:
        raise pytest.UsageError(f"marked `pure`, but with a database: {', '.join(impure[:5])}")


def refusal(name: str) -> Callable[..., NoReturn]:
    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise AssertionError(f"a test marked `pure` calls {name}: take the mark off, or the call")

    return refuse


@contextmanager
def doors_closed() -> Iterator[None]:
    """For as long as a pure test runs."""
    with pytest.MonkeyPatch.context() as patch:
        for holder, name in DOORS:
            patch.setattr(holder, name, refusal(f"{holder.__name__}.{name}"))
        yield
