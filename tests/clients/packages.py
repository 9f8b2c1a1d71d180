"""Node and the pinned packages of the tests."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
LOCK = json.loads((HERE / "package-lock.json").read_text())["packages"]
DIRECT = tuple(
    f"node_modules/{name}"
    for name in (
        *("@medusajs/js-sdk", "@medusajs/types", "oidc-provider", "openapi-typescript", "typescript"),
        *("socket.io-client", "@asyncapi/specs"),
    )
)


def program(name: str) -> str:
    """Node and npm come from a wheel, so they lie beside the interpreter."""
    found = shutil.which(name, path=str(Path(sys.executable).parent))
    assert found, f"{name} is missing: the development dependencies are not installed"
    return found


def is_installed(path: str) -> bool:
    made = HERE / path / "package.json"
    return made.exists() and json.loads(made.read_text())["version"] == LOCK[path]["version"]


def install() -> None:
    """The pinned packages, from the lock file unless they are there."""
    if all(is_installed(path) for path in DIRECT):
        return
    command = [program("npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run(command, cwd=HERE, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
