"""What logins are worth, held in the process: a valid token costs no query until something about its login changes.

Triggers tell every process when a login is revoked or an actor or a group changes ("principal" notices with the id of
the login, the identity or the customer). Only while the notices are heard is anything held, and nothing for longer than
HELD_SECONDS; a request that writes asks the database in any case (`fresh`).
"""

from collections.abc import Awaitable, Callable
from time import monotonic

from models.identity.identity import LoginState
from services.infrastructure.cache.version_stamps import VersionStamps
from services.infrastructure.database.change_notices import Changes
from services.infrastructure.database.database import Database, UnitOfWork

SCOPE = "principal"
HELD_SECONDS = 60.0
MOST_HELD = 50_000

Load = Callable[[UnitOfWork, str], Awaitable[LoginState | None]]


class SessionCache:
    def __init__(self, database: Database, changes: Changes, load: Load) -> None:
        self._database, self._changes, self._load = database, changes, load
        self._held: dict[str, tuple[LoginState, float]] = {}
        self._by_tag: dict[str, set[str]] = {}
        self._ticks = VersionStamps()
        changes.listeners.append(self.hear)
        database.on_commit.append(self.hear)

    async def get(self, session_id: str, *, fresh: bool) -> LoginState | None:
        """What the login is worth now; None when there is no such login."""
        if not fresh and self._changes.connected.is_set():
            entry = self._held.get(session_id)
            if entry is not None and monotonic() < entry[1]:
                return entry[0]
        since = self._ticks.now
        async with self._database.reading() as work:
            found = await self._load(work, session_id)
        if found is not None and not self._ticks.moved(tags(found), since):
            self._hold(found)
        return found

    def hear(self, scope: str, ids: tuple[str, ...]) -> None:
        """Something changed about these ids; no ids: maybe about all."""
        if scope != SCOPE:
            return
        if not ids:
            self._ticks.change_all()
            self._held.clear()
            self._by_tag.clear()
            return
        self._ticks.change(ids)
        for tag in ids:
            for session_id in tuple(self._by_tag.get(tag, ())):
                self._drop(session_id)

    def _hold(self, found: LoginState) -> None:
        self._drop(found.session_id)
        while len(self._held) >= MOST_HELD:
            self._drop(next(iter(self._held)))
        self._held[found.session_id] = found, monotonic() + HELD_SECONDS
        for tag in tags(found):
            self._by_tag.setdefault(tag, set()).add(found.session_id)

    def _drop(self, session_id: str) -> None:
        entry = self._held.pop(session_id, None)
        for tag in tags(entry[0]) if entry else ():
            marked = self._by_tag[tag]
            marked.discard(session_id)
            if not marked:
                del self._by_tag[tag]


def tags(found: LoginState) -> tuple[str, ...]:
    """The ids under which a change of it is told."""
    return tuple(filter(None, (found.session_id, found.identity_id, found.actor_id)))
