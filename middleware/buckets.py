"""Token buckets: how much a client address or a connection may ask of this process in a time."""

from math import ceil
from time import monotonic

from utils.errors import AppError

ADDRESSES_HELD = 100_000


class TooManyRequests(AppError):
    code, kind = "too_many_requests", "too_many"
    message = "Too many requests. Try again in {retry_after} s."


class Buckets:
    """A token bucket for each client address or connection, in this process: `burst` at once, `rate` more a second."""

    def __init__(self, rate: int, burst: int) -> None:
        self.rate, self.burst = rate, burst
        self._held: dict[str, tuple[float, float]] = {}

    def take(self, address: str, cost: int) -> None:
        now = monotonic()
        tokens, stamp = self._held.get(address, (float(self.burst), now))
        tokens = min(float(self.burst), tokens + (now - stamp) * self.rate)
        if tokens < cost:
            self._held[address] = (tokens, now)
            raise TooManyRequests(retry_after=max(1, ceil((cost - tokens) / self.rate)))
        if len(self._held) >= ADDRESSES_HELD and address not in self._held:
            self._forget(now)
        self._held[address] = (tokens - cost, now)

    def drop(self, address: str) -> None:
        """Forget what is no more."""
        self._held.pop(address, None)

    def _forget(self, now: float) -> None:
        """Drop addresses whose bucket is full again; all of them when none is."""
        full = [a for a, (tokens, stamp) in self._held.items() if tokens + (now - stamp) * self.rate >= self.burst]
        for address in full or list(self._held):
            del self._held[address]
