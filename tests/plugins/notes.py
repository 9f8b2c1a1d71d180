"""A small plug-in for the tests: one row of everything that the examples leave out."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from middleware.layers import Wire
from pasar import Grant, Layer, Plugin, Provider, Section, Workflow
from pasar.data import Deps
from pasar.events import OrderPlaced
from pasar.web import DEPS, PRINCIPAL, SELLER, USER, Route, get, reply, schemas
from routes.table import Handler
from services.providers.payment.system import SystemProvider

HEARD: list[str] = []
LOADED: list[Any] = []
ANSWER = schemas.envelope("Grants", grants=schemas.array(schemas.STRING))


class Cash(SystemProvider):
    id = "pp_cash_notes"
    closed = False

    def __init__(self, settings: Any, own: Any) -> None:
        self.settings = settings

    async def close(self) -> None:
        Cash.closed = True


async def grants(request: web.Request) -> web.Response:
    """What the caller may do of this plug-in."""
    mine = sorted(grant for grant in request[PRINCIPAL].grants if grant.startswith("notes:"))
    return reply({"grants": mine})


async def workflow(request: web.Request) -> web.Response:
    run = request.app[DEPS].extensions.workflows["notes.copy"]
    return reply({"grants": [await run("a")]})


async def copy(text: str) -> str:
    return text * 2


async def hear(deps: Deps, event: OrderPlaced) -> None:
    HEARD.append(event.order_id)


def stamped(wire: Wire, row: Route, inner: Handler) -> Handler:
    """Rows of the plug-in are stamped; others are left as they are."""
    if row.tag != "Notes":
        return inner

    async def handle(request: web.Request) -> web.StreamResponse:
        response = await inner(request)
        response.headers["X-Noted"] = request[PRINCIPAL].kind
        return response

    return handle


def refer(survey: Any, path: str, entry: Mapping[str, Any]) -> None:
    survey.refer("products", entry["product"], f"{path}.product")


async def load(loading: Any, entries: list[Any]) -> None:
    for entry in entries:
        loading.names.made("notes", entry["text"], loading.names.id("products", entry["product"]))
    LOADED.extend(entries)


TEXT = {"type": "string", "maxLength": 100}
_about = {"tag": "Notes", "reply": ANSWER}
PLUGIN = Plugin(
    name="notes",
    about="notes of everybody",
    routes=(
        get("/vendor/notes", grants, who=SELLER, grant="notes:write", summary="See one's grants", **_about),
        get("/admin/notes", grants, who=USER, grant="notes:write", summary="See one's grants", **_about),
        get("/admin/notes/copy", workflow, who=USER, grant="notes:read", summary="Copy a note", **_about),
    ),
    layers=(Layer(name="stamped", build=stamped, inside="authentication"),),
    subscriptions={OrderPlaced: (hear,)},
    providers=(Provider(slot="payment", id=Cash.id, make=Cash),),
    workflows=(Workflow(name="notes.copy", run=copy),),
    grants=(
        Grant(name="notes:read", actor="user", roles=("support",)),
        Grant(name="notes:write", actor="user"),
        Grant(name="notes:read", actor="seller", roles=("support",)),
        Grant(name="notes:write", actor="seller", roles=("manager",), states=("open", "suspended")),
    ),
    sections=(
        Section(
            "notes",
            "Notes on products.",
            schemas.body(required=("product", "text"), product=TEXT, text=TEXT),
            load,
            refer,
        ),
    ),
)
