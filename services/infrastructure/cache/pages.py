"""Ready bytes of replies and of parts of replies, kept until what they show changes.

A page carries tags: names of change counters ("catalogue") and ids of what it shows. A change drops the pages of its
tags at once. A page built from rows read before a change must not be kept after it: `mark` before reading, and `put`
refuses when a tag of the page has changed since.
"""

from collections.abc import Hashable, Iterable
from typing import Protocol

from services.infrastructure.cache.version_stamps import VersionStamps
from utils.clock import timestamp

FRAGMENT_BYTES = 16 * 1024 * 1024
PAGE_OVERHEAD_BYTES = 600  # the page object, its key and its places in the tags, roughly


class CacheControl(Protocol):
    """What the maker of a page says of it: ids it shows, when it ends (seconds since 1970), whether to keep it."""

    tags: tuple[str, ...]
    expires_at: float | None
    keep: bool


class Page:
    __slots__ = ("body", "expires_at", "key", "tags", "used")

    def __init__(self, key: Hashable, body: bytes, tags: frozenset[str], expires_at: float | None) -> None:
        self.key, self.body, self.tags, self.expires_at = key, body, tags, expires_at
        self.used = False


class CacheToken:
    """The moment before the rows of a page were read, and the scopes it will stand under."""

    __slots__ = ("scopes", "tick")

    def __init__(self, scopes: Iterable[str], tick: int) -> None:
        self.scopes, self.tick = scopes, tick


class Pages:
    """A cache of bytes with exact invalidation. It never holds more than `limit_bytes`; 0 keeps nothing."""

    def __init__(self, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        self.size_bytes = 0
        self._pages: dict[Hashable, Page] = {}
        self._by_tag: dict[str, set[Page]] = {}
        self._ticks = VersionStamps()

    def __len__(self) -> int:
        return len(self._pages)

    def get(self, key: Hashable) -> bytes | None:
        page = self.find(key)
        return page.body if page is not None else None

    def find(self, key: Hashable) -> Page | None:
        """The page with its tags, for whoever builds another page of it."""
        page = self._pages.get(key)
        if page is None:
            return None
        if page.expires_at is not None and page.expires_at <= timestamp():
            self._remove(page)
            return None
        page.used = True
        return page

    def mark(self, scopes: Iterable[str] = ()) -> CacheToken:
        """Taken before the rows are read; hand it to `put` with what was made of them."""
        return CacheToken(scopes, self._ticks.now)

    def put(self, key: Hashable, body: bytes, mark: CacheToken, note: CacheControl | None = None) -> None:
        """Keep a page unless its note says no, or something it shows has changed since the mark."""
        if note is None:
            self.keep(key, body, mark)
        elif note.keep:
            self.keep(key, body, mark, note.tags, note.expires_at)

    def keep(
        self, key: Hashable, body: bytes, mark: CacheToken, tags: Iterable[str] = (), expires_at: float | None = None
    ) -> Page:
        """The page, kept unless something it shows has changed since the mark."""
        page = Page(key, body, frozenset((*mark.scopes, *tags)), expires_at)
        cost = len(body) + PAGE_OVERHEAD_BYTES
        if cost > self.limit_bytes // 4 or self._ticks.moved(page.tags, mark.tick):
            return page
        former = self._pages.get(key)
        if former is not None:
            self._remove(former)
        self._make_room(cost)
        self._pages[key] = page
        self.size_bytes += cost
        for tag in page.tags:
            self._by_tag.setdefault(tag, set()).add(page)
        return page

    def drop(self, tags: Iterable[str]) -> None:
        """Forget every page of these tags, and refuse those being made from older rows."""
        changed = tuple(tags)
        self._ticks.change(changed)
        for tag in changed:
            for page in tuple(self._by_tag.get(tag, ())):
                self._remove(page)

    def clear(self) -> None:
        """Forget everything, pages being made included."""
        self._ticks.change_all()
        self._pages.clear()
        self._by_tag.clear()
        self.size_bytes = 0

    def _make_room(self, cost: int) -> None:
        """Oldest first; a page that was read since its last turn gets another one."""
        while self._pages and self.size_bytes + cost > self.limit_bytes:
            page = next(iter(self._pages.values()))
            if page.used:
                page.used = False
                self._pages[page.key] = self._pages.pop(page.key)
            else:
                self._remove(page)

    def _remove(self, page: Page) -> None:
        del self._pages[page.key]
        self.size_bytes -= len(page.body) + PAGE_OVERHEAD_BYTES
        for tag in page.tags:
            held = self._by_tag[tag]
            held.discard(page)
            if not held:
                del self._by_tag[tag]


class Fragments(Pages):
    """Parts of pages: JSON of single products as a list shows them, and counts of lists, so that a page that is not
    ready is joined, not built."""

    def __init__(self, limit_bytes: int = FRAGMENT_BYTES) -> None:
        super().__init__(limit_bytes)
