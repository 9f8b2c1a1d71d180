"""The five usual requests about rows that administrators keep: list, get, make, change, remove."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web

from controllers.store.product import page_of, question
from models.shared.crud import Link, Noun
from services.deps import Deps
from services.infrastructure.database.database import UnitOfWork
from services.shared import crud
from utils.clock import wire
from utils.fields import Selection
from utils.http import BODY, CLAIM, DEPS, FIELDS, PRINCIPAL, reply

Json = dict[str, Any]
Show = Callable[[UnitOfWork, Sequence[Any], Selection], Awaitable[list[Json]]]
Act = Callable[..., Awaitable[Any]]


def plain(row: Any) -> Json:
    """A row as it stands; those of tables that keep nothing removed say that they are not removed."""
    shown = {name: wire(v) if isinstance(v, datetime) else v for name, v in row._mapping.items()}
    return {"deleted_at": None, **shown}


async def plainly(work: UnitOfWork, rows: Sequence[Any], fields: Selection) -> list[Json]:
    return [plain(row) for row in rows]


def nothing(deps: Deps) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Desk:
    """Handlers for one noun. `make`, `change`, `remove` are its service functions where the usual ones do not do.

    `given` is what they need of the wiring; `show` makes the wire form of rows, in a constant number of statements.
    """

    noun: Noun
    one: str
    many: str
    kind: str  # what the answer to a removal calls it
    show: Show = plainly
    make: Act | None = None
    change: Act | None = None
    remove: Act | None = None
    given: Callable[[Deps], Mapping[str, Any]] = nothing
    link: Link | None = None

    async def index(self, request: web.Request) -> web.Response:
        query, fields = question(request), request[FIELDS]
        async with request.app[DEPS].database.reading() as work:
            rows, count = await crud.page(work, self.noun, **query)
            shown = await self.show(work, rows, fields)
        return reply({self.many: [fields(view) for view in shown], "count": count, **page_of(query)})

    async def retrieve(self, request: web.Request) -> web.Response:
        async with request.app[DEPS].database.reading() as work:
            return await self.shown(request, work, request.match_info["id"])

    async def create(self, request: web.Request) -> web.Response:
        deps, claim = request.app[DEPS], request[CLAIM]
        terms = {"who": request[PRINCIPAL], "body": request[BODY], **self.given(deps)}
        async with deps.database.unit_of_work(claim) as work:
            row_id = await (self.make(work, **terms) if self.make else crud.create(work, self.noun, **terms))
            return await self.shown(request, work, row_id)

    async def update(self, request: web.Request) -> web.Response:
        deps, claim, row_id = request.app[DEPS], request[CLAIM], request.match_info["id"]
        terms = {"who": request[PRINCIPAL], "row_id": row_id, "body": request[BODY], **self.given(deps)}
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
        """`{add, remove}`: ids of what is joined to the row."""
        claim, row_id = request[CLAIM], request.match_info["id"]
        assert self.link is not None, "nothing is joined to these rows"
        async with request.app[DEPS].database.unit_of_work(claim) as work:
            terms = {"who": request[PRINCIPAL], "row_id": row_id, **request[BODY]}
            await crud.join(work, self.noun, self.link, **terms)
            return await self.shown(request, work, row_id)

    async def view_of(self, work: UnitOfWork, row_id: str, fields: Selection) -> Any:
        (view,) = await self.show(work, [await crud.find(work, self.noun, row_id)], fields)
        return fields(view)

    async def shown(self, request: web.Request, work: UnitOfWork, row_id: str) -> web.Response:
        return reply({self.one: await self.view_of(work, row_id, request[FIELDS])}, claim=request.get(CLAIM))
