"""docs/plugins.md, carried out as a newcomer would: its files written, its commands run, in order, in one shell."""

import asyncio
import importlib
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from benchmarks.process import free_port
from middleware import STACK
from pasar.claims import layer_name
from tests.plugins.conftest import ROOT, make_environment

PAGE = (ROOT / "docs" / "plugins.md").read_text()
TOUR = re.compile(r"<!-- tour -->(.*?)<!-- end of tour -->", re.DOTALL)
BLOCK = re.compile(r"(?:<!-- file: (\S+) -->\n\n)?```(\w+)\n(.*?)```", re.DOTALL)
PROMISES = re.compile(r"<!-- promises -->(.*?)<!-- end of promises -->", re.DOTALL)
PORT = "127.0.0.1:8000"


def part(found: re.Match[str] | None) -> str:
    assert found is not None
    return found[1]


def script_of(tour: str) -> tuple[str, list[str]]:
    """The tour as one shell script, its files as here-documents; and the lines that it says are printed."""
    steps, printed = [], []
    for file, language, text in BLOCK.findall(tour):
        if file:
            steps.append(f"cat > {file} <<'END_OF_FILE'\n{text}END_OF_FILE\n")
        elif language == "sh":
            steps.append(text)
        else:
            printed += text.splitlines()
    return "".join(steps), printed


@pytest.mark.slow
@pytest.mark.embedded
@pytest.mark.timeout(400)
async def test_the_page_leads_from_an_empty_folder_to_a_working_plugin(tmp_path: Path) -> None:
    script, printed = script_of(part(TOUR.search(PAGE)))
    python, port = make_environment(tmp_path / "env"), free_port()
    script = script.replace("PASAR=/path/to/pasar", f"PASAR={ROOT}").replace(PORT, f"127.0.0.1:{port}")
    script = script.replace("PYTHON=$PASAR/.venv/bin/python", f"PYTHON={python}")
    (tmp_path / "start").mkdir()
    outside = {
        k: v for k, v in os.environ.items() if not k.startswith(("PASAR_", "PYTEST_", "TEST_")) and k != "DATABASE_URL"
    }
    env = {**outside, "PASAR_DATA_DIR": str(tmp_path / "data"), "PASAR_PORT": str(port)}

    def go() -> Any:
        command = [str(shutil.which("bash")), "-eu", "-o", "pipefail", "-c", script]
        return subprocess.run(
            command, cwd=tmp_path / "start", env=env, capture_output=True, text=True, timeout=350, check=False
        )

    done = await asyncio.to_thread(go)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line.rstrip() for line in done.stdout.splitlines()] == printed


def test_the_layers_that_it_names_are_there() -> None:
    named = part(re.search(r"of the layer named: `([a-z_ ]+)`", PAGE)).split()
    assert named == list(dict.fromkeys(layer_name(layer) for layer in STACK))


def promised() -> list[tuple[str, str]]:
    """(module, name) of everything that the page promises."""
    found = []
    for entry in re.split(r"^- ", part(PROMISES.search(PAGE)), flags=re.MULTILINE)[1:]:
        module, *names = re.findall(r"`([\w.]+)`", entry)
        found += [(module, name) for name in names]
    return found


@pytest.mark.parametrize(("module", "name"), promised())
def test_what_is_promised_can_be_imported(module: str, name: str) -> None:
    assert hasattr(importlib.import_module(module), name)


@pytest.mark.parametrize("module", ["pasar", "pasar.web", "pasar.data", "pasar.events", "pasar.testing"])
def test_what_can_be_imported_from_there_is_promised(module: str) -> None:
    offered = set(importlib.import_module(module).__all__)
    assert offered == {name for where, name in promised() if where == module}
