"""The order in which files are handed to the workers: the longest first, lest one is left alone with it at the end.

Seconds of a core, measured on two; everything else takes less, and comes as it lies.
"""

from pathlib import PurePath

LONGEST = (
    "generated/test_admin.py",
    "generated/test_seller.py",
    "generated/test_customer.py",
    "generated/test_chat.py",
    "generated/test_storefront.py",
    "matrix/test_matrix.py",
    "matrix/test_bodies.py",
    "uploads/test_kill.py",
    "workflows/test_kill.py",
    "plugins/test_installed.py",
    "middleware/test_raw_http.py",
    "clients/test_load.py",
    "models/test_upgrades.py",
    "workflows/test_races.py",
    "seller/test_orders_at_random.py",
    "services/infrastructure/test_processes.py",
    "middleware/test_validators.py",
    "store/test_command_line.py",
    "uploads/test_attacks.py",
    "services/seed/test_load.py",
)
RANKS = {PurePath("tests", name): rank for rank, name in enumerate(LONGEST)}


def rank(path: PurePath) -> int:
    """Of a test's file; smaller comes first."""
    return RANKS.get(path, len(RANKS))
