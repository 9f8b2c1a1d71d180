"""A payment provider over HTTP, with faults to order: for the contract suite and the payment flows."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

Json = dict[str, Any]
LATE_SECONDS = 2.5


class FakeServer:
    """Sessions by reference, and what to do wrong next.

    `faults` maps a verb (open, find, authorize, cancel) to what happens to its calls: `decline`; `break`, the
    connection
    drops before anything is done; `drop`, it drops after; `late` and `nonsense`, done, but answered too late or with
    something else; a dict is written over the session. `gates` hold a verb's calls back until the event is set.
    """

    def __init__(self) -> None:
        self.sessions: dict[str, Json] = {}
        self.calls: Counter[tuple[str, str]] = Counter()
        self.faults: dict[str, str | Json] = {}
        self.gates: dict[str, asyncio.Event] = {}
        self.arrived = asyncio.Event()
        self.address = ""

    def forget_faults(self) -> None:
        self.faults.clear()
        self.gates.clear()
        self.arrived.clear()

    async def open(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        fresh = {"state": "pending", "data": {"client_secret": f"secret of {asked['reference']}"}}
        return await self._act(request, "open", asked["reference"], {**asked, **fresh})

    async def find(self, request: web.Request) -> web.StreamResponse:
        return await self._act(request, "find", request.match_info["reference"], None)

    async def authorize(self, request: web.Request) -> web.StreamResponse:
        reference = request.match_info["reference"]
        known = self.sessions.get(reference)
        if known is not None and known["state"] == "pending":
            return await self._act(request, "authorize", reference, {**known, "state": "authorized"})
        return await self._act(request, "authorize", reference, None)

    async def cancel(self, request: web.Request) -> web.StreamResponse:
        reference = request.match_info["reference"]
        known = self.sessions.get(reference)
        after = None if known is None or known["state"] == "captured" else {**known, "state": "canceled"}
        return await self._act(request, "cancel", reference, after)

    async def _act(self, request: web.Request, verb: str, reference: str, after: Json | None) -> web.StreamResponse:
        self.calls[verb, reference] += 1
        self.arrived.set()
        if verb in self.gates:
            await self.gates[verb].wait()
        fault = self.faults.get(verb)
        if fault == "break":
            assert request.transport is not None
            request.transport.abort()
        elif fault == "decline":
            return web.json_response({"reason": "no money"}, status=402)
        elif after is not None and not (verb == "open" and reference in self.sessions):
            self.sessions[reference] = {**after, **(fault if isinstance(fault, dict) else {})}
        if fault == "drop":
            assert request.transport is not None
            request.transport.abort()
        if fault == "nonsense":
            return web.json_response([])
        if fault == "late":
            await asyncio.sleep(LATE_SECONDS)
        known = self.sessions.get(reference)
        return web.json_response(known) if known else web.json_response({"reason": "unknown"}, status=404)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["FakeServer"]:
        app = web.Application()
        app.add_routes(
            [
                web.post("/sessions", self.open),
                web.get("/sessions/{reference}", self.find),
                web.post("/sessions/{reference}/authorize", self.authorize),
                web.post("/sessions/{reference}/cancel", self.cancel),
            ]
        )
        async with TestServer(app) as server:
            self.address = str(server.make_url(""))
            yield self
