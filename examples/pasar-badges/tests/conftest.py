"""A server with the plug-in over a fresh database."""

from collections.abc import Sequence

import pytest
from pasar_badges import PLUGIN

from pasar import Plugin

pytest_plugins = ["pasar.testing"]


@pytest.fixture(scope="session")
def plugins() -> Sequence[Plugin]:
    return [PLUGIN]
