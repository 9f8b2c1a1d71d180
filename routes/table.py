"""A route is a row: what the wire looks like, who may call, and the flags the middleware reads."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from utils.errors import AppError
from utils.fields import FieldSet

Schema = Mapping[str, Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

PUBLIC = "public"  # no key asked: health, documentation
ANYONE = "anyone"  # a publishable key; nobody need be logged in
CUSTOMER = "customer"  # a publishable key and a customer's token
WHO = frozenset((PUBLIC, ANYONE, CUSTOMER))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Route:
    """One row. `query`, `body` and `reply` are JSON Schemas; `errors` are statuses or error classes beyond the usual."""

    method: str
    path: str
    handler: Handler
    who: str | None = None
    summary: str = ""
    tag: str = ""
    query: Schema | None = None
    body: Schema | None = None
    body_optional: bool = False
    reply: Schema | None = None
    status: int = 200
    media: str = "application/json"
    fields: FieldSet | None = None
    errors: tuple[int | type[AppError], ...] = ()
    idempotent: bool = False
    cached: tuple[str, ...] | None = None
    rate: str = "read"
    hidden: bool = False
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


def get(path: str, handler: Handler, **row: Any) -> Route:
    return Route(method="GET", path=path, handler=handler, **row)


def post(path: str, handler: Handler, **row: Any) -> Route:
    return Route(method="POST", path=path, handler=handler, **{"rate": "write", **row})


def delete(path: str, handler: Handler, **row: Any) -> Route:
    return Route(method="DELETE", path=path, handler=handler, **{"rate": "write", **row})


Wrap = Callable[[Route], Handler]


def mount(app: web.Application, rows: Iterable[Route], wrap: Wrap) -> list[tuple[Route, web.AbstractRoute]]:
    """Put the rows into the router, each handler inside the layers that `wrap` builds for its row."""
    mounted = []
    for row in rows:
        route = app.router.add_route(row.method, row.path, wrap(row))
        mounted.append((row, route))
    return mounted
