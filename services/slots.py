"""The slots of a process: what fills each, its set-up before anything is served, and whether it answers.

The database is vital: without it nothing is served (`/ready` answers 503). Every other engine may go away while the
server runs: what needs it is refused at once (services/infrastructure/http/circuit_breaker.py), all else goes on, and
`/ready` names it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from services import health
from services.deps import Deps
from services.infrastructure.database.sandbox_clock import SandboxClock
from services.infrastructure.files.private import tighten
from services.infrastructure.http.circuit_breaker import Breaker
from utils.clock import use
from utils.errors import AppError

WATCH_SECONDS = 2.0
AWAY_SECONDS = 0.5  # between probes of an engine that is away
PROBE_SECONDS = 1.0
PREPARE_SECONDS = 30.0  # building an index over what is there already takes longer than an answer
PATIENCE_SECONDS = 10.0  # at the start, with an engine that is starting too

log = logging.getLogger("pasar.slots")


@runtime_checkable
class Prepared(Protocol):
    async def prepare(self) -> None:
        """Make what is missing of the set-up; harmless when repeated, in several processes at once."""
        ...


@runtime_checkable
class Engine(Prepared, Protocol):
    """A server beside ours."""

    @property
    def breaker(self) -> Breaker: ...

    async def ping(self) -> None:
        """Come back when it has answered; raises otherwise."""
        ...


class SlotUnusable(AppError):
    code, kind = "slot_unusable", "unavailable"
    message = "{engine} cannot be used for {slot}: {reason} {advice}"


@dataclass(frozen=True, slots=True)
class Slot:
    """An engine in its place. `advice` is for the operator whose start it stops."""

    name: str
    engine: Engine
    advice: str

    @property
    def is_away(self) -> bool:
        return self.engine.breaker.is_open

    def told(self) -> dict[str, str]:
        """What `/ready` says of it."""
        state = "degraded" if self.is_away else "ok"
        return {"slot": self.name, "engine": self.engine.breaker.engine, "status": state}


ADVICE = {
    "sessions": "Check REDIS_URL and that Redis runs; without REDIS_URL sessions are kept in PostgreSQL.",
    "files": "Check MINIO_ENDPOINT, MINIO_ACCESS_KEY, MINIO_SECRET_KEY and MINIO_BUCKET, and that MinIO runs.",
    "chat": "Check MONGO_URL and that MongoDB runs; without MONGO_URL chat is kept in PostgreSQL.",
}


def engines(deps: Deps) -> list[Slot]:
    """The slots that a server beside ours fills."""
    filled = {"sessions": deps.cookies, "files": deps.files, "chat": deps.chat}
    return [Slot(name, engine, ADVICE[name]) for name, engine in filled.items() if isinstance(engine, Engine)]


async def start_clock(deps: Deps) -> None:
    """Put the clock in force for this task and those it starts; a sandbox's goes where its row says."""
    use(deps.clock)
    if isinstance(deps.clock, SandboxClock):
        await deps.clock.read()


async def prepare_folders(deps: Deps) -> None:
    """Make the folders, and close what an older version left open to others."""
    await asyncio.to_thread(tighten, deps.settings.data_dir)
    for holder in (deps.files, deps.notifications):
        if isinstance(holder, Prepared) and not hasattr(holder, "breaker"):  # engines come after
            await holder.prepare()


async def prepare(deps: Deps) -> None:
    """All set-up, before the process serves. An engine that is away is prepared when it answers."""
    await prepare_folders(deps)
    await asyncio.gather(*(prepare_engine(slot) for slot in engines(deps)))


async def prepare_engine(slot: Slot) -> bool:
    """Whether the engine answered and is set up."""
    try:
        return await slot.engine.breaker.probe(slot.engine.prepare, PREPARE_SECONDS if slot.name == "chat" else 5.0)
    except AppError as error:
        log.error("%s cannot be used for %s: %s %s", slot.engine.breaker.engine, slot.name, error.text, slot.advice)
        return False


async def require(deps: Deps, tell: Callable[[str], None] = lambda _: None) -> None:
    """As `prepare`, for the start by an operator: SlotUnusable when an engine does not answer or refuses us.

    A line is told of every slot: what fills it, and that it answered.
    """
    async with deps.database.reading() as work:
        tell(f"database: {await health.database_in_words(work, deps.settings.database_url)} answers")
    await prepare_folders(deps)
    for slot in engines(deps):
        await required(slot)
        tell(f"{slot.name}: {slot.engine.breaker.engine} answers")
    for line in embedded(deps):
        tell(line)


def embedded(deps: Deps) -> list[str]:
    """The slots that no server beside ours fills, and what does instead."""
    with_engine = {slot.name for slot in engines(deps)}
    fillings = {
        "sessions": "PostgreSQL (REDIS_URL names a Redis instead)",
        "files": f"the folder {deps.settings.data_dir / 'files'} (MINIO_ENDPOINT names a MinIO instead)",
        "chat": "PostgreSQL (MONGO_URL names a MongoDB instead)",
        "mail": f"the folder {deps.settings.data_dir / 'outbox'}",
    }
    return [f"{name}: {filling}" for name, filling in fillings.items() if name not in with_engine]


async def required(slot: Slot) -> None:
    end = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    facts = {"slot": slot.name, "engine": slot.engine.breaker.engine, "advice": slot.advice}
    while True:
        try:
            if await slot.engine.breaker.probe(slot.engine.prepare, PREPARE_SECONDS if slot.name == "chat" else 5.0):
                return
        except AppError as error:
            raise SlotUnusable(reason=error.text, **facts) from error
        if asyncio.get_running_loop().time() > end:
            raise SlotUnusable(reason="it does not answer.", **facts)
        await asyncio.sleep(AWAY_SECONDS)


async def watch(slot: Slot) -> None:
    """Probe an engine for as long as the process lives, so that no request has to. It is set up when it comes back: it
    may be another, empty one."""
    breaker = slot.engine.breaker
    while True:
        if breaker.is_open:
            await asyncio.sleep(AWAY_SECONDS)
            if await answers(slot):
                await prepare_engine(slot)
        else:
            with suppress(TimeoutError):
                async with asyncio.timeout(WATCH_SECONDS):
                    await breaker.opened.wait()
                continue
            await answers(slot)


async def answers(slot: Slot) -> bool:
    """Whether the engine answers now; what it says besides is its own."""
    try:
        return await slot.engine.breaker.probe(slot.engine.ping, PROBE_SECONDS)
    except AppError:
        return True


async def watch_all(deps: Deps) -> None:
    async with asyncio.TaskGroup() as group:
        for slot in engines(deps):
            group.create_task(watch(slot))
        await asyncio.Event().wait()


async def degraded(deps: Deps) -> list[Slot]:
    """The slots whose engines do not answer. Those that did lately are asked, all at once and briefly."""
    found = engines(deps)
    probes: list[Awaitable[bool]] = [answers(slot) for slot in found if not slot.is_away]
    await asyncio.gather(*probes)
    return [slot for slot in found if slot.is_away]
