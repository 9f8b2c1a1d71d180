"""Which connection is in which namespace: all that is asked of the library's manager, in the same time for any number.

Nobody is in a room here: who is told what is known by seats (middleware/sockets.py). The library would keep a room for
every connection, and walk through all of them for each one that ends.
"""

from typing import Any

import socketio


class Waiting(dict[str, None]):
    """Connections between two states, as the library takes a list for; a look-up costs the same in a crowd."""

    def append(self, sid: str) -> None:
        self[sid] = None

    def remove(self, sid: str) -> None:
        del self[sid]


class WaitingByNamespace(dict[str, Any]):
    def __setitem__(self, namespace: str, waiting: Any) -> None:
        super().__setitem__(namespace, Waiting.fromkeys(waiting))


class Connections(socketio.AsyncManager):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.pending_connect, self.pending_disconnect = WaitingByNamespace(), WaitingByNamespace()

    def basic_enter_room(self, sid: str, namespace: str, room: str | None, eio_sid: str | None = None) -> None:
        if room is None:  # all who are in the namespace
            super().basic_enter_room(sid, namespace, room, eio_sid=eio_sid)

    def basic_disconnect(self, sid: str, namespace: str, **_: Any) -> None:
        self.basic_leave_room(sid, namespace, None)
        self.callbacks.pop(sid, None)
        for waiting in (self.pending_connect, self.pending_disconnect):
            if sid in waiting.get(namespace, ()):
                waiting[namespace].remove(sid)
                if not waiting[namespace]:
                    del waiting[namespace]
