"""What the commands of app.py do with the business: loading data, and the demo of a first start."""

import argparse

from services.deps import Deps


async def offer_demo(deps: Deps) -> int:
    return 0
