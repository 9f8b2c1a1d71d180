"""Order between reading rows and hearing that they changed, for caches that must not keep what is already old."""

from collections.abc import Iterable

HELD = 10_000  # keys whose last change is remembered; what was read before a forgotten change counts as changed


class VersionStamps:
    """Take `now` before reading; afterwards `moved(keys, since)` says whether one may have changed meanwhile."""

    def __init__(self) -> None:
        self.now = 0
        self._last: dict[str, int] = {}
        self._floor = 0

    def change(self, keys: Iterable[str]) -> None:
        self.now += 1
        for key in keys:
            self._last.pop(key, None)
            self._last[key] = self.now
        while len(self._last) > HELD:
            self._floor = self._last.pop(next(iter(self._last)))

    def change_all(self) -> None:
        self.now += 1
        self._floor = self.now
        self._last.clear()

    def moved(self, keys: Iterable[str], since: int) -> bool:
        if since >= self.now:
            return False
        return since < self._floor or any(self._last.get(key, 0) > since for key in keys)
