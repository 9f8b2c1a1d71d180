"""The five usual requests on rows that administrators keep: list, get, create, update, delete."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from aiohttp import web

from controllers.http import BODY, CLAIM, DEPS, FIELDS, PRINCIPAL, reply
from controllers.store.product import page_of, question
from models.shared.commands import Command, LinkCommand
from models.shared.crud import Association, Resource
from services.deps import Deps
from services.infrastructure.database.database import UnitOfWork
from services.shared import crud
from utils.clock import to_iso
from utils.fields import Selection

Json = dict[str, Any]
C = TypeVar("C", bound=Command)
Act = Callable[..., Awaitable[Any]]
Load = Callable[[UnitOfWork, Sequence[Any]], Awaitable[Any]]


def plain(row: Any) -> Json:
    """A row as it stands; those of tables without soft delete say that they are not deleted."""
    shown = {name: to_iso(v) if isinstance(v, datetime) else v for name, v in row._mapping.items()}
    return {"deleted_at": None, **shown}


def alone(row: Any, related: Any) -> Json:
    """The view of rows that are shown with nothing related."""
    return plain(row)


async def nothing_related(work: UnitOfWork, rows: Sequence[Any]) -> None:
    """For rows that are shown alone."""


def nothing(deps: Deps) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CrudController:
    """Handlers for one resource. `make`, `change`, `remove` are its service functions where the usual ones do not do.

    `creates` and `updates` are the commands that they take, `given` what they need of the wiring. `related` loads what
    rows are shown with, in a constant number of statements; `view` makes the wire form of a row and what is related.
    """

    resource: Resource
    one: str
    many: str
    kind: str  # what the answer to a deletion calls it
    creates: type[Command]
    updates: type[Command]
    related: Load = nothing_related
    view: Callable[[Any, Any], Json] = alone
    make: Act | None = None
    change: Act | None = None
    remove: Act | None = None
    given: Callable[[Deps], Mapping[str, Any]] = nothing
    link: Association | None = None

    async def views(self, work: UnitOfWork, rows: Sequence[Any]) -> list[Json]:
        related = await self.related(work, rows)
        return [self.view(row, related) for row in rows]

    async def index(self, request: web.Request) -> web.Response:
        query, fields = question(request), request[FIELDS]
        async with request.app[DEPS].database.reading() as work:
            rows, count = await crud.page(work, self.resource, **query)
            shown = await self.views(work, rows)
        return reply({self.many: [fields(view) for view in shown], "count": count, **page_of(query)})

    async def retrieve(self, request: web.Request) -> web.Response:
        async with request.app[DEPS].database.reading() as work:
            return await self.shown(request, work, request.match_info["id"])

    async def create(self, request: web.Request) -> web.Response:
        deps, claim, asked = request.app[DEPS], request[CLAIM], command(request, self.creates)
        who = request[PRINCIPAL]
        async with deps.database.unit_of_work(claim) as work:
            if self.make is not None:
                row_id = await self.make(work, who=who, command=asked, **self.given(deps))
            else:
                row_id = await crud.create(work, self.resource, who=who, values=asked)
            return await self.shown(request, work, row_id)

    async def update(self, request: web.Request) -> web.Response:
        deps, claim, asked = request.app[DEPS], request[CLAIM], command(request, self.updates)
        whose: Json = {"who": request[PRINCIPAL], "row_id": request.match_info["id"]}
        async with deps.database.unit_of_work(claim) as work:
            if self.change is not None:
                await self.change(work, **whose, command=asked, **self.given(deps))
            else:
                await crud.change(work, self.resource, **whose, values=asked)
            return await self.shown(request, work, whose["row_id"])

    async def delete(self, request: web.Request) -> web.Response:
        claim, row_id = request[CLAIM], request.match_info["id"]
        terms: Json = {"who": request[PRINCIPAL], "row_id": row_id}
        async with request.app[DEPS].database.unit_of_work(claim) as work:
            await (self.remove(work, **terms) if self.remove else crud.remove(work, self.resource, **terms))
            return reply({"id": row_id, "object": self.kind, "deleted": True}, claim=claim)

    async def join(self, request: web.Request) -> web.Response:
        """Link rows to this one, and unlink others."""
        claim, row_id = request[CLAIM], request.match_info["id"]
        assert self.link is not None, "nothing is joined to these rows"
        async with request.app[DEPS].database.unit_of_work(claim) as work:
            ids = msgspec.convert(request[BODY], LinkCommand)
            terms: Json = {"who": request[PRINCIPAL], "row_id": row_id, "add": ids.add, "remove": ids.remove}
            await crud.join(work, self.resource, self.link, **terms)
            return await self.shown(request, work, row_id)

    async def view_of(self, work: UnitOfWork, row_id: str, fields: Selection) -> Any:
        (view,) = await self.views(work, [await crud.get(work, self.resource, row_id)])
        return fields(view)

    async def shown(self, request: web.Request, work: UnitOfWork, row_id: str) -> web.Response:
        return reply({self.one: await self.view_of(work, row_id, request[FIELDS])}, claim=request.get(CLAIM))


def command(request: web.Request, kind: type[C]) -> C:
    """The validated body as a command."""
    return msgspec.convert(request[BODY], kind)
