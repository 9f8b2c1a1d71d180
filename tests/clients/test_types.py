"""TypeScript made of the document: short, strict, and usable as the types of the official SDK."""

import subprocess
from pathlib import Path

import orjson
import pytest

from routes import ROUTES
from routes.openapi import document
from tests.clients.packages import install, program

HERE = Path(__file__).parent
LINES_AN_OPERATION = 49  # what 15,000 lines came to when there were 306 operations
STRICT = "--strict --noEmit --skipLibCheck --module nodenext --moduleResolution nodenext --target es2022".split()


def run(script: str, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [program("node"), str(HERE / "node_modules" / script), *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the types of the document as `api.ts`, and the packages."""
    install()
    made = tmp_path_factory.mktemp("types")
    (made / "node_modules").symlink_to((HERE / "node_modules").resolve())
    (made / "package.json").write_text('{"type": "module"}')
    (made / "api.json").write_bytes(orjson.dumps(document(ROUTES), option=orjson.OPT_NON_STR_KEYS))
    done = run("openapi-typescript/bin/cli.js", "api.json", "-o", "api.ts", folder=made)
    assert done.returncode == 0, done.stderr
    return made


def checked(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    (folder / "types.ts").write_text(text)
    return run("typescript/bin/tsc", *STRICT, "types.ts", folder=folder)


def test_the_types_of_the_document_are_short(folder: Path) -> None:
    operations = sum(len(item) for item in document(ROUTES)["paths"].values())
    assert len((folder / "api.ts").read_text().splitlines()) < LINES_AN_OPERATION * operations


def test_what_we_answer_can_be_used_as_what_the_sdk_expects(folder: Path) -> None:
    done = checked(folder, (HERE / "types.ts").read_text())
    assert done.returncode == 0, done.stdout


def test_the_comparison_notices_a_key_that_may_be_missing(folder: Path) -> None:
    text = (HERE / "types.ts").read_text()
    loosened = text.replace('Fits<Ours["Region"],', 'Fits<Partial<Ours["Region"]>,')
    assert loosened != text
    done = checked(folder, loosened)
    assert done.returncode != 0
    assert "StoreRegion" in done.stdout or "TS2344" in done.stdout
