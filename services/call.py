"""One call of the server, whoever makes it: an HTTP request, a socket event, a command, a background job, a reaction.

The middleware turns each of them into a `Call` (middleware/http.py, middleware/events.py, middleware/work.py), so that
a controller or a service that takes one knows nothing of the wire that it came by.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

import msgspec
import orjson

from models.identity.principal import Principal
from services.infrastructure.database.database import IdempotencyRecord
from utils.errors import AppError
from utils.fields import Selection

T = TypeVar("T")
NOBODY = Principal()
NOTHING: Mapping[str, Any] = MappingProxyType({})


class DeadlinePassed(AppError):
    code, kind = "deadline_passed", "unavailable"
    message = "This took longer than {seconds} s and was given up. Try again."


class Connection(Protocol):
    """What a socket event came by, and what it may do about it."""

    @property
    def id(self) -> str: ...

    async def renew(self, token: str) -> float:
        """Go on with another token of the same person, until the moment that is returned; anybody else's ends it."""
        ...


class Call(msgspec.Struct, frozen=True):
    """What the layers found out about a call. `name` is that of its row, `ids` are the parts of its path.

    `principal.seller_id` is the seller that it acts for. `deadline` is a moment of the event loop's clock.
    """

    name: str
    request_id: str
    principal: Principal = NOBODY
    ids: Mapping[str, str] = NOTHING
    query: Mapping[str, Any] = NOTHING
    fields: Selection | None = None
    body: Any = NOTHING
    claim: IdempotencyRecord | None = None
    address: str = ""
    deadline: float | None = None
    connection: Connection | None = None

    @property
    def origin(self) -> str:
        """The id of the socket connection that it came by; empty when it came by none."""
        return "" if self.connection is None else self.connection.id

    def record(self, payload: Any, status: int = 200) -> Any:
        """Note the answer under the idempotency key, if there is one: inside the unit of work that has the effect."""
        if self.claim is not None:
            self.claim.record(status, orjson.dumps(payload, option=orjson.OPT_NON_STR_KEYS))
        return payload


def deadline_in(seconds: float | None) -> float | None:
    """The deadline of a call that begins now."""
    return None if seconds is None else asyncio.get_running_loop().time() + seconds


async def in_time(call: Call, seconds: float | None, result: Awaitable[T]) -> T:
    """The result, unless the call's deadline (`seconds` after its beginning) comes first: then DeadlinePassed.

    As `asyncio.timeout_at`, at a third of its cost: every event of every connection has a deadline, and few meet it.
    """
    if call.deadline is None:
        return await result
    task = asyncio.current_task()
    assert task is not None
    limit = Limit(task, task.cancelling())
    timer = asyncio.get_running_loop().call_at(call.deadline, limit.end)
    try:
        return await result
    except asyncio.CancelledError:
        if limit.has_passed and task.cancelling() <= limit.cancelling + 1:
            raise DeadlinePassed(seconds=seconds) from None
        raise  # somebody else wants the task to end
    finally:
        timer.cancel()
        if limit.has_passed:
            task.uncancel()


@dataclass(slots=True)
class Limit:
    """A deadline that a task works under; `cancelling` are the requests to end that it had before."""

    task: asyncio.Task[Any]
    cancelling: int
    has_passed: bool = False

    def end(self) -> None:
        self.has_passed = True
        self.task.cancel()


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A piece of work that no client waits for. `kind` is command, job or event; None seconds: it has no deadline."""

    kind: str
    name: str
    seconds: float | None = None


Run = Callable[[WorkItem, Callable[[Call], Awaitable[Any]]], Awaitable[Any]]


async def directly(work: WorkItem, function: Callable[[Call], Awaitable[Any]]) -> Any:
    """Without any layer, where no process has put them in."""
    return await function(Call(f"{work.kind} {work.name}", ""))


@dataclass(slots=True)
class Runner:
    """How work is run. The process that serves, or carries a command out, puts its layers here when it starts."""

    run: Run = directly
