"""Documents to load."""

import copy
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
WORLD = ROOT / "tests/data/world.yaml"
EVERYTHING = ROOT / "tests/data/everything.yaml"
DEMO = ROOT / "services/seed/demo.yaml"
Json = dict[str, Any]


def shop(**sections: Any) -> Json:
    """A small document: one seller with one product of one variant."""
    location = {"name": "Main"}
    variant = {"sku": "A-1", "prices": {"eur": 10}, "stock": 5}
    goods = {"handle": "thing", "store": "alpha", "title": "Thing", "variants": [variant]}
    document: Json = {
        "sales_channels": [{"name": "Web"}],
        "stores": [{"handle": "alpha", "name": "Alpha", "stock_locations": [location]}],
        "products": [goods],
    }
    return copy.deepcopy(document | sections)


def stocked(quantity: Any) -> Json:
    document = shop()
    document["products"][0]["variants"][0]["stock"] = quantity
    return document
