"""What a request carries from floor to floor, and how a reply is made from a payload."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

import orjson
from aiohttp import web
from multidict import CIMultiDict, istr

from models.identity.principal import Principal
from services.deps import Deps
from services.infrastructure.database.database import IdempotencyRecord
from utils.fields import Selection

DEPS: web.AppKey[Deps] = web.AppKey("DEPS")

# The checked body (a dict) and query (a read-only mapping that requests share); Any, for `**request[BODY]`.
BODY: web.RequestKey[Any] = web.RequestKey("BODY")
QUERY: web.RequestKey[Any] = web.RequestKey("QUERY")
FIELDS: web.RequestKey[Selection] = web.RequestKey("FIELDS")
PRINCIPAL: web.RequestKey[Principal] = web.RequestKey("PRINCIPAL")
CLAIM: web.RequestKey[IdempotencyRecord | None] = web.RequestKey("CLAIM")
REQUEST_ID: web.RequestKey[str] = web.RequestKey("REQUEST_ID")
# The client's address, on rows that log people in.
ADDRESS: web.RequestKey[str] = web.RequestKey("ADDRESS")
RAW: web.RequestKey[bytes] = web.RequestKey("RAW")

CORS_HOOK: web.AppKey[Callable[[web.Request, web.StreamResponse], Awaitable[None]]] = web.AppKey("CORS_HOOK")
MISMATCHES: web.AppKey[list[str]] = web.AppKey("MISMATCHES")
OPENAPI: web.AppKey[bytes] = web.AppKey("OPENAPI")
ASYNCAPI: web.AppKey[bytes] = web.AppKey("ASYNCAPI")


@dataclass(slots=True)
class PageNote:
    """What a controller says about the page it made: ids it shows, and when it ends by itself (seconds, time.time)."""

    tags: tuple[str, ...] = ()
    expires_at: float | None = None
    keep: bool = True


NOTE: web.RequestKey[PageNote] = web.RequestKey("NOTE")

ORDER_TOKEN = istr("X-Order-Token")
COOKIE = "connect.sid"  # the session cookie that clients of the Store API know
JSON = "application/json; charset=utf-8"
JSON_HEADERS: CIMultiDict[str] = CIMultiDict({"Content-Type": JSON})
OPTIONS = orjson.OPT_NON_STR_KEYS


class Recorder(Protocol):
    """Where a reply is recorded that is stored with its effect."""

    def record(self, status: int, reply: bytes) -> None: ...


def dump(payload: Any) -> bytes:
    """A payload of plain values as JSON bytes."""
    return orjson.dumps(payload, option=OPTIONS)


def reply(payload: Any, status: int = 200, *, claim: Recorder | None = None) -> web.Response:
    """A JSON reply. Inside a unit of work hand in its claim, so that the reply is stored with the effect."""
    body = dump(payload)
    if claim is not None:
        claim.record(status, body)
    return web.Response(body=body, status=status, headers=JSON_HEADERS)
