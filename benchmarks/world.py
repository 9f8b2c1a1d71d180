"""A marketplace to measure on, as a seed file: `python -m benchmarks.world > world.json`.

Made by arithmetic, not at random: the same numbers give the same file. Every seller offers the same two kinds of
shipping, so that a cart of several sellers can be sent with one choice.
"""

import argparse
import sys
from typing import Any

import orjson

PUBLISHABLE_KEY = "pk_benchmark_world"
COUNTRIES = {"eur": ["de", "fr"], "usd": ["us"]}
REGIONS = {"eur": "Europe", "usd": "United States"}
SIZES = ("S", "M", "L", "XL", "XXL")
KINDS = ("Shirt", "Bowl", "Lamp", "Chair", "Kettle", "Blanket", "Notebook", "Basket")
WORDS = ("linen", "oak", "brass", "wool", "clay", "glass", "cork", "cotton", "slate", "paper", "reed")
CATEGORY_COUNT, COLLECTION_COUNT = 12, 6


def money(eur: float) -> dict[str, float]:
    return {"eur": round(eur, 2), "usd": round(eur * 1.1, 2)}


def shipping(name: str, code: str, eur: float) -> dict[str, Any]:
    return {"name": name, "type": code, "profile": "Default", "prices": money(eur)}


def seller(index: int) -> dict[str, Any]:
    """A seller with one stock location that sends to every country."""
    zone = {
        "name": "World",
        "geo_zones": [country for countries in COUNTRIES.values() for country in countries],
        "shipping_options": [
            shipping("Standard", "standard", 4.9 + index % 3),
            shipping("Express", "express", 12.5 + index),
        ],
    }
    sets = [{"name": "Parcels", "service_zones": [zone]}]
    address = {"address_1": f"{index + 1} Dock Road", "city": "Town", "country_code": "de", "postal_code": "20457"}
    locations = [{"name": "Warehouse", "address": address, "fulfillment_sets": sets}]
    return {"handle": f"store-{index}", "name": f"Store {index}", "address": address, "stock_locations": locations}


def product(index: int, *, sellers: int, variants: int, stock: int) -> dict[str, Any]:
    kind, first, second = KINDS[index % len(KINDS)], WORDS[index % len(WORDS)], WORDS[(index * 7 + 3) % len(WORDS)]
    sizes = SIZES[:variants]
    eur = 5 + (index * 37 % 9000) / 100
    images = [f"/static/world/{index}-{side}.jpg" for side in ("front", "back")]
    return {
        "handle": f"product-{index}",
        "store": f"store-{index % sellers}",
        "title": f"{first.title()} {kind} {index}",
        "subtitle": f"{kind} of {first}",
        "description": f"A {kind.lower()} of {first} and {second}, made in small numbers. " * 3,
        "images": images,
        "collection": f"collection-{index % COLLECTION_COUNT}",
        "type": kind,
        "tags": sorted({first, second}),
        "categories": [f"category-{index % CATEGORY_COUNT}"],
        "weight": 200 + index % 800,
        "options": [{"title": "Size", "values": list(sizes)}],
        "variants": [
            {
                "sku": f"P{index}-{size}",
                "title": size,
                "options": {"Size": size},
                "prices": money(eur + rank),
                "stock": stock,
            }
            for rank, size in enumerate(sizes)
        ],
    }


def world(*, products: int, variants: int, sellers: int, stock: int) -> dict[str, Any]:
    """The whole seed document."""
    return {
        "sales_channels": [{"name": "Web"}],
        "publishable_keys": [{"title": "Benchmark", "token": PUBLISHABLE_KEY, "sales_channels": ["Web"]}],
        "regions": [{"name": REGIONS[c], "currency": c, "countries": COUNTRIES[c]} for c in COUNTRIES],
        "tax_regions": [
            {"country": "de", "default_rate": {"name": "VAT", "code": "vat-de", "rate": 19}},
            {"country": "fr", "default_rate": {"name": "VAT", "code": "vat-fr", "rate": 20}},
            {"country": "us", "default_rate": {"name": "Sales tax", "code": "us", "rate": 7.25}},
        ],
        "shipping_profiles": [{"name": "Default"}],
        "categories": [{"handle": f"category-{n}", "name": f"Category {n}"} for n in range(CATEGORY_COUNT)],
        "collections": [{"handle": f"collection-{n}", "title": f"Collection {n}"} for n in range(COLLECTION_COUNT)],
        "stores": [seller(n) for n in range(sellers)],
        "products": [product(n, sellers=sellers, variants=variants, stock=stock) for n in range(products)],
        "promotions": [
            {
                "code": "TEN",
                "application_method": {
                    "type": "percentage",
                    "value": 10,
                    "target_type": "items",
                    "allocation": "across",
                },
            }
        ],
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--products", type=int, default=1000)
    parser.add_argument("--variants", type=int, default=3, choices=range(1, len(SIZES) + 1), help="of each product")
    parser.add_argument("--stores", type=int, default=10)
    parser.add_argument("--stock", type=int, default=10_000_000, help="pieces of each variant")
    options = parser.parse_args()
    sys.stdout.buffer.write(orjson.dumps(world(**vars(options)), option=orjson.OPT_INDENT_2) + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
