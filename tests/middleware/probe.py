"""A small table of routes that shows what the layers do, over the real layers, real HTTP and a real database."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web
from sqlalchemy import insert

from controllers.http import BODY, CLAIM, DEPS, FIELDS, PRINCIPAL, QUERY, reply
from models.schema.identity import api_key, api_key_sales_channel, sales_channel
from routes.schemas.shared import common as c
from routes.table import ANYONE, CUSTOMER, PUBLIC, delete, get, post
from utils.errors import AppError, NotFound
from utils.fields import FieldSet

KEY, KEY_WITHOUT_CHANNEL, REVOKED = "pk_probe", "pk_no_channel", "pk_revoked"
FOUND = {"id": "thing_1", "title": "A thing", "secret": None, "parts": [{"id": "p_1", "size": 2, "cost": 5}]}


@dataclass(slots=True)
class Happened:
    at: str
    topic: str = "probe.happened"


class TooBusy(AppError):
    code, kind, message = "busy", "too_many", "Busy for {retry_after} s"


async def list_things(request: web.Request) -> web.Response:
    who, query = request[PRINCIPAL], request[QUERY]
    return reply({"query": {**query}, "things": [request[FIELDS](FOUND)], "channels": list(who.sales_channel_ids)})


async def page(request: web.Request) -> web.Response:
    CALLS.append(request.path)
    return reply({"number": len(CALLS)})


async def create(request: web.Request) -> web.Response:
    CALLS.append(request.path)
    claim = request[CLAIM]
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        work.emit(Happened(at=str(len(CALLS))))
        if request[BODY]["title"] == "refuse":
            raise NotFound(what="Thing", id="x")
        return reply({"number": len(CALLS), "body": request[BODY]}, 201, claim=claim)


async def without_work(request: web.Request) -> web.Response:
    CALLS.append(request.path)
    return reply({"number": len(CALLS)})


async def fail(request: web.Request) -> web.Response:
    kinds: dict[str, Exception] = {
        "missing": NotFound(what="Thing", id=request.match_info["kind"]),
        "busy": TooBusy(retry_after=7),
        "crash": RuntimeError("the secret reason"),
        "http": web.HTTPForbidden(text="no"),
        "away": ConnectionRefusedError("no database"),
    }
    raise kinds[request.match_info["kind"]]


async def undocumented(request: web.Request) -> web.Response:
    return reply({"surprise": 1})


CALLS: list[str] = []
THING = c.body(
    required=["title"],
    title=c.TEXT,
    quantity=c.QUANTITY,
    email=c.EMAIL,
    at=c.MOMENT_IN,
    kind=c.one_of("a", "b"),
    tags=c.many(c.TEXT, 3),
    address=c.nullable(c.body(required=["city"], city=c.TEXT, country_code=c.COUNTRY)),
    items={
        "type": "array",
        "maxItems": 5,
        "items": c.body(required=["variant_id", "quantity"], variant_id=c.ID, quantity=c.QUANTITY),
    },
    metadata=c.METADATA,
)
QUERY_SCHEMA = c.listing(
    "title created_at", id=c.many(), is_on=c.FLAG, price=c.NUMBER_IN, created_at=c.MOMENTS, title=c.TEXT, q=c.SEARCH
)
FIELDSET = FieldSet(relations="parts", defaults="id title *parts", extra="secret parts(id size)")
NUMBERED = c.body(number=c.INTEGER, body=c.FREE)
ROWS = [
    get("/open", without_work, who=PUBLIC, reply=NUMBERED),
    get("/store/things", list_things, who=ANYONE, query=QUERY_SCHEMA, fields=FIELDSET, reply=c.FREE),
    get("/store/things/{id}", without_work, who=ANYONE, reply=NUMBERED),
    post("/store/things", create, who=ANYONE, body=THING, reply=NUMBERED, status=201),
    post("/store/things/{id}/done", without_work, who=ANYONE, reply=NUMBERED),
    delete("/store/things/{id}", without_work, who=ANYONE, reply=NUMBERED),
    get("/store/me", without_work, who=CUSTOMER, reply=NUMBERED),
    get("/store/page", page, who=ANYONE, query=c.query(n=c.TEXT), reply=NUMBERED, cached=("catalogue",)),
    get("/store/fail/{kind}", fail, who=ANYONE, errors=(403,), reply=NUMBERED),
    get("/store/undocumented", undocumented, who=ANYONE, reply=NUMBERED),
]


async def add_keys(database: Any) -> None:
    async with database.unit_of_work() as work:
        await work.execute(insert(sales_channel), {"id": "sc_1", "name": "Web"})
        for n, token in enumerate((KEY, KEY_WITHOUT_CHANNEL, REVOKED)):
            await work.execute(insert(api_key), {"id": f"apk_{n}", "token": token, "title": token})
        await work.execute(api_key.update().where(api_key.c.token == REVOKED).values(revoked_at=api_key.c.created_at))
        await work.execute(insert(api_key_sales_channel), {"api_key_id": "apk_0", "sales_channel_id": "sc_1"})
