"""Password hashes: argon2id in a few threads of low priority, so that a storm of logins holds up nobody else."""

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from utils.errors import AppError

# OWASP's first choice for argon2id: 19 MiB, 2 passes, 1 lane; some 20 ms.
MEMORY_KIB, PASSES, LANES = 19 * 1024, 2, 1
THREADS = max(1, (os.cpu_count() or 2) // 2)
MOST_WAITING = 200  # more than this would wait longer than a client does
NICE = 10
T = TypeVar("T")
BUSY_SECONDS = 2


class TooManyLogins(AppError):
    code, kind = "logins_busy", "unavailable"
    message = "Too many people log in at the moment. Try again in {retry_after} s."


def step_back() -> None:
    """Threads are scheduled one by one on Linux: the one that serves goes first."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)


class Passwords:
    """Hashes and checks; TooManyLogins when too many wait already."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(PASSES, MEMORY_KIB, LANES)
        self._pool = ThreadPoolExecutor(THREADS, "passwords", initializer=step_back)
        self._waiting = 0
        self._nobody: str | None = None

    async def hash(self, password: str) -> str:
        return await self._run(self._hash, password)

    async def check(self, password: str, known: str | None) -> bool:
        """Is it the password of the hash? Without a hash the answer is no, and takes as long."""
        return await self._run(self._check, password, known)

    async def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _run(self, work: Callable[..., T], *arguments: object) -> T:
        if self._waiting >= MOST_WAITING:
            raise TooManyLogins(retry_after=BUSY_SECONDS)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work, *arguments)
        finally:
            self._waiting -= 1

    def _hash(self, password: str) -> str:
        return self._hasher.hash(password)

    def _check(self, password: str, known: str | None) -> bool:
        if known is None:
            # A hash of nothing that anybody knows, made once: checking it costs what checking a real one does.
            self._nobody = self._nobody or self._hasher.hash(os.urandom(32))
        try:
            return self._hasher.verify(known or self._nobody or "", password) and known is not None
        except (VerificationError, InvalidHashError):
            return False
