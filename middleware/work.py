"""Work that no client waits for as a `Call`: a command, a round of a background job, a reaction to an event.

It has a deadline, its errors are told apart and logged as those of requests are, and a line says what became of it.
Whoever runs it gets its errors all the same: reactions are tried again, jobs start anew, a command tells its user.
"""

from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any

from middleware.context import GONE, new_request_id
from middleware.errors import told
from services.call import Call, WorkItem, deadline_in, in_time
from services.deps import Deps
from utils.errors import AppError
from utils.masking import log_masked

log = log_masked("pasar.work")
COMMAND_SECONDS = 86_400.0  # one that hangs ends; the largest import takes hours


def install(deps: Deps) -> None:
    """From now on all work of these deps passes the layers."""
    deps.runner.run = through


async def through(work: WorkItem, function: Callable[[Call], Awaitable[Any]]) -> Any:
    """Carry a piece of work out as a call."""
    call = Call(f"{work.kind} {work.name}", new_request_id(), deadline=deadline_in(work.seconds))
    started, status = perf_counter(), GONE
    try:
        result = await in_time(call, work.seconds, function(call))
        status = 200
        return result
    except Exception as error:
        status = status_of(error, work, call)
        raise
    finally:
        # As in the access log; what went well is for who looks for it.
        say = log.debug if status in (200, GONE) else log.info
        say("%s %s %d %.1f ms", call.request_id, call.name, status, (perf_counter() - started) * 1000)


def status_of(error: Exception, work: WorkItem, call: Call) -> int:
    """The status of an error; logged where it is no refusal, unless somebody sits there to be told."""
    if work.kind == "command":
        return error.status if isinstance(error, AppError) else 500
    status, _ = told(error, call.request_id, call.name, call.request_id)
    return status


async def command(deps: Deps, name: str, run: Callable[[Deps], Awaitable[int]]) -> int:
    """Carry a command of the command line out; its exit code."""
    code: int = await through(WorkItem("command", name, COMMAND_SECONDS), lambda call: run(deps))
    return code
