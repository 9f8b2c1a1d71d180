"""Processes that serve: the order to stop, the port they share, and the supervisor that keeps them running."""

import asyncio
import ctypes
import gc
import logging
import os
import signal
import socket
import struct
import sys
import time
from collections.abc import Sequence
from contextlib import suppress

from utils.config import Settings, environment

log = logging.getLogger("pasar.serve")
CANNOT_START = 3  # exit code of a worker that would fail again: it is not started a second time
LONGEST_PAUSE_SECONDS = 10.0
BACKLOG = 1024
SO_ATTACH_FILTER = 26  # Linux; the socket module does not name it


def tidy_memory() -> None:
    """What the start made stays for good: the collector need not walk it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


async def ordered_to_stop(*, watch_supervisor: bool = False) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if watch_supervisor:
        # The supervisor holds the other end of standard input; its death closes it, whatever killed it.
        loop.add_reader(sys.stdin.fileno(), stop.set)
    await stop.wait()
    if watch_supervisor:
        loop.remove_reader(sys.stdin.fileno())


def listening(host: str, port: int, *, shared: bool) -> socket.socket:
    """A socket that listens, `shared` with other workers on the same port; OSError if the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server(
        (host, port), family=family, backlog=BACKLOG, reuse_port=shared, dualstack_ipv6=host == "::"
    )


def check_port_is_free(host: str, port: int) -> None:
    """OSError if someone listens: workers share their port, and would silently share it with a stranger too."""
    listening(host, port, shared=False).close()


def turn_away(listener: socket.socket) -> None:
    """Let no new connection begin, so that those that wait can be accepted before the socket closes.

    Closing a listening socket resets whatever waits in its queue. A filter that drops every packet to it keeps the
    queue from growing; whoever knocks meanwhile tries again, and is then refused (or taken by another server).
    """
    nothing = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))  # one BPF instruction: accept 0 bytes
    with suppress(OSError):
        listener.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HL", 1, ctypes.addressof(nothing)))


class Supervisor:
    """Keeps N workers running; one that ends unasked is started again, after a pause that doubles up to 10 s."""

    def __init__(self, command: Sequence[str], settings: Settings) -> None:
        self.command = command
        self.count = settings.workers
        self.patience_seconds = settings.drain_seconds + 10.0
        self.environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | environment(settings)
        self.exit_code = 0
        self._stop = asyncio.Event()

    async def run(self) -> int:
        """Until SIGTERM or SIGINT; the exit code is 0 when every worker ended in order."""
        keepers = [asyncio.create_task(self._keep(number)) for number in range(1, self.count + 1)]
        order = asyncio.create_task(ordered_to_stop())
        order.add_done_callback(lambda _: self._stop.set())
        await asyncio.gather(*keepers)
        order.cancel()
        return self.exit_code

    async def _keep(self, number: int) -> None:
        pause = 0.1
        while not self._stop.is_set():
            began = time.monotonic()
            worker = await asyncio.create_subprocess_exec(
                *self.command, stdin=asyncio.subprocess.PIPE, env=self.environment
            )
            code = await self._until_it_ends(worker)
            if self._stop.is_set():
                # One that was still starting knows no draining and dies of the signal itself.
                self.exit_code = self.exit_code or int(code not in (0, -signal.SIGTERM, -signal.SIGINT, 143, 130))
                return
            if code == CANNOT_START:
                self.exit_code = CANNOT_START
                self._stop.set()
                return
            if time.monotonic() - began > LONGEST_PAUSE_SECONDS:
                pause = 0.1
            log.error("worker %d ended (exit code %d) and starts again in %.1f s", number, code, pause)
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._stop.wait()
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def _until_it_ends(self, worker: asyncio.subprocess.Process) -> int:
        ended = asyncio.create_task(worker.wait())
        stopped = asyncio.create_task(self._stop.wait())
        await asyncio.wait({ended, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if not ended.done():
            with suppress(ProcessLookupError):
                worker.terminate()
            await asyncio.wait({ended}, timeout=self.patience_seconds)
            if not ended.done():
                log.error("process %d did not drain in time and is killed", worker.pid)
                worker.kill()
        return await ended
