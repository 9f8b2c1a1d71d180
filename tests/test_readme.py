"""The README's five minutes, carried out as a newcomer would: its commands, in order, in one shell."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Client
from utils.config import Settings

ROOT = Path(__file__).resolve().parents[1]

BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
TOUR = re.compile(r"<!-- tour -->(.*?)<!-- end of tour -->", re.DOTALL)


@pytest.fixture(scope="module")
def seed_file() -> Path:
    return ROOT / "services" / "seed" / "demo.yaml"


async def run(script: str, env: Mapping[str, str]) -> list[str]:
    """The lines that the script prints; it fails at the first command that does."""

    def go() -> Any:
        command = [str(shutil.which("bash")), "-eu", "-o", "pipefail", "-c", script]
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False)

    done = await asyncio.to_thread(go)
    assert done.returncode == 0, done.stderr
    return [line for line in done.stdout.splitlines() if line]


def shape(line: str) -> str:
    """A printed line without what differs from run to run."""
    return re.sub(r'"[a-z_]+_[0-9A-Z]{26}"', '"..."', line)


async def test_the_tour_does_what_the_readme_prints(client: Client, settings: Settings) -> None:
    found = TOUR.search((ROOT / "README.md").read_text())
    assert found is not None
    tour = found.group(1)
    script = "\n".join(BLOCK.findall(tour)).replace("http://127.0.0.1:8000", f"http://127.0.0.1:{client.port}")
    script = script.replace(".venv/bin/python", sys.executable).replace(".data/", f"{settings.data_dir}/")
    env = {**os.environ, "PASAR_DATA_DIR": str(settings.data_dir), "DATABASE_URL": settings.database_url}
    printed = [line for block in re.findall(r"```json\n(.*?)```", tour, re.DOTALL) for line in block.splitlines()]
    assert [shape(line) for line in await run(script, env)] == [shape(line) for line in printed]
    assert len(printed) >= 12
