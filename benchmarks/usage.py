"""CPU time and memory of process trees, by psutil."""

from dataclasses import dataclass
from pathlib import Path

import psutil

MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Memory:
    """Memory of a tree in MB. `pss` shares common pages out among the processes that use them."""

    processes: int
    rss_mb: float
    pss_mb: float
    largest_rss_mb: float


def tree(pid: int | None, without: int | None = None) -> list[psutil.Process]:
    """A process and everything below it, but not the tree `without`; empty when it is unknown or gone.

    An embedded database is a child of the server, and is to be counted apart.
    """
    if pid is None:
        return []
    try:
        root = psutil.Process(pid)
        others = {process.pid for process in tree(without)}
        return [process for process in (root, *root.children(recursive=True)) if process.pid not in others]
    except psutil.NoSuchProcess:
        return []


def cpu_seconds(pid: int | None, without: int | None = None) -> float:
    """CPU seconds of the tree so far, with those of children that have ended and were waited for."""
    total = 0.0
    for process in tree(pid, without):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def memory(pid: int | None, without: int | None = None) -> Memory:
    rss, pss = [], []
    for process in tree(pid, without):
        try:
            info = process.memory_full_info()
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
        rss.append(info.rss / MB)
        pss.append(info.pss / MB)
    return Memory(len(rss), round(sum(rss), 1), round(sum(pss), 1), round(max(rss, default=0.0), 1))


def exact_cpu_seconds(pid: int) -> float:
    """CPU seconds of one process with its threads: to the nanosecond on Linux, elsewhere to the hundredth."""
    spent = 0
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            spent += int((task / "schedstat").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        times = psutil.Process(pid).cpu_times()
        return float(times.user + times.system)
    return spent / 1e9
