"""Thousands of generated requests over the printed document: no 5xx, and nothing that the document does not tell."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from benchmarks.process import ServerProcess
from benchmarks.world import PUBLISHABLE_KEY, world

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
# Seed, phases, examples an operation, and requests at the least. The coverage phase walks every border of every schema;
# fuzzing and stateful testing combine what they find, and use ids that earlier answers have shown.
RUNS = [(1, "coverage", 1, 5_000), (2, "fuzzing,stateful", 15, 500), (3, "fuzzing,stateful", 15, 500)]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    folder = tmp_path_factory.mktemp("generated")
    running = ServerProcess(folder / "data", {"PASAR_CHECK_REPLIES": "on", "PASAR_ACCESS_LOG": "off"})
    seed = folder / "world.json"
    seed.write_bytes(orjson.dumps(world(products=12, variants=2, stores=3, stock=50)))
    running.run("seed", str(seed))
    try:
        running.start()
        yield running
    finally:
        running.stop()


def run(server: ServerProcess, folder: Path, seed: int, phases: str, examples: int) -> dict[str, Any]:
    """One run of the tool; its report. The server's own reply check is on, so headers and bodies are checked twice."""
    command = [str(Path(sys.executable).parent / "st"), "run", f"{server.base}/openapi.json"]
    command += ["--header", f"x-publishable-api-key: {PUBLISHABLE_KEY}", "--checks", CHECKS, "--phases", phases]
    command += ["--seed", str(seed), "--max-examples", str(examples), "--workers", "1", "--warnings", "off"]
    command += ["--no-shrink", "--continue-on-failure", "--report-json-path", str(folder / "report.json")]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (folder / "report.json").exists(), done.stdout[-4000:] + done.stderr[-2000:]
    report: dict[str, Any] = json.loads((folder / "report.json").read_text())
    assert done.returncode == 0, f"{done.stdout[-8000:]}\n{server.log_end()}"
    return report


@pytest.mark.parametrize(("seed", "phases", "examples", "at_least"), RUNS)
def test_generated_requests_find_no_5xx_and_no_undocumented_answer(
    server: ServerProcess, tmp_path: Path, seed: int, phases: str, examples: int, at_least: int
) -> None:
    report = run(server, tmp_path, seed, phases, examples)
    assert report["failures"] == []
    assert report["test_cases"]["generated"] >= at_least


def test_the_three_seeds_make_five_thousand_requests_at_the_least() -> None:
    assert sum(at_least for *_, at_least in RUNS) >= 5_000
    assert len({seed for seed, *_ in RUNS}) == 3
