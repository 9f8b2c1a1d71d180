"""An environment of its own, into which pip installs the plug-ins of examples/ beside the packages of this one."""

import site
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def make_environment(folder: Path) -> Path:
    """A fresh virtual environment that sees the packages of this one; its Python."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True, timeout=120)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = folder / "lib" / version / "site-packages"
    (packages / "of_the_house.pth").write_text("\n".join(site.getsitepackages()) + "\n")
    return folder / "bin" / "python"


def install(python: Path, *folders: Path) -> None:
    """Build the packages with what is here, and install them."""
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check", "--no-input"]
    flags = ["-q", "--no-deps", "--no-build-isolation", "--no-index"]
    command = [*pip, "install", *flags, *(str(folder) for folder in folders)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def python_with_examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment in which both examples are installed."""
    python = make_environment(tmp_path_factory.mktemp("plugins") / "env")
    install(python, ROOT / "examples" / "pasar-wishlist", ROOT / "examples" / "pasar-badges")
    return python
