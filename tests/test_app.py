"""The command line as a person meets it: help everywhere, clear refusals, exit codes."""

import os
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from aiohttp.test_utils import unused_port

from app import main
from services.infrastructure.database import embedded_postgres
from services.infrastructure.database.embedded_postgres import EmbeddedPostgres
from utils.config import PLAIN_NAMES
from utils.version import VERSION

KEY = "Zm9vYmFyYmF6cXV4MDEyMzQ1Njc4OWFiY2RlZg"

COMMANDS = (
    "serve",
    "migrate",
    "seed",
    "import",
    "import catalogue",
    "create-admin",
    "clock",
    "openapi",
    "asyncapi",
    "routes",
    "settings",
)


class Ended(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """`run("migrate", PASAR_MODE="production")`: a command with variables, to its end."""
    handler = signal.getsignal(signal.SIGTERM)

    def begin(*arguments: str, **given: str) -> Ended:
        for name in [name for name in os.environ if name.startswith("PASAR_") or name in PLAIN_NAMES]:
            monkeypatch.delenv(name)
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        try:
            code = main(arguments)
        except SystemExit as ended:
            code = int(ended.code or 0)
        return Ended(code, *capsys.readouterr())

    yield begin
    signal.signal(signal.SIGTERM, handler)


def test_help_names_every_command(run: Run) -> None:
    shown = run("--help")
    assert shown.code == 0
    told = {line.split()[0] for line in shown.out.splitlines() if re.match(r" {4}[a-z]", line)}
    assert told == {name.split()[0] for name in COMMANDS}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(run: Run, command: str) -> None:
    shown = run(*command.split(), "--help")
    assert shown.code == 0
    assert shown.out.startswith(f"usage: app.py {command}")


@pytest.mark.parametrize(
    ("arguments", "given", "told"),
    [
        (("serve",), {"PASAR_PROT": "1"}, "PASAR_PROT is not a setting, but PASAR_PORT is; correct the name"),
        (("serve", "--port", "0"), {}, "PASAR_PORT must be a whole number from 1 to 65535"),
        (("serve", "--workers", "x"), {}, "PASAR_WORKERS must be a whole number from 1 to 64"),
        (("migrate",), {"DATABASE_URL": "mysql://x"}, "must be like postgresql://"),
    ],
)
def test_wrong_settings_stop_the_start(run: Run, arguments: tuple[str, ...], given: dict[str, str], told: str) -> None:
    stopped = run(*arguments, **given)
    assert stopped.code == 2
    assert told in stopped.err


def test_a_database_out_of_reach_is_said_in_words(run: Run) -> None:
    stopped = run("migrate", DATABASE_URL=f"postgresql://nobody@127.0.0.1:{unused_port()}/none")
    assert stopped.code == 1
    assert "The database cannot be reached" in stopped.err


def test_a_damaged_data_folder_is_said_in_words(run: Run, tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "something").touch()
    stopped = run("migrate", PASAR_DATA_DIR=str(tmp_path))
    assert stopped.code == 1
    assert "is damaged" in stopped.err


def test_production_refuses_a_database_that_is_not_migrated(run: Run, postgres: EmbeddedPostgres) -> None:
    stopped = run(
        "serve",
        PASAR_MODE="production",
        PASAR_AUTH_SECRET=KEY,
        DATABASE_URL=postgres.url("template1"),
        PASAR_PORT=str(unused_port()),
    )
    assert stopped.code == 1
    assert "Run: python app.py migrate" in stopped.err


def test_settings_are_listed_and_secrets_are_not(run: Run) -> None:
    shown = run("settings", DATABASE_URL="postgresql://shop:hush@db.example/shop", PASAR_PORT="8123")
    assert "PASAR_PORT" in shown.out
    assert "8123" in shown.out
    assert "hush" not in shown.out


def test_migrate_may_run_twice(run: Run, tmp_path: Path) -> None:
    assert "migrated to 0001" in run("migrate", PASAR_DATA_DIR=str(tmp_path)).out
    again = run("migrate", PASAR_DATA_DIR=str(tmp_path))
    assert again.code == 0
    assert "up to date" in again.out


def test_the_version_is_told(run: Run) -> None:
    told = run("--version")
    assert (told.code, told.out) == (0, f"Pasar {VERSION}\n")


def test_production_without_a_database_address_takes_no_orders_into_an_empty_shop(run: Run, tmp_path: Path) -> None:
    given = {"PASAR_MODE": "production", "PASAR_AUTH_SECRET": KEY, "PASAR_DATA_DIR": str(tmp_path)}
    wanted = run("serve", DATABASE_URL="embedded", PASAR_PORT=str(unused_port()), **given)
    assert wanted.code == 1
    assert "There is no database in" in wanted.err
    misspelt = run("serve", DATABSE_URL="postgresql://shop@db/shop", **given)
    assert misspelt.code == 2
    assert "DATABSE_URL is not a setting, but DATABASE_URL is" in misspelt.err
    assert "DATABASE_URL must be set in production" in misspelt.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("seed", "no-such-file.yaml"), "There is no file no-such-file.yaml"),
        (("seed", "pyproject.toml"), "is neither .json nor .yaml"),
        (("seed", "tests/data/world.yaml", "--ids", "no-such-folder/ids.json"), "Make it, or name another file."),
        (("import", "catalogue", "no-such-file.csv", "--store", "x"), "There is no file no-such-file.csv"),
        (("import", "catalogue", "tests/data/catalogues/clothes.csv", "--store", "x"), "There is no database in"),
    ],
)
def test_a_command_that_cannot_go_on_makes_no_database_on_the_way(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    stopped = run(*arguments, PASAR_DATA_DIR=str(tmp_path))
    assert stopped.code == 1
    assert told in stopped.err
    assert "Traceback" not in stopped.err
    assert list(tmp_path.iterdir()) == []


def test_a_data_folder_that_is_none_is_said_in_words(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    stopped = run("migrate", PASAR_DATA_DIR=str(tmp_path / "file"))
    assert stopped.code == 1
    assert f"The data folder {tmp_path / 'file'} cannot be used" in stopped.err


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("creating files ...\nFATAL:  could not write to file: No space left on device\nchild exited", "is full. Free"),
        ("initdb: error: could not create directory: Permission denied\ninitdb: removing", "Permission denied. Free"),
    ],
)
def test_a_database_that_cannot_be_made_says_why_in_a_sentence(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, told: str
) -> None:
    """A stand-in for PostgreSQL's own program that meets a full or closed disk."""
    programs = tmp_path / "programs" / "bin"
    programs.mkdir(parents=True)
    (programs / "initdb").write_text(f"#!/bin/sh\nprintf '%s\\n' '{said}' >&2\nexit 1\n")
    (programs / "initdb").chmod(0o755)
    monkeypatch.setattr(embedded_postgres, "PROGRAMS", programs)
    stopped = run("migrate", PASAR_DATA_DIR=str(tmp_path / "data"))
    assert stopped.code == 1
    assert told in stopped.err
    assert len(stopped.err.splitlines()) == 1
    assert not (tmp_path / "data" / "postgres.new").exists()
