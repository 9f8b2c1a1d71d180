"""What the commands of app.py do with the business: loading data, and the demo of a first start."""

import argparse
import json
from pathlib import Path
from typing import Any

from services.deps import Deps
from services.seed.load import load as load_document
from services.seed.format import SCHEMA
from services.seed.read import read


def print_seed_schema() -> int:
    print(json.dumps(SCHEMA, indent=2, ensure_ascii=False))
    return 0


async def load(deps: Deps, file: Path) -> dict[str, Any]:
    """Load a seed file; ids of what it names, by kind and natural key."""
    async with deps.database.unit_of_work() as work:
        report = await load_document(work, read(file))
    return dict(report.ids)


async def seed(deps: Deps, options: argparse.Namespace) -> int:
    ids = await load(deps, options.file)
    if options.ids is not None:
        options.ids.write_text(json.dumps(ids, indent=2, ensure_ascii=False))
    print(f"loaded {options.file}")
    return 0


async def import_catalogue(deps: Deps, options: argparse.Namespace) -> int:
    raise NotImplementedError


async def offer_demo(deps: Deps) -> int:
    """Fill an empty database with the demo, and say how to look around in it."""
    return 0
