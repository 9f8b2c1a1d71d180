"""CPU time and memory of process trees, by psutil."""

from dataclasses import dataclass

import psutil

MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Memory:
    """Memory of a tree in MB. `pss` shares common pages out among the processes that use them."""

    processes: int
    rss_mb: float
    pss_mb: float
    largest_rss_mb: float


def tree(pid: int | None) -> list[psutil.Process]:
    """A process and everything below it; empty when it is unknown or gone."""
    if pid is None:
        return []
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def cpu_seconds(pid: int | None) -> float:
    """CPU seconds of the tree so far, with those of children that have ended and were waited for."""
    total = 0.0
    for process in tree(pid):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def memory(pid: int | None) -> Memory:
    rss, pss = [], []
    for process in tree(pid):
        try:
            info = process.memory_full_info()
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
        rss.append(info.rss / MB)
        pss.append(info.pss / MB)
    return Memory(len(rss), round(sum(rss), 1), round(sum(pss), 1), round(max(rss, default=0.0), 1))
