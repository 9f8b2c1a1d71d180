"""A socket event is a row, as a route is: namespace and name, who may call, the schemas of what comes and goes."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from routes.schemas.shared import common as c
from routes.table import EMPTY, GRANTED, GRANTS, LOGGED_IN, Schema
from utils.errors import AppError

if TYPE_CHECKING:
    from services.call import Call
    from services.deps import Deps

Controller = Callable[["Call", "Deps"], Awaitable[Any]]
LARGEST_BYTES = 16 * 1024  # of a body
# What the protocol itself says by these names; a client that sends one is no client of ours.
RESERVED = frozenset(("connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"))

# What a client sends to be let in, and behind the body of an event that takes an idempotency key.
CONNECT: Schema = c.body(
    required=["token"],
    token={"type": "string", "minLength": 1, "maxLength": 2048, "description": "The token of a login."},
    seller_id={**c.ID, "description": "The seller to act for, where the member works for several."},
)
OPTIONS: Schema = c.body(idempotency_key={"type": "string", "maxLength": 255, "pattern": "^[!-~]{1,255}$"})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Event:
    """One row. `body` and `reply` (the acknowledgement) are JSON Schemas, `errors` error classes beyond the usual."""

    namespace: str
    event: str
    controller: Controller
    who: str | None = None  # as in a route, of those who are logged in
    grant: str | None = None
    summary: str = ""
    body: Schema = field(default_factory=lambda: EMPTY)
    reply: Schema = field(default_factory=lambda: EMPTY)
    errors: tuple[type[AppError], ...] = ()
    rate: str = "read"  # reads believe what is held of a login, all others ask the database
    idempotent: bool = False  # takes `{idempotency_key}` after the body
    seconds: float = 10.0  # its deadline
    ids: Mapping[str, str] = field(default_factory=dict)  # keys of the body that are ids, by their names in `call.ids`
    largest: int = LARGEST_BYTES

    @property
    def name(self) -> str:
        return f"{self.namespace} {self.event}"


@dataclass(frozen=True, slots=True, eq=False)
class Push:
    """What the server says by itself in a namespace. `payload` is a JSON Schema."""

    namespace: str
    event: str
    payload: Schema
    summary: str

    @property
    def name(self) -> str:
        return f"{self.namespace} {self.event}"


def event(namespace: str, name: str, controller: Controller, **row: Any) -> Event:
    return Event(namespace=namespace, event=name, controller=controller, **row)


def table_of(rows: Iterable[Event]) -> dict[str, dict[str, Event]]:
    """The rows by namespace and event; ValueError for one that cannot be mounted."""
    found: dict[str, dict[str, Event]] = {}
    for row in rows:
        known = found.setdefault(row.namespace, {})
        if row.event in known or row.event in RESERVED:
            raise ValueError(f"{row.name} is there already, or is a name of the protocol")
        if row.who not in LOGGED_IN:
            raise ValueError(f"{row.name} does not say who may call it")
        if (row.grant is not None or row.who in GRANTED) and row.grant not in GRANTS.get(row.who, ()):
            raise ValueError(f"{row.name} does not say what a {row.who} must be granted")
        known[row.event] = row
    return found
