"""The embedded server over its whole life: crashes, several users, folders that cannot be used."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from services.infrastructure.database.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError, await_true

ROOT = Path(__file__).resolve().parents[3]
HOLDER = """
import sys, time, pathlib
from services.infrastructure.database.embedded_postgres import EmbeddedPostgres
server = EmbeddedPostgres(pathlib.Path(sys.argv[1]))
print(server.start(), flush=True)
sys.stdin.read()
server.stop()
"""


@pytest.fixture(scope="module")
def kept() -> Iterator[Path]:
    """A data folder that was used and left in order; short, as sockets need it."""
    folder = Path(tempfile.mkdtemp(prefix="pasar-pg-"))
    server = EmbeddedPostgres(folder)
    assert server.start()
    assert server.stop()
    yield folder
    shutil.rmtree(folder)


def holder(folder: Path) -> "subprocess.Popen[str]":
    """Another process that uses the folder; it has started when this returns."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)], cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() in ("True", "False")
    return process


async def ask(server: EmbeddedPostgres, question: str) -> str:
    connection = await asyncpg.connect(server.url().replace("+asyncpg", ""))
    try:
        return str(await connection.fetchval(question))
    finally:
        await connection.close()


async def test_data_is_kept_over_a_restart_and_commits_are_durable(kept: Path) -> None:
    server = EmbeddedPostgres(kept)
    server.start()
    await ask(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    server.stop()
    server.start()
    try:
        assert await ask(server, "SELECT answer FROM kept") == "42"
        assert await ask(server, "SELECT current_setting('fsync') || current_setting('synchronous_commit')") == "onon"
    finally:
        server.stop()


async def test_a_second_process_uses_the_same_server_and_the_last_one_stops_it(kept: Path) -> None:
    other = holder(kept)
    server = EmbeddedPostgres(kept)
    assert server.start() is False
    assert await ask(server, "SELECT 1") == "1"
    assert server.stop() is False
    other.communicate(timeout=30)
    assert not (kept / "postgres" / "postmaster.pid").exists()


async def test_after_kill_9_of_the_user_the_next_one_finds_the_server(kept: Path) -> None:
    other = holder(kept)
    other.kill()
    other.wait()
    server = EmbeddedPostgres(kept)
    assert server.start() is False
    assert await ask(server, "SELECT 1") == "1"
    assert server.stop() is True


async def test_a_killed_database_server_is_started_again(kept: Path) -> None:
    server = EmbeddedPostgres(kept)
    server.start()
    assert server.revive() is False
    os.kill(int((kept / "postgres" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    await_true(server.revive, 10)
    assert await ask(server, "SELECT 1") == "1"
    assert server.stop() is True


def test_a_left_over_note_with_the_number_of_another_program_is_no_obstacle(kept: Path) -> None:
    note = [str(os.getpid()), str(kept / "postgres"), "1", "5432", str(kept / "postgres"), "", "1 2", "ready"]
    (kept / "postgres" / "postmaster.pid").write_text("\n".join(note) + "\n")
    server = EmbeddedPostgres(kept)
    assert server.start() is True
    assert server.stop() is True


def test_a_folder_without_its_version_file_is_called_damaged(kept: Path, tmp_path: Path) -> None:
    shutil.move(kept / "postgres" / "PG_VERSION", tmp_path / "PG_VERSION")
    with pytest.raises(EmbeddedPostgresError, match=r"is damaged.*\n.*backup"):
        EmbeddedPostgres(kept).start()
    shutil.move(tmp_path / "PG_VERSION", kept / "postgres" / "PG_VERSION")


def test_broken_files_are_reported_with_the_words_of_postgresql(kept: Path) -> None:
    control = kept / "postgres" / "global" / "pg_control"
    sound = control.read_bytes()
    control.write_bytes(b"nonsense")
    with pytest.raises(EmbeddedPostgresError, match=r"may be damaged(.|\n)*pg_control(.|\n)*move it away"):
        EmbeddedPostgres(kept).start()
    control.write_bytes(sound)
    server = EmbeddedPostgres(kept)
    assert server.start() is True
    server.stop()


def test_a_folder_of_another_major_version_is_refused_untouched(kept: Path) -> None:
    version = kept / "postgres" / "PG_VERSION"
    version.write_text("16\n")
    with pytest.raises(EmbeddedPostgresError, match="was made by PostgreSQL 16"):
        EmbeddedPostgres(kept).start()
    version.write_text("18\n")


def test_a_half_made_folder_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "postgres.new").mkdir()
    (tmp_path / "postgres.new" / "PG_VERSION").write_text("18\n")
    server = EmbeddedPostgres(tmp_path)
    assert server.start() is True
    assert server.stop() is True


async def test_a_data_folder_with_a_long_path_gets_its_socket_elsewhere(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / ("long" * 30))
    server.start()
    try:
        assert await ask(server, "SELECT 1") == "1"
        assert server.sockets.stat().st_mode & 0o777 == 0o700
    finally:
        server.stop()
        shutil.rmtree(server.sockets)
