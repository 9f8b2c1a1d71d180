"""Commands, jobs and reactions pass layers of their own: a deadline, an error told apart, a line in the log."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from middleware import work
from services import background
from services.call import Call, DeadlinePassed, WorkItem
from services.deps import Deps
from tests.conftest import Client
from utils.errors import AppError, NotFound

HEARD: list[Any] = []


@dataclass(slots=True)
class Probed:
    number: int
    topic: str = "probe.done"


@pytest.fixture(autouse=True)
def told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "pasar.work")


def lines(caplog: pytest.LogCaptureFixture, name: str) -> list[tuple[str, str]]:
    """Level and message of what was said about a piece of work."""
    return [(r.levelname, r.getMessage()) for r in caplog.records if r.name == "pasar.work" and name in r.getMessage()]


async def test_work_gets_a_call_and_a_line(caplog: pytest.LogCaptureFixture) -> None:
    async def run(call: Call) -> Call:
        return call

    call = await work.through(WorkItem("job", "probe", 5.0), run)
    assert call.name == "job probe"
    assert call.deadline is not None
    assert 4 < call.deadline - asyncio.get_running_loop().time() <= 5
    ((level, text),) = lines(caplog, "job probe")
    assert level == "DEBUG"
    assert text.startswith(f"{call.request_id} job probe 200 ")


async def test_work_that_hangs_ends_at_its_deadline(caplog: pytest.LogCaptureFixture) -> None:
    async def hang(call: Call) -> None:
        await asyncio.sleep(30)

    with pytest.raises(DeadlinePassed):
        await work.through(WorkItem("job", "hanging", 0.05), hang)
    ((level, text),) = lines(caplog, "job hanging")
    assert (level, " 503 " in text) == ("INFO", True)


async def test_a_timeout_within_the_deadline_is_none_of_ours() -> None:
    async def asks(call: Call) -> None:
        raise TimeoutError("a gateway")

    with pytest.raises(TimeoutError, match="a gateway"):
        await work.through(WorkItem("job", "asking", 5.0), asks)


@pytest.mark.parametrize(
    ("error", "status", "has_traceback"),
    [
        (NotFound(what="Thing", id="x"), 404, False),
        (ConnectionRefusedError("no database"), 503, False),
        (RuntimeError("a fault"), 500, True),
    ],
)
async def test_errors_are_told_apart_and_reach_who_runs_it(
    caplog: pytest.LogCaptureFixture, error: Exception, status: int, has_traceback: bool
) -> None:
    async def fail(call: Call) -> None:
        raise error

    with pytest.raises(type(error)):
        await work.through(WorkItem("event", "failing", 5.0), fail)
    ((level, text),) = lines(caplog, "event failing 4" if status == 404 else f"event failing {status}")
    assert (level, f" {status} " in text) == ("INFO", True)
    assert any(record.exc_info for record in caplog.records if record.name == "pasar.errors") == has_traceback


async def test_a_commands_errors_are_for_its_user(caplog: pytest.LogCaptureFixture, deps: Deps) -> None:
    async def refuse(deps: Deps) -> int:
        raise NotFound(what="Thing", id="x")

    async def count(deps: Deps) -> int:
        return 4

    with pytest.raises(AppError):
        await work.command(deps, "refused", refuse)
    assert await work.command(deps, "counted", count) == 4
    assert not [record for record in caplog.records if record.name == "pasar.errors"]
    assert len(lines(caplog, "command refused 404")) == len(lines(caplog, "command counted 200")) == 1


async def test_a_reaction_passes_the_layers(
    client: Client, deps: Deps, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = asyncio.Event()

    async def hear(deps: Deps, payload: Mapping[str, Any]) -> None:
        HEARD.append(payload["number"])
        if len(HEARD) == 1:
            raise RuntimeError("the first time it fails")
        done.set()

    monkeypatch.setattr(background, "SUBSCRIPTIONS", {"probe.done": (hear,)})
    async with deps.database.unit_of_work() as unit:
        unit.emit(Probed(7))
    async with asyncio.timeout(20):
        await done.wait()
    await asyncio.sleep(0.2)
    assert HEARD == [7, 7]
    seen = lines(caplog, "event probe.done hear")
    assert [(level, text.split()[4]) for level, text in seen] == [("INFO", "500"), ("DEBUG", "200")]


async def test_rounds_of_jobs_pass_the_layers(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(100):
        if lines(caplog, "job holds 200"):
            break
        await asyncio.sleep(0.1)
    assert lines(caplog, "job holds 200")
