"""The official storefront SDK, unmodified, on Node: browses, buys from two stores in one checkout, reads the order."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from benchmarks.process import ServerProcess
from benchmarks.world import PUBLISHABLE_KEY, product, world

HERE = Path(__file__).parent
ORIGIN = "http://localhost:3000"
STEPS_AT_LEAST = 50


def program(name: str) -> str:
    """Node and npm come from a wheel, so they lie beside the interpreter."""
    found = shutil.which(name, path=str(Path(sys.executable).parent))
    assert found, f"{name} is missing: the development dependencies are not installed"
    return found


@pytest.fixture(scope="module")
def sdk() -> None:
    """The pinned packages, installed from the lock file unless they are there."""
    wanted = json.loads((HERE / "package-lock.json").read_text())["packages"]["node_modules/@medusajs/js-sdk"][
        "version"
    ]
    installed = HERE / "node_modules" / "@medusajs" / "js-sdk" / "package.json"
    if installed.exists() and json.loads(installed.read_text())["version"] == wanted:
        return
    command = [program("npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run(command, cwd=HERE, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def seed_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("seed") / "world.json"
    path.write_bytes(orjson.dumps(world(products=12, variants=2, stores=3, stock=50)))
    return path


@pytest.fixture(scope="module")
def server(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A process of its own that checks every reply against its documented schema."""
    env = {"PASAR_DATABASE_URL": database_url, "PASAR_STORE_CORS": ORIGIN, "PASAR_CHECK_REPLIES": "on"}
    running = ServerProcess(tmp_path_factory.mktemp("sdk") / "data", env)
    try:
        running.start()
        yield running
    finally:
        running.stop()


def test_the_sdk_browses_buys_from_two_stores_and_reads_the_order(
    sdk: None, server: ServerProcess, tmp_path: Path
) -> None:
    first, second = (product(index, stores=3, variants=2, stock=50) for index in (0, 1))
    target = {
        "base": server.base,
        "publishable_key": PUBLISHABLE_KEY,
        "currency": "eur",
        "country": "de",
        "handles": [first["handle"], second["handle"]],
        "promo_code": "TEN",
        "q": first["title"].split()[0].lower(),
        "origin": ORIGIN,
    }
    (tmp_path / "target.json").write_text(json.dumps(target))
    command = [program("node"), "storefront.mjs", str(tmp_path / "target.json")]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False, timeout=120)
    steps = [json.loads(line) for line in done.stdout.splitlines()]
    failed = [f"{step['method']}: {step['detail']}" for step in steps if not step["ok"]]
    assert not failed, "\n".join(failed)
    assert done.returncode == 0, done.stderr
    assert len(steps) >= STEPS_AT_LEAST


def test_the_lock_file_pins_the_sdk_by_content_and_names_no_address() -> None:
    lock = json.loads((HERE / "package-lock.json").read_text())["packages"]
    assert lock["node_modules/@medusajs/js-sdk"]["version"].startswith("2.21.")
    assert all("integrity" in entry and "resolved" not in entry for path, entry in lock.items() if path)
