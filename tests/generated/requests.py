"""Thousands of generated requests over the printed document, by schemathesis, for one kind of caller."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from benchmarks.process import ServerProcess
from benchmarks.world import PUBLISHABLE_KEY

COMMAND = Path(__file__).with_name("command.py")
# Hypothesis keeps its tables of characters there: a second or two for each that is not found.
STORAGE = {"HYPOTHESIS_STORAGE_DIRECTORY": str(Path(__file__).parents[2] / ".hypothesis")}
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

    The server's own check of its replies is on, so headers and bodies are checked twice. That one knows which answers
    `fields` has narrowed, and holds all others to their required keys; the document cannot say it, so it is sent
    here with answers of which any key may be missing.
    """
    with urlopen(f"{server.base}/openapi.json") as reply:
        document = narrowed(json.load(reply))
    (folder / "openapi.json").write_text(json.dumps(document))
    command = [sys.executable, "-P", str(COMMAND), "run", str(folder / "openapi.json"), "--url", server.base]
    command += ["--header", f"x-publishable-api-key: {PUBLISHABLE_KEY}", "--checks", CHECKS, "--phases", run.phases]
    command += ["--include-path-regex", paths]
    if token:
        command += ["--header", f"authorization: Bearer {token}"]
    command += ["--seed", str(run.seed), "--max-examples", str(run.examples), "--workers", "1", "--warnings", "off"]
    # What a run finds is of no use to the next one, and to keep the best of it costs a quarter of the fuzzing.
    command += ["--generation-database", "none"]
    command += ["--no-shrink", "--continue-on-failure", "--report-json-path", str(folder / "report.json")]
    environment = os.environ | STORAGE
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert (folder / "report.json").exists(), done.stdout[-4000:] + done.stderr[-2000:]
    report: dict[str, Any] = json.loads((folder / "report.json").read_text())
    assert done.returncode == 0, f"{done.stdout[-8000:]}\n{server.log_end()}"
    assert report["failures"] == []
    return int(report["test_cases"]["generated"])


def narrowed(document: Any) -> Any:
    """The document with no required keys in the schemas of its answers; what requests use too stays as it is."""
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    asked = reached([[one.get("requestBody"), one.get("parameters")] for one in operations], document)
    answered = reached([one["responses"] for one in operations], document)
    for kind, name in answered - asked:
        parts = document["components"][kind]
        parts[name] = without_required(parts[name])
    for operation in operations:
        operation["responses"] = without_required(operation["responses"])
    return document


def reached(value: Any, document: Any) -> set[tuple[str, str]]:
    """The components that a value leads to, by kind and name."""
    found: set[tuple[str, str]] = set()
    wanted = [*references(value)]
    while wanted:
        kind, name = wanted.pop().split("/")[2:]
        if (kind, name) not in found:
            found.add((kind, name))
            wanted += references(document["components"][kind][name])
    return found


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def without_required(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_required(inner) for name, inner in value.items() if not is_required(name, inner)}
    return [without_required(inner) for inner in value] if isinstance(value, list) else value


def is_required(name: str, inner: Any) -> bool:
    """The keyword, and not a property of that name."""
    return name == "required" and isinstance(inner, list)
