"""A route is a row: what the wire looks like, who may call, and the flags the middleware reads."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from models.schema.roles import SELLER_GRANTS, USER_GRANTS, Grants
from routes.schemas.admin.forms import Forms
from routes.schemas.shared.common import ERROR, LOCALE, deleted, page, single
from utils.errors import KINDS, AppError
from utils.fields import FieldSet

Schema = Mapping[str, Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Controller = Callable[..., Awaitable[Any]]  # of a request, or where the row is neutral of a call

EMPTY: Schema = {"type": "object", "properties": {}, "additionalProperties": False}
FIELDS_QUERY: Schema = {
    "type": "string",
    "maxLength": 4000,
    "description": "Comma list: `a` replaces the defaults, `+a` adds, `-a` removes, `*rel` takes all of a relation.",
}

PUBLIC = "public"  # no key asked: health, documentation
ANYONE = "anyone"  # a publishable key; nobody need be logged in
CUSTOMER = "customer"  # a publishable key and a customer's token
REGISTRANT = "registrant"  # a publishable key and the token of a customer, or of somebody who is about to be one
AUTH = "auth"  # no key, since people of all kinds log in there; a login is seen where there is one
IDENTITY = "identity"  # no key; somebody logged in or registered, as whatever actor
APPLICANT = "applicant"  # no key; a seller's member, or somebody who is about to be one
MEMBER = "member"  # no key; a seller's member, for no seller in particular
PARTICIPANT = "participant"  # no key; a customer with an account, or a member as a SELLER is
SELLER = "seller"  # no key; a member who acts for a seller of theirs, in a role that has the row's grant
INVITEE = "invitee"  # no key; an administrator, or somebody who is about to be one
USER = "user"  # no key; an administrator, or a secret key, with the row's grant
KEYED = frozenset((ANYONE, CUSTOMER, REGISTRANT))
GRANTED = frozenset((SELLER, USER, PARTICIPANT))
FOR_SELLER = frozenset((SELLER, PARTICIPANT))  # X-Seller-Id says for which one a member acts
LOGGED_IN = frozenset((CUSTOMER, REGISTRANT, IDENTITY, APPLICANT, MEMBER, INVITEE)) | GRANTED
GRANTS = {SELLER: SELLER_GRANTS, PARTICIPANT: SELLER_GRANTS, USER: USER_GRANTS}
WHO = frozenset((PUBLIC, AUTH)) | KEYED | LOGGED_IN


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Route:
    """One row. `query`, `body`, `reply` are JSON Schemas; `errors` are statuses or error classes beyond the usual."""

    method: str
    path: str
    handler: Handler
    who: str | None = None
    grant: str | None = None  # what a seller's role, an administrator's role or a secret key must have
    summary: str = ""
    tag: str = ""
    query: Schema | None = None
    body: Schema | None = None
    body_optional: bool = False
    reply: Schema | None = None
    status: int = 200
    media: str = "application/json"
    fields: FieldSet | None = None
    errors: tuple[int | type[AppError], ...] = ()
    idempotent: bool = False
    cached: tuple[str, ...] | None = None
    rate: str = "read"
    hidden: bool = False
    secret: bool = False  # the answer holds a secret: it is kept nowhere, not even under an Idempotency-Key
    neutral: bool = False  # the controller takes (Call, Deps) and returns the reply's payload, as one of an event does
    streams: bool = False  # the controller itself reads the body, which is no JSON and may be large
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)  # that the controller reads, and what they are for

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def takes_key(self) -> bool:
        """May the request come with an Idempotency-Key?"""
        return self.method in ("POST", "DELETE") and not self.secret and not self.streams

    def full_query(self) -> Schema:
        """The query's schema with what needs no mention in the row.

        That is `fields` where the row has a field set, and `locale` on every route that storefronts call.
        """
        query = self.query or EMPTY
        properties = dict(query["properties"])
        if self.path.startswith("/store/"):
            properties.setdefault("locale", LOCALE)
        if self.fields is not None:
            properties["fields"] = FIELDS_QUERY
        return {**query, "properties": properties}

    def full_body(self) -> Schema:
        """The body's schema; a row without one takes an empty object."""
        return self.body or EMPTY


def get(path: str, handler: Controller, **row: Any) -> Route:
    return Route(method="GET", path=path, handler=handler, **row)


def post(path: str, handler: Controller, **row: Any) -> Route:
    return Route(method="POST", path=path, handler=handler, **{"rate": "write", **row})


def put(path: str, handler: Controller, **row: Any) -> Route:
    return Route(method="PUT", path=path, handler=handler, **{"rate": "write", **row})


def delete(path: str, handler: Controller, **row: Any) -> Route:
    return Route(method="DELETE", path=path, handler=handler, **{"rate": "write", **row})


def crud_routes(
    path: str, controller: Any, *, area: str, a: str, entity: Schema, forms: Forms, **row: Any
) -> list[Route]:
    """The five rows of what administrators keep: list, create, get, update, delete. `a` is `a sales channel`."""
    reads = {"who": USER, "grant": f"{area}:read", **row}
    writes = {"who": USER, "grant": f"{area}:write", **row}
    one, every = single(controller.one, entity), page(controller.many, entity)
    gone = {**writes, "fields": None}
    words = controller.many.replace("_", " ")
    return [
        get(path, controller.index, summary=f"List {words}", query=forms.listing, reply=every, **reads),
        post(path, controller.create, summary=f"Create {a}", body=forms.create, reply=one, **writes),
        get(f"{path}/{{id}}", controller.retrieve, summary=f"Get {a}", reply=one, **reads),
        post(f"{path}/{{id}}", controller.update, summary=f"Update {a}", body=forms.update, reply=one, **writes),
        delete(f"{path}/{{id}}", controller.delete, summary=f"Delete {a}", reply=deleted(controller.kind), **gone),
    ]


def codes(errors: Iterable[type[AppError] | int]) -> list[str]:
    """The codes of a row's own refusals; a status alone has none of its own."""
    return sorted({error.code for error in errors if not isinstance(error, int)})


def statuses(row: Route) -> dict[int, Schema | None]:
    """Every status the row may answer with, and the schema of its JSON (None: not JSON)."""
    found: dict[int, Schema | None] = {row.status: row.reply}
    usual = [400, 408, 429, 431, 500, 503] if row.who == PUBLIC else [400, 404, 408, 429, 431, 500, 503]
    if row.who in LOGGED_IN:
        usual.append(401)
    if row.who in GRANTED:
        usual.append(403)
    if row.method in ("POST", "DELETE"):
        usual += [409, 413, 415, 422]
    for error in (*usual, *row.errors):
        found.setdefault(error if isinstance(error, int) else KINDS[error.kind][0], ERROR)
    return found


Wrap = Callable[[Route], Handler]


def mount(
    app: web.Application, rows: Iterable[Route], wrap: Wrap, grants: Mapping[str, Grants] = GRANTS
) -> list[tuple[Route, web.AbstractRoute]]:
    """Put the rows into the router, each handler inside the layers that `wrap` builds for its row."""
    mounted: list[tuple[Route, web.AbstractRoute]] = []
    resources: dict[str, web.Resource] = {}  # one a path, or a preflight would know of one row's methods only
    for row in rows:
        if row.who not in WHO:
            raise ValueError(f"{row.name} does not say who may call it")
        if (row.grant is not None or row.who in GRANTED) and row.grant not in grants.get(row.who, ()):
            raise ValueError(f"{row.name} does not say what a {row.who} must be granted")
        resource = resources.get(row.path) or resources.setdefault(row.path, app.router.add_resource(row.path))
        handler = wrap(row)
        mounted.append((row, resource.add_route(row.method, handler)))
        if row.method == "GET":
            resource.add_route("HEAD", handler)
    return mounted
