"""The five usual requests on rows that administrators keep: list, get, create, update, delete."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from aiohttp import web

from controllers.store.product import page_of, question
from models.shared.commands import Command, LinkCommand
from models.shared.crud import Association, Resource
from services.deps import Deps
from services.infrastructure.database.database import UnitOfWork
from services.shared import crud
from utils.clock import wire
from utils.fields import Selection
from utils.http import BODY, CLAIM, DEPS, FIELDS, PRINCIPAL, reply

Json = dict[str, Any]
Act = Callable[..., Awaitable[Any]]
Load = Callable[[UnitOfWork, Sequence[Any]], Awaitable[Any]]
Show = Callable[[UnitOfWork, Sequence[Any], Selection], Awaitable[list[Json]]]


def plain(row: Any) -> Json:
    """A row as it stands; those of tables without soft delete say that they are not deleted."""
    shown = {name: wire(v) if isinstance(v, datetime) else v for name, v in row._mapping.items()}
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

    noun: Resource
    one: str
    many: str
    kind: str  # what the answer to a deletion calls it
    creates: type[Command] | None = None
    updates: type[Command] | None = None
    related: Load = nothing_related
    view: Callable[[Any, Any], Json] = alone
    show: Show | None = None
    make: Act | None = None
    change: Act | None = None
    remove: Act | None = None
    given: Callable[[Deps], Mapping[str, Any]] = nothing
    link: Association | None = None

    async def views(self, work: UnitOfWork, rows: Sequence[Any], fields: Selection) -> list[Json]:
        if self.show is not None:
            return await self.show(work, rows, fields)
        related = await self.related(work, rows)
        return [self.view(row, related) for row in rows]

    async def index(self, request: web.Request) -> web.Response:
        query, fields = question(request), request[FIELDS]
        async with request.app[DEPS].database.reading() as work:
            rows, count = await crud.page(work, self.noun, **query)
            shown = await self.views(work, rows, fields)
        return reply({self.many: [fields(view) for view in shown], "count": count, **page_of(query)})

    async def retrieve(self, request: web.Request) -> web.Response:
        async with request.app[DEPS].database.reading() as work:
            return await self.shown(request, work, request.match_info["id"])

    async def create(self, request: web.Request) -> web.Response:
        deps, claim = request.app[DEPS], request[CLAIM]
        terms = {"who": request[PRINCIPAL], "body": command(request, self.creates), **self.given(deps)}
        async with deps.database.unit_of_work(claim) as work:
            row_id = await (self.make(work, **terms) if self.make else crud.create(work, self.noun, **terms))
            return await self.shown(request, work, row_id)

    async def update(self, request: web.Request) -> web.Response:
        deps, claim, row_id = request.app[DEPS], request[CLAIM], request.match_info["id"]
        terms = {
            "who": request[PRINCIPAL],
            "row_id": row_id,
            "body": command(request, self.updates),
            **self.given(deps),
        }
        async with deps.database.unit_of_work(claim) as work:
            await (self.change(work, **terms) if self.change else crud.change(work, self.noun, **terms))
            return await self.shown(request, work, row_id)

    async def delete(self, request: web.Request) -> web.Response:
        claim, row_id = request[CLAIM], request.match_info["id"]
        terms: Json = {"who": request[PRINCIPAL], "row_id": row_id}
        async with request.app[DEPS].database.unit_of_work(claim) as work:
            await (self.remove(work, **terms) if self.remove else crud.remove(work, self.noun, **terms))
            return reply({"id": row_id, "object": self.kind, "deleted": True}, claim=claim)

    async def join(self, request: web.Request) -> web.Response:
        """Link rows to this one, and unlink others."""
        claim, row_id = request[CLAIM], request.match_info["id"]
        assert self.link is not None, "nothing is joined to these rows"
        async with request.app[DEPS].database.unit_of_work(claim) as work:
            ids = msgspec.convert(request[BODY], LinkCommand)
            terms: Json = {"who": request[PRINCIPAL], "row_id": row_id, "add": ids.add, "remove": ids.remove}
            await crud.join(work, self.noun, self.link, **terms)
            return await self.shown(request, work, row_id)

    async def view_of(self, work: UnitOfWork, row_id: str, fields: Selection) -> Any:
        (view,) = await self.views(work, [await crud.get(work, self.noun, row_id)], fields)
        return fields(view)

    async def shown(self, request: web.Request, work: UnitOfWork, row_id: str) -> web.Response:
        return reply({self.one: await self.view_of(work, row_id, request[FIELDS])}, claim=request.get(CLAIM))


Desk = CrudController


def command(request: web.Request, kind: type[Command] | None) -> Any:
    """The validated body as a command; as it is where no kind is named."""
    return request[BODY] if kind is None else msgspec.convert(request[BODY], kind)
