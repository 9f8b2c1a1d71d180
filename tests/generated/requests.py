"""Thousands of generated requests over the printed document, by schemathesis, for one kind of caller."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.process import ServerProcess
from benchmarks.world import PUBLISHABLE_KEY

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


@dataclass(frozen=True)
class Run:
    """Seed, phases, examples an operation, and requests at the least.

    The coverage phase walks every border of every schema; fuzzing and stateful testing combine what they find, and use
    ids that earlier answers have shown.
    """

    seed: int
    phases: str
    examples: int
    at_least: int


def generate(server: ServerProcess, folder: Path, run: Run, *, paths: str, token: str = "") -> int:
    """Send them; the number of requests. An answer that is a 5xx or not as documented fails.

    The server's own check of its replies is on, so headers and bodies are checked twice.
    """
    command = [str(Path(sys.executable).parent / "st"), "run", f"{server.base}/openapi.json"]
    command += ["--header", f"x-publishable-api-key: {PUBLISHABLE_KEY}", "--checks", CHECKS, "--phases", run.phases]
    command += ["--include-path-regex", paths]
    if token:
        command += ["--header", f"authorization: Bearer {token}"]
    command += ["--seed", str(run.seed), "--max-examples", str(run.examples), "--workers", "1", "--warnings", "off"]
    command += ["--no-shrink", "--continue-on-failure", "--report-json-path", str(folder / "report.json")]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (folder / "report.json").exists(), done.stdout[-4000:] + done.stderr[-2000:]
    report: dict[str, Any] = json.loads((folder / "report.json").read_text())
    assert done.returncode == 0, f"{done.stdout[-8000:]}\n{server.log_end()}"
    assert report["failures"] == []
    return int(report["test_cases"]["generated"])
