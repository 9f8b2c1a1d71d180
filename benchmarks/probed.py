"""`app.py` with a probe in its event loop, for the benchmark alone: `python -m benchmarks.probed serve`.

Every few milliseconds the probe asks to be woken and notes how late it was: that is how long a request that had
arrived would have waited before anybody looked at it. Notes go to the file that BENCH_LAG_FILE names.
"""

import asyncio
import os
import struct
import sys
from pathlib import Path
from time import perf_counter

import app
from services import background
from services.deps import Deps

VARIABLE = "BENCH_LAG_FILE"
PERIOD_SECONDS = 0.005
NOTE = struct.Struct("dd")  # moment of perf_counter, which processes of one machine share, and seconds too late
NOTES_AT_ONCE = 20


async def probe(deps: Deps) -> None:
    with Path(os.environ[VARIABLE]).open("ab", buffering=0) as file:  # noqa: ASYNC230 - once, at the start
        notes = bytearray()
        while True:
            due = perf_counter() + PERIOD_SECONDS
            await asyncio.sleep(PERIOD_SECONDS)
            moment = perf_counter()
            notes += NOTE.pack(moment, max(0.0, moment - due))
            if len(notes) >= NOTE.size * NOTES_AT_ONCE:
                file.write(notes)
                notes.clear()


def lags(file: Path, begin: float, stop: float) -> list[float]:
    """Seconds that the loop was late between two moments of perf_counter, in rising order."""
    data = file.read_bytes()
    whole = len(data) - len(data) % NOTE.size
    return sorted(late for moment, late in NOTE.iter_unpack(data[:whole]) if begin <= moment <= stop)


def main() -> int:
    background.TASKS = (*background.TASKS, ("probe", probe))
    return app.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
