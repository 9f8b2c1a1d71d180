"""The commands that load data, run as a person runs them."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from controllers.cli import commands as cli_commands
from services import deps as wiring
from utils.config import Settings

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "tests/data/catalogues/clothes.csv"


@pytest.fixture(scope="module")
def seed_file() -> Path | None:
    """An empty database."""
    return None


def run(database_url: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "app.py"), *map(str, arguments)]
    environment = {"DATABASE_URL": database_url, "PATH": ""}
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)


def test_the_schema_is_printed(database_url: str) -> None:
    done = run(database_url, "seed", "--schema")
    assert done.returncode == 0
    jsonschema.Draft202012Validator.check_schema(json.loads(done.stdout))


async def test_an_empty_database_gets_the_demo_and_a_tour(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    deps = wiring.build(replace(settings, port=18123))
    try:
        for _ in range(2):
            assert await cli_commands.offer_demo(deps) == 0
            lines = capsys.readouterr().out.splitlines()
            assert len(lines) == 5
            assert "pk_demo_pasar" in lines[0]
            assert "http://localhost:18123/store/products?limit=3&region_id=reg_" in lines[2]
    finally:
        await deps.close()


def test_ids_go_to_a_file_or_to_the_screen(database_url: str, tmp_path: Path) -> None:
    file, ids = tmp_path / "world.json", tmp_path / "ids.json"
    file.write_text(json.dumps({"collections": [{"handle": "summer", "title": "Summer"}]}))
    printed = run(database_url, "seed", file)
    written = run(database_url, "seed", file, "--ids", ids)
    assert (printed.returncode, written.returncode, written.stdout) == (0, 0, "")
    assert json.loads(printed.stdout) == json.loads(ids.read_text())
    assert list(json.loads(ids.read_text())["collections"]) == ["summer"]
    assert "1 rows created" in printed.stderr
    assert "0 rows created, 0 rows updated, 0 rows removed" in written.stderr


def test_every_fault_of_a_seed_file_is_a_line(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "world.yaml"
    file.write_text("tags: [1]\ncolections: []\n")
    done = run(database_url, "seed", file)
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 3
    assert "nothing was written" in done.stderr


def test_an_import_says_how_it_went(database_url: str, tmp_path: Path) -> None:
    sellers = tmp_path / "stores.json"
    sellers.write_text(json.dumps({"stores": [{"handle": "importer", "name": "Importer"}]}))
    assert run(database_url, "seed", sellers).returncode == 0
    asked = ("import", "catalogue", CATALOGUE, "--store", "importer", "--currency", "eur")
    trial, first, second = run(database_url, *asked, "--dry-run"), run(database_url, *asked), run(database_url, *asked)
    assert (trial.returncode, first.returncode, second.returncode) == (0, 0, 0), trial.stderr + first.stderr
    assert "nothing was written" in trial.stdout
    assert first.stdout.splitlines()[1].split() == ["created", "6"]
    assert second.stdout.splitlines()[3].split() == ["unchanged", "6"]


def test_an_import_with_faults_ends_with_1(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "faulty.csv"
    file.write_text("Handle,Title,Variant Price\nfine,Fine,10\nbad,Bad,ten\n")
    done = run(database_url, "import", "catalogue", file, "--store", "nordlicht")
    assert done.returncode == 1
    assert done.stderr.startswith("line 3, Variant Price: 'ten' is not a price.")
    missing = run(database_url, "import", "catalogue", file, "--store", "nobody")
    assert (missing.returncode, missing.stdout) == (1, "")
    assert "There is no store 'nobody'" in missing.stderr


def test_an_import_tells_warnings_apart_from_faults(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "twins.csv"
    file.write_text("Handle,Title,Variant SKU,Variant Price,Notes\nfirst,First,TWIN,10,x\nsecond,Second,TWIN,10,\n")
    done = run(database_url, "import", "catalogue", file, "--store", "nordlicht", "--format", "shopify")
    assert done.returncode == 4
    assert done.stderr.splitlines() == [
        "warning: line 3, Variant SKU: 'TWIN' is the SKU of line 2 too; 'SECOND' is used here. "
        "Give each variant its own, if stock or orders are followed by SKU",
        "not loaded (filled cells): Notes (1)",
    ]
    assert [line.split()[-1] for line in done.stdout.splitlines()[1:]] == ["2", "0", "0", "0", "0", "1", "2"]
    wrong = run(database_url, "import", "catalogue", file, "--store", "nordlicht", "--format", "woocommerce")
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert "no column for id or sku, type, name, regular price" in wrong.stderr
