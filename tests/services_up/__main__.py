"""Real PostgreSQL, Redis, MinIO and a MongoDB-compatible server without Docker: `make services`, `make services-stop`.

Each runs in the background in a folder of its own under `.services`, with what is noted of its process in
NAME.json and its log in NAME.log. `.services/env` has the addresses, for a shell to read.
"""

import argparse
import fcntl
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from services.infrastructure.database.embedded_postgres import await_true
from tests.services_up.install import CannotInstall, install, tell
from tests.services_up.servers import NotStarted, Server, servers

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / ".services"
BASE_PORT = 47000
START_SECONDS = 60.0
STOP_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Note:
    """A process as it was noted; `began` tells it from a later one of the same number."""

    pid: int
    began: str
    port: int
    stop_signal: int

    def lives(self) -> bool:
        return began(self.pid) == self.began


def began(pid: int) -> str:
    """When a process was started, in the kernel's ticks; empty when there is none or it has ended."""
    with suppress(OSError):
        parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return "" if parts[0] == "Z" else parts[19]
    return ""


def note_of(path: Path) -> Note | None:
    """What is noted, if that process lives."""
    with suppress(OSError, ValueError, TypeError):
        note = Note(**json.loads(path.read_text()))
        return note if note.lives() else None
    return None


def note_path(server: Server) -> Path:
    return HOME / f"{server.folder.name}.json"


def start(base_port: int) -> None:
    """Start what does not run yet, wait until all answer, and say what runs where."""
    programs = install()
    wanted = servers(HOME, programs, base_port)
    moved = [server.name for server in wanted if (note := note_of(note_path(server))) and note.port != server.port]
    if moved:
        raise NotStarted(f"{', '.join(moved)}: running on another port. First: make services-stop")
    (HOME / "base_port").write_text(str(base_port))
    fresh = {server.name for server in wanted if launch(server)}
    for server in wanted:
        wait_for(server)
    write_variables(wanted)
    for server in wanted:
        note = note_of(note_path(server))
        how = "started" if server.name in fresh else "ran already"
        where = server.folder.relative_to(ROOT)
        tell(f"{server.name:<10}  127.0.0.1:{server.port}  process {note.pid if note else '?'}, {how}, data in {where}")


def kept_port() -> int:
    """The base of the ports that were used here last."""
    path = HOME / "base_port"
    return int(path.read_text()) if path.exists() else BASE_PORT


def launch(server: Server) -> bool:
    """Start a server unless it runs; True if it was started here."""
    if note_of(note_path(server)):
        return False
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", server.port))
        except OSError:
            raise NotStarted(
                f"{server.name}: port {server.port} is taken. Choose others: make services SERVICES_PORT=48000"
            ) from None
    server.prepare()
    with log_path(server).open("wb") as log:
        child = subprocess.Popen(
            server.command,
            cwd="/",
            env=dict(server.environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            **server.user,
        )
    note_path(server).write_text(
        json.dumps(
            {"pid": child.pid, "began": began(child.pid), "port": server.port, "stop_signal": int(server.stop_signal)}
        )
    )
    return True


def log_path(server: Server) -> Path:
    return HOME / f"{server.folder.name}.log"


def wait_for(server: Server) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            server.answers()
            return
        except Exception as error:  # each driver has its own way to say that nobody is there yet
            if note_of(note_path(server)) is None or time.monotonic() > end:
                lines = log_path(server).read_text(errors="replace").splitlines()[-8:]
                raise NotStarted(
                    f"{server.name} does not answer ({error!r}). Its log, {log_path(server)}, ends with:\n  "
                    + "\n  ".join(lines)
                ) from error
        time.sleep(0.05)


def write_variables(wanted: Sequence[Server]) -> None:
    lines = [f"export {name}={shlex.quote(value)}\n" for s in wanted for name, value in s.variables.items()]
    handle = os.open(HOME / "env", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.writelines(lines)


def stop() -> None:
    """Stop what was noted here, and nothing else; the data stays."""
    (HOME / "env").unlink(missing_ok=True)
    for path in sorted(HOME.glob("*.json")):
        note = note_of(path)
        if note is not None:
            end(note)
            tell(f"{path.stem}: stopped (process {note.pid})")
        path.unlink()


def end(note: Note) -> None:
    for kind, patience in ((note.stop_signal, STOP_SECONDS), (signal.SIGKILL, 5.0)):
        with suppress(ProcessLookupError):
            os.kill(note.pid, kind)
        with suppress(TimeoutError):
            await_true(lambda: not note.lives(), patience)
            return


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.services_up", description="Services for the tests.")
    parser.add_argument("what", choices=("start", "stop"))
    parser.add_argument("--port", type=int, help="the four ports after this one are used, and kept for the next time")
    options = parser.parse_args()
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            start(options.port or kept_port()) if options.what == "start" else stop()
        except (CannotInstall, NotStarted) as error:
            print(f"services: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
