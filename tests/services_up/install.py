"""What the services are made of: Debian's packages, and two servers built with Go and kept in a cache folder.

Built once a machine: `~/.cache/pasar` (or `$XDG_CACHE_HOME/pasar`) serves every checkout. A binary carries in its name
what it was built from, so that another version is built beside it.
"""

import fcntl
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).resolve().parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pasar"
POSTGRES = Path("/usr/lib/postgresql")
NO_STARTING = Path("/usr/sbin/policy-rc.d")

MINIO = "github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c"
MINIO_VERSION = "2026-02-12"
FERRETDB_VERSION = "1.24.2"
OLDEST_GO = (1, 24)
# Any Go since 1.16 can fetch this one through its module system, which checks it like every module.
TOOLCHAIN = "golang.org/toolchain@v0.0.1-go1.24.13.linux-{}"
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


class CannotInstall(Exception):
    """Something is missing here; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Programs:
    postgres: Path  # the folder of PostgreSQL's programs
    redis: Path
    minio: Path
    ferretdb: Path


def tell(line: str) -> None:
    print(line, flush=True)


def install() -> Programs:
    """Everything that is needed, installed or built where it is missing; CannotInstall when that does not work."""
    minio = CACHE / f"minio-{MINIO.rpartition('-')[2]}"
    ferretdb = CACHE / f"ferretdb-{digest(HERE / 'ferretdb')}"
    missing = [] if postgres_folders() else ["postgresql"]
    missing += [] if shutil.which("redis-server") else ["redis-server"]
    if not (minio.exists() and ferretdb.exists()) and found_go() is None:
        missing.append("golang-go")
    if missing:
        install_packages(missing)
    with alone_in_cache():
        if not minio.exists():
            tell(f"building MinIO {MINIO_VERSION} (some minutes, once) ...")
            build(minio, "install", MINIO)
        if not ferretdb.exists():
            tell(f"building FerretDB {FERRETDB_VERSION} (a minute or two, once) ...")
            build(ferretdb, "build", ".")
    redis = shutil.which("redis-server")
    if not redis or not postgres_folders():
        raise CannotInstall("redis-server or PostgreSQL is not where Debian's packages put them")
    return Programs(postgres_folders()[-1], Path(redis), minio, ferretdb)


def postgres_folders() -> list[Path]:
    """Where Debian puts the versions of PostgreSQL that can be used, the newest last."""
    found = [path.parent for path in POSTGRES.glob("*/bin/initdb") if int(path.parts[-3]) >= 15]
    return sorted(found, key=lambda path: int(path.parts[-2]))


def install_packages(names: list[str]) -> None:
    text = f"apt-get install --no-install-recommends {' '.join(names)}"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise CannotInstall(f"missing here: {', '.join(names)}. On Debian or Ubuntu, as root: {text}")
    tell(f"installing {', '.join(names)} ...")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with nothing_started():
        subprocess.run(["apt-get", "update", "-q"], env=quiet, capture_output=True, check=False)
        command = ["apt-get", "install", "-q", "-y", "--no-install-recommends", *names]
        done = subprocess.run(command, env=quiet, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CannotInstall(f"{text} failed:\n{done.stderr.strip()[-2000:]}")


@contextmanager
def nothing_started() -> Iterator[None]:
    """Debian's packages start their servers on the usual ports when installed, unless this file forbids it."""
    if NO_STARTING.exists():
        yield
        return
    NO_STARTING.write_text("#!/bin/sh\nexit 101\n")
    NO_STARTING.chmod(0o755)
    try:
        yield
    finally:
        NO_STARTING.unlink(missing_ok=True)


def digest(folder: Path) -> str:
    """Of the files of our Go module."""
    whole = b"".join((folder / name).read_bytes() for name in ("go.mod", "go.sum", "main.go"))
    return f"{FERRETDB_VERSION}-{sha256(whole).hexdigest()[:12]}"


def build(target: Path, verb: str, what: str) -> None:
    """Build beside the place and move in, so that a broken build is never used."""
    fresh = CACHE / "new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    options = ["-trimpath", "-buildvcs=false", "-ldflags=-s -w"]
    options += ["-mod=readonly", "-o", str(fresh)] if verb == "build" else []
    environment = {**os.environ, "CGO_ENABLED": "0", "GOBIN": str(fresh), "GOWORK": "off", "GOFLAGS": ""}
    command = [str(go()), verb, *options, what]
    done = subprocess.run(command, cwd=HERE / "ferretdb", env=environment, capture_output=True, text=True, check=False)
    made = list(fresh.iterdir())
    if done.returncode != 0 or len(made) != 1:
        raise CannotInstall(f"go {verb} {what} failed:\n{done.stderr.strip()[-2000:]}")
    made[0].replace(target)
    fresh.rmdir()


def found_go() -> Path | None:
    """The Go of this machine, of whatever version."""
    found = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin")
    return Path(found) if found else None


def go() -> Path:
    """A Go that is new enough: the machine's own, or one that it fetches."""
    own = found_go()
    if own is None:
        raise CannotInstall("Go is missing. On Debian or Ubuntu, as root: apt-get install golang-go")
    if version(own) >= OLDEST_GO:
        return own
    kept = CACHE / "go"
    module = TOOLCHAIN.format(ARCHITECTURES[platform.machine()])
    program = kept / module / "bin" / "go"
    if not program.exists():
        tell(f"fetching {module.partition('-')[2]}, as Go {'.'.join(map(str, version(own)))} is too old ...")
        environment = {**os.environ, "GOMODCACHE": str(kept), "GOFLAGS": "-modcacherw"}
        done = subprocess.run(
            [str(own), "mod", "download", module], env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise CannotInstall(
                f"Go {'.'.join(map(str, OLDEST_GO))} or later is needed and could not be fetched; install it.\n"
                + done.stderr.strip()[-2000:]
            )
    for part in (*program.parent.iterdir(), *(kept / module / "pkg" / "tool").rglob("*")):
        part.chmod(0o755)  # modules carry no rights to execute
    return program


def version(program: Path) -> tuple[int, ...]:
    # From outside of our module, whose go.mod an older Go may refuse to read.
    said = subprocess.run([str(program), "version"], cwd="/", capture_output=True, text=True, check=True).stdout
    found = re.search(r"go(\d+)\.(\d+)", said)
    if found is None:
        raise CannotInstall(f"{program} does not say its version: {said}")
    return tuple(int(part) for part in found.groups())


@contextmanager
def alone_in_cache() -> Iterator[None]:
    """One process at a time builds; the others find what it made."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
