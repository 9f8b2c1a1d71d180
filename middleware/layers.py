"""What the layers share: the application, its settings, and the form of a layer."""

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from controllers.http import DEPS
from middleware.access_log import AccessLog
from middleware.buckets import Buckets
from routes.table import Handler, Route
from services.deps import Deps
from utils.config import Settings


@dataclass(slots=True, eq=False)
class Wire:
    """Handed to every layer when it is built for a row, once, at the start."""

    app: web.Application
    settings: Settings
    rows: tuple[Route, ...]
    log: AccessLog
    buckets: Buckets | None = None

    @property
    def deps(self) -> Deps:
        """Read when a layer is built, not for every request."""
        return self.app[DEPS]


# A layer is built for one row around what lies within; where it has nothing to do it returns that unchanged.
Layer = Callable[[Wire, Route, Handler], Handler]
