"""Run the list of faults: each alone in a copy of the tree, against its own tests, which must fail by what they assert.

The checkout is never touched. The copies share one embedded database server and its templates; a fault in the schema
or in the loading of seeds makes templates of its own.
"""

import argparse
import compileall
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from importlib.util import cache_from_source
from pathlib import Path
from queue import SimpleQueue
from time import monotonic

from services.infrastructure.database.embedded_postgres import EmbeddedPostgres
from tests.conftest import SHARED_FOLDER, TUNING
from tests.mutants.faults import FAULTS
from tests.mutants.named import Fault

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 600
# What templates are made with: a fault there must not meet those of others.
MAKES_TEMPLATES = ("migrations/", "services/seed/", "models/seed/", "services/seller/bulk.py")
# A test that fails for these has not noticed the fault, but tripped over it.
TRIPPED = re.compile(r"^E +(ImportError|ModuleNotFoundError|SyntaxError|NameError|IndentationError)\b", re.MULTILINE)


def dozen(count: int, date: str) -> list[int]:
    """So many numbers of faults for a day, the same wherever they are drawn."""
    return sorted(random.Random(date).sample(range(len(FAULTS)), count))


def copied(home: Path) -> Path:
    """A copy of what is in the repository, and of what would be added to it."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, home / name)
    compileall.compile_dir(home, quiet=1)  # the runs write none, and read what is there
    return home


def pytest_in(tree: Path, tests: Sequence[str], shared: Path) -> tuple[int, str]:
    """The exit code and output of the tests in a copy; 124 when they did not end."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PASAR_", "DATABASE_URL"))}
    environ |= {SHARED_FOLDER: str(shared), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "--tb=short", "-x", *tests]
    try:
        done = subprocess.run(command, cwd=tree, env=environ, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return 124, ""
    return done.returncode, done.stdout + done.stderr


def verdict(code: int, output: str) -> str:
    """`killed` when a test failed by what it asserts; else what happened."""
    if code == 0:
        return "SURVIVED"
    if code == 1 and re.search(r"^FAILED ", output, re.MULTILINE) and not TRIPPED.search(output):
        return "killed"
    return "BROKEN: the tests did not run" if code != 124 else "BROKEN: the tests did not end"


def run_one(tree: Path, fault: Fault, shared: Path) -> str:
    """Put the fault in, run its tests, take it out."""
    path = tree / fault.file
    text = path.read_text()
    if text.count(fault.old) != 1:
        return f"BROKEN: its text occurs {text.count(fault.old)} times, mend the row in tests/mutants"
    compiled = Path(cache_from_source(str(path)))
    own = fault.file.startswith(MAKES_TEMPLATES)
    folder = Path(tempfile.mkdtemp(prefix="pasar-m-")) if own else shared
    try:
        path.write_text(text.replace(fault.old, fault.new))
        compiled.unlink(missing_ok=True)
        return verdict(*pytest_in(tree, fault.tests.split(), folder))
    finally:
        path.write_text(text)
        compiled.unlink(missing_ok=True)
        if own:
            shutil.rmtree(folder, ignore_errors=True)


def ensure_green(tree: Path, numbers: Sequence[int], shared: Path) -> None:
    """The tests pass without any fault, or a failure would say nothing; they also make the templates."""
    tests = sorted({test for n in numbers for test in FAULTS[n].tests.split()})
    print(f"{len(numbers)} faults; first their {len(tests)} tests without any ...", flush=True)
    code, output = pytest_in(tree, tests, shared)
    if code != 0:
        print(output[-4000:])
        raise SystemExit("The tests fail without a fault: mend them first.")


def run_all(numbers: Sequence[int], workers: int, home: Path, *, is_trusted: bool) -> dict[int, str]:
    """What became of each, printed as it comes."""
    shared = home / "db"
    shared.mkdir()
    server = EmbeddedPostgres(shared, TUNING)
    server.start()
    trees: SimpleQueue[Path] = SimpleQueue()
    first = copied(home / "0")
    found: dict[int, str] = {}
    try:
        if not is_trusted:
            ensure_green(first, numbers, shared)
        trees.put(first)
        for n in range(1, workers):
            trees.put(Path(shutil.copytree(first, home / str(n))))

        def one(n: int) -> None:
            tree, began = trees.get(), monotonic()
            try:
                found[n] = run_one(tree, FAULTS[n], shared)
            finally:
                trees.put(tree)
            fault, took = FAULTS[n], monotonic() - began
            print(f"[{len(found)}/{len(numbers)}] #{n} {fault.file}: {found[n]} ({took:.0f} s)", flush=True)
            if found[n] != "killed":
                print(f"    {fault.old!r}\n -> {fault.new!r}\n    {fault.tests}", flush=True)

        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(one, numbers))
    finally:
        server.stop()
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--count", type=int, help="so many of them, drawn by date; without it all")
    parser.add_argument("--date", nargs="?", const="", default="", help="the day they are drawn for; today (UTC)")
    parser.add_argument(
        "--only", default="", help="those whose file or number is this, such as services/payment/ledger.py"
    )
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--trusted", action="store_true", help="the tests are known to pass without any fault")
    said = parser.parse_args()
    date = said.date or datetime.now(UTC).date().isoformat()
    numbers = dozen(min(said.count, len(FAULTS)), date) if said.count else list(range(len(FAULTS)))
    if said.only:
        numbers = [n for n in numbers if said.only == str(n) or said.only in FAULTS[n].file]
    with tempfile.TemporaryDirectory(prefix="pasar-m-") as home:
        found = run_all(numbers, said.workers, Path(home), is_trusted=said.trusted)
    killed = sum(result == "killed" for result in found.values())
    survived = sum(result == "SURVIVED" for result in found.values())
    broken = f", {len(found) - killed - survived} broken" if killed + survived < len(found) else ""
    print(f"{killed} killed, {survived} survived{broken}")
    return 0 if killed == len(found) else 1
