"""The four servers: how each is started, and how it shows that it answers. All listen on 127.0.0.1 only."""

import asyncio
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import pymongo
import redis

from services.infrastructure.database.embedded_postgres import environment, open_way
from tests.services_up.install import Programs

USER = "pasar"
# Nobody needs the data after a crash of the machine.
TUNING = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}
ANSWER_SECONDS = 2.0


class NotStarted(Exception):
    """A server could not be prepared or started; the text says why."""


@dataclass(frozen=True, slots=True)
class Server:
    """One service. `variables` are what programs need to reach it; `answers` raises until it serves."""

    name: str
    port: int
    folder: Path
    command: list[str]
    variables: Mapping[str, str]
    answers: Callable[[], object]
    prepare: Callable[[], None] = lambda: None
    environment: Mapping[str, str] = field(default_factory=environment)
    user: Mapping[str, Any] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM


def servers(home: Path, programs: Programs, base_port: int) -> list[Server]:
    """The services in the order of their ports: base + 1 and so on."""
    password = kept_password(home)
    return [
        postgresql(home / "postgresql", programs.postgres, base_port + 1, password),
        redis_server(home / "redis", programs.redis, base_port + 2, password),
        minio(home / "minio", programs.minio, base_port + 3, password),
        mongodb(home / "mongodb", programs.ferretdb, base_port + 4),
    ]


def kept_password(home: Path) -> str:
    """Of all services of this folder: other users of the machine can reach their ports, too."""
    path = home / "password"
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(16))
    return path.read_text()


def postgresql(folder: Path, programs: Path, port: int, password: str) -> Server:
    address = f"postgresql://{USER}:{password}@127.0.0.1:{port}/postgres"
    options = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        **TUNING,
    }
    user = postgres_user()

    def prepare() -> None:
        if (folder / "PG_VERSION").exists():
            return
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        if user:
            open_way(folder.parent, user["user"])
            os.chown(folder, user["user"], user["group"])
        command = [str(programs / "initdb"), "-D", str(folder), "-U", USER, "--encoding=UTF8", "--locale=C.UTF-8"]
        with given_password(folder.with_suffix(".password"), password, user) as path:
            command += ["--auth=scram-sha-256", f"--pwfile={path}"]
            made = subprocess.run(
                command, env=environment(), capture_output=True, text=True, check=False, cwd="/", **user
            )
        if made.returncode != 0:
            raise NotStarted(f"initdb failed: {made.stderr.strip()}")

    async def answers() -> None:
        connection = await asyncpg.connect(address, timeout=ANSWER_SECONDS)
        await connection.close()

    return Server(
        "PostgreSQL",
        port,
        folder,
        [str(programs / "postgres"), "-D", str(folder), *(f"--{name}={value}" for name, value in options.items())],
        {"DATABASE_URL": address},
        lambda: asyncio.run(answers()),
        prepare,
        user=user,
        stop_signal=signal.SIGINT,  # does not wait for clients to leave
    )


@contextmanager
def given_password(path: Path, password: str, user: Mapping[str, Any]) -> Iterator[Path]:
    """A file with the password that only this user can read, while the block runs."""
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(password)
    if user:
        os.chown(path, user["user"], user["group"])
    try:
        yield path
    finally:
        path.unlink()


def postgres_user() -> dict[str, Any]:
    """PostgreSQL refuses root, so root starts it as the user that Debian's package brings."""
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam("postgres")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def redis_server(folder: Path, program: Path, port: int, password: str) -> Server:
    address = f"redis://:{password}@127.0.0.1:{port}/0"
    # In a file, since everyone can read the command line of a process.
    settings = folder / "redis.conf"

    def prepare() -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        settings.write_text(
            f'bind 127.0.0.1\nport {port}\ndir "{folder}"\nrequirepass {password}\nappendonly yes\nsave ""\n'
        )

    def answers() -> object:
        with redis.Redis.from_url(address, socket_timeout=ANSWER_SECONDS) as client:
            return client.ping()

    return Server("Redis", port, folder, [str(program), str(settings)], {"REDIS_URL": address}, answers, prepare)


def minio(folder: Path, program: Path, port: int, password: str) -> Server:
    address = f"127.0.0.1:{port}"
    command = [str(program), "server", str(folder / "data"), "--address", address, "--quiet"]
    command += ["--certs-dir", str(folder / "certificates")]

    def answers() -> object:
        with urllib.request.urlopen(f"http://{address}/minio/health/ready", timeout=ANSWER_SECONDS) as reply:
            return reply.status

    account = {"MINIO_ROOT_USER": USER, "MINIO_ROOT_PASSWORD": password}
    return Server(
        "MinIO",
        port,
        folder,
        command,
        {"MINIO_ENDPOINT": f"http://{address}", "MINIO_ACCESS_KEY": USER, "MINIO_SECRET_KEY": password},
        answers,
        lambda: folder.mkdir(mode=0o700, exist_ok=True),
        environment={**environment(), **account, "MINIO_BROWSER": "off", "MINIO_UPDATE": "off", "HOME": str(folder)},
    )


def mongodb(folder: Path, program: Path, port: int) -> Server:
    address = f"mongodb://127.0.0.1:{port}/pasar"

    def answers() -> object:
        milliseconds = int(ANSWER_SECONDS * 1000)
        with pymongo.MongoClient[dict[str, Any]](address, serverSelectionTimeoutMS=milliseconds) as client:
            return client.admin.command("ping")

    return Server(
        "FerretDB",
        port,
        folder,
        [str(program), f"127.0.0.1:{port}", str(folder)],
        {"MONGO_URL": address},
        answers,
        lambda: folder.mkdir(mode=0o700, exist_ok=True),
    )
