"""The shop of conditions: sellers with rules of their own, provinces, tiers and codes (`tests/data/pricing.yaml`)."""

from pathlib import Path
from typing import Any

import pytest

from tests.buying import Buyer
from tests.conftest import Client


@pytest.fixture(scope="module")
def seed_file() -> Path | None:
    return Path(__file__).parents[1] / "data" / "pricing.yaml"


@pytest.fixture
async def buyer(client: Client, ids: dict[str, Any]) -> Buyer:
    """A buyer in the shop of conditions."""
    return Buyer(client, ids)
