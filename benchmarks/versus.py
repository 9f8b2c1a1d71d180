"""This checkout beside another one: `python -m benchmarks.versus ../before --scenario checkout --rounds 8`.

Both servers are up at once on databases of their own with the same goods, and take turns of a few seconds, so that a
machine whose speed changes by the minute changes for both. The other checkout needs a `.venv` of its own. The ratio is
the middle one of the rounds' ratios, this checkout over the other; below 1 it costs less CPU.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import orjson
from tqdm import tqdm

from benchmarks.load import Result, measure, run
from benchmarks.process import ROOT, ServerProcess
from benchmarks.run import target_of
from benchmarks.scenarios import OF_SELLER, SCENARIOS
from benchmarks.target import Target
from benchmarks.world import world

HEADER = (
    "| what | per second: other | this | ratio | server CPU: other | this | ratio (from - to) | database CPU: ratio |\n"
    "|---|--:|--:|--:|--:|--:|--:|--:|"
)


@dataclass(frozen=True, slots=True)
class Versus:
    """Results of one scenario, round by round, of this checkout and of the other."""

    name: str
    this: list[Result]
    other: list[Result]

    def ratios(self, figure: str) -> list[float]:
        pairs = zip(self.this, self.other, strict=True)
        return sorted(getattr(a, figure) / getattr(b, figure) for a, b in pairs if getattr(b, figure))

    def row(self) -> str:
        """Medians and ratios as a line of a Markdown table; CPU in seconds per 1,000 units."""
        speed, cpu, database = (self.ratios(figure) for figure in ("units_per_second", "server_cpu", "database_cpu"))
        cells = [
            SCENARIOS[self.name].title,
            *(f"{median(one.units_per_second for one in side):,.1f}" for side in (self.other, self.this)),
            f"{median(speed):.2f}",
            *(f"{median(one.server_cpu for one in side):.2f}" for side in (self.other, self.this)),
            f"{median(cpu):.2f} ({cpu[0]:.2f} - {cpu[-1]:.2f})",
            f"{median(database):.2f}" if database else "",
        ]
        return f"| {' | '.join(cells)} |"


@contextmanager
def served(root: Path, folder: Path, seed: Path) -> Iterator[Target]:
    """The server of a checkout, with the goods of the seed file."""
    python = str(root / ".venv" / "bin" / "python") if root != ROOT else sys.executable
    folder.mkdir()
    server = ServerProcess(folder / "data", python=python, root=root)
    server.run("seed", str(seed))
    server.start()
    try:
        yield target_of(server)
    finally:
        server.stop()


def duel(name: str, targets: tuple[Target, Target], options: argparse.Namespace) -> Versus:
    """Rounds of one scenario; who begins changes each time. RuntimeError at the first fault."""
    found = Versus(name, [], [])
    for turn in tqdm(range(options.rounds), desc=name, unit="round"):
        sides = [(found.this, targets[0]), (found.other, targets[1])]
        for results, target in sides if turn % 2 else reversed(sides):
            work = measure(
                name, SCENARIOS[name].make, target, clients=options.clients, seconds=options.seconds, warmup=0.5
            )
            result = run(work)
            if result.errors:
                raise RuntimeError(f"{name} at {target.base}: {result.errors} errors, {result.error_samples[:1]}")
            results.append(result)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("other", type=Path, help="folder of the other checkout")
    parser.add_argument("--scenario", action="append", choices=OF_SELLER, help="one or more; default: all of buyers")
    parser.add_argument("--clients", type=int, default=8, help="clients at once (default 8)")
    parser.add_argument("--rounds", type=int, default=6, help="turns of each side (default 6)")
    parser.add_argument("--seconds", type=float, default=3.0, help="measured time of a turn (default 3)")
    parser.add_argument("--products", type=int, default=1000)
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pasar-versus-")))
        seed = folder / "world.json"
        seed.write_bytes(orjson.dumps(world(products=options.products, variants=3, sellers=10, stock=10_000_000)))
        this = stack.enter_context(served(ROOT, folder / "this", seed))
        other = stack.enter_context(served(options.other.resolve(), folder / "other", seed))
        rows = [duel(name, (this, other), options).row() for name in options.scenario or OF_SELLER]
    print("\n".join((HEADER, *rows)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
