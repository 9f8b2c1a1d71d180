"""The server as a process of its own: started, waited for, stopped or killed, from outside only."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(slots=True)
class ServerProcess:
    """`app.py serve` on a data folder and a free port; `env` holds more settings by their variable names.

    `root` is the checkout it runs from, with an interpreter that has its packages.
    """

    data_dir: Path
    env: dict[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = ("app.py", "serve", "--no-demo")
    python: str = sys.executable
    root: Path = ROOT
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.data_dir.with_name(self.data_dir.name + ".log")

    @property
    def environment(self) -> dict[str, str]:
        ours = {"PASAR_DATA_DIR": str(self.data_dir), "PASAR_PORT": str(self.port)}
        outside = {k: v for k, v in os.environ.items() if not k.startswith("PASAR_") and k != "DATABASE_URL"}
        return outside | ours | self.env

    def start(self) -> float:
        """Start and wait until it is ready; returns the seconds that took."""
        begin = time.perf_counter()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [self.python, *self.command],
                cwd=self.root,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        while not self.is_ready():
            if self.process.poll() is not None or time.perf_counter() - begin > START_SECONDS:
                self.kill()
                raise RuntimeError(f"the server did not start:\n{self.log_end()}")
            time.sleep(0.005)
        return time.perf_counter() - begin

    def is_ready(self) -> bool:
        with suppress(OSError), urllib.request.urlopen(f"{self.base}/ready", timeout=5) as answer:
            return bool(answer.status == 200)
        return False

    def run(self, *arguments: str) -> str:
        """Another command on the same data folder, such as `seed FILE`; RuntimeError when it fails."""
        done = subprocess.run(
            [self.python, "app.py", *arguments],
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"app.py {' '.join(arguments)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
        return done.stdout

    def stop(self) -> None:
        """Ask it to end (SIGTERM) and wait until it has."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()
        self.process = None

    def kill(self) -> None:
        """kill -9 of the server and its workers; its embedded database is a process of its own and lives on."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)  # the workers too
            self.process.wait()
        self.process = None

    def kill_database(self) -> None:
        """kill -9 of the embedded database server; its backends follow it."""
        pid = self.database_pid
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    @property
    def database_pid(self) -> int | None:
        """The embedded database's process, as its own note in the data folder says; None without one."""
        with suppress(OSError, ValueError, IndexError):
            return int((self.data_dir / "postgres" / "postmaster.pid").read_text().split()[0])
        return None

    @property
    def database_url(self) -> str:
        """The database behind the server: the one it was given, or the embedded one by its socket."""
        if given := self.env.get("PASAR_DATABASE_URL"):
            return given.replace("+asyncpg", "")
        sockets = (self.data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[4]
        return f"postgresql://postgres@/postgres?host={sockets}"

    def log_end(self) -> str:
        with suppress(OSError):
            return self.log.read_text(errors="replace")[-4000:]
        return ""
