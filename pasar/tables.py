"""The tables of the database: those of this server first, then those of each plug-in."""

import asyncio
from collections.abc import Callable

from pasar.plugin import PluginError
from pasar.registry import Registry
from services.infrastructure.database import migrations


def bring_up_to_date(url: str, known: Registry, tell: Callable[[str], None]) -> None:
    """Run the missing migrations; must be called outside of a running event loop."""
    migrations.upgrade(url, tell, branches=known.branches)
    for name in asyncio.run(migrations.left_behind(url, known.branches)):
        tell(f"the database keeps the tables of the plug-in {name}, which is not installed")


def are_current(url: str, known: Registry) -> bool:
    """Whether the database has every migration, those of the plug-ins included."""
    return asyncio.run(migrations.is_current(url, known.branches))


def remove(url: str, known: Registry, name: str, tell: Callable[[str], None]) -> None:
    """Undo the migrations of the plug-in of this name: its tables go, with what is in them."""
    branch = next((each for each in known.branches if each.plugin == name), None)
    if branch is None:
        raise PluginError(f"No plug-in {name} with tables is installed. Install it again to remove its tables.")
    migrations.remove(url, tell, branch)
