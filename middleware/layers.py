"""What the layers share: the application, its settings, and the form of a layer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from routes.table import Handler, Route
from utils.config import Settings
from utils.http import DEPS

if TYPE_CHECKING:
    from middleware.context import AccessLog
    from middleware.limits import Buckets
    from services.deps import Deps


@dataclass(slots=True, eq=False)
class Wire:
    """Handed to every layer when it is built for a row, once, at the start."""

    app: web.Application
    settings: Settings
    rows: tuple[Route, ...]
    log: "AccessLog"
    buckets: "Buckets | None" = None

    @property
    def deps(self) -> "Deps":
        """Read when a layer is built, not for every request."""
        return self.app[DEPS]


# A layer is built for one row around what lies within; where it has nothing to do it returns that unchanged.
Layer = Callable[[Wire, Route, Handler], Handler]
