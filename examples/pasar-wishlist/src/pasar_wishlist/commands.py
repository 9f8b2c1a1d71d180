"""Commands of the plug-in."""

import argparse

from pasar.data import Deps
from pasar_wishlist.services import wishlist

MOST = 20


async def report(deps: Deps, options: argparse.Namespace) -> int:
    """Print the products that stand on most lists, one a line."""
    async with deps.database.reading() as work:
        found = await wishlist.most_wanted(work, limit=MOST)
    for product_id, lists in found:
        print(f"{lists:>6}  {product_id}")
    return 0
