"""Who calls: the publishable key of the storefront, the login behind a bearer token or a session cookie, a secret key.

A row says who may; one that says nothing is not mounted. A good token costs no query while its login stands unchanged
(services/infrastructure/cache/session_cache.py); a request that writes asks the database. What is not good in every
way is as if nothing had been sent: a storefront with yesterday's token still shows its pages.
"""

from base64 import b64decode
from dataclasses import replace
from typing import Protocol

from aiohttp import hdrs, web
from multidict import istr
from yarl import URL

from controllers.http import ADDRESS, COOKIE, PRINCIPAL, REQUEST_ID
from middleware.layers import Wire
from middleware.limits import client_address
from middleware.pages import PUBLISHABLE_KEY
from models.identity.identity import LoginState
from models.identity.principal import Principal
from models.schema.roles import Rights
from routes.table import (
    APPLICANT,
    AUTH,
    CUSTOMER,
    FOR_SELLER,
    GRANTED,
    IDENTITY,
    INVITEE,
    KEYED,
    LOGGED_IN,
    MEMBER,
    PARTICIPANT,
    PUBLIC,
    REGISTRANT,
    SELLER,
    USER,
    Handler,
    Route,
)
from services.call import NOBODY
from services.deps import Deps
from services.identity.api_access import ACCESS, Access, live_grants, note_use
from services.infrastructure.sessions.slot import SessionsAway
from utils.clock import now
from utils.errors import AppError

LONGEST_COOKIE = 200
LONGEST_KEY = 200  # of a secret key's header
SELLER_HEADER = istr("X-Seller-Id")


class KeyRequired(AppError):
    code, kind = "publishable_key_required", "not_allowed"
    message = (
        "Publishable API key required in the request header: x-publishable-api-key. "
        "You can manage your keys in settings in the dashboard."
    )


class KeyInvalid(AppError):
    code, kind = "publishable_key_invalid", "not_allowed"
    message = "A valid publishable key is required to proceed with the request"


class Unauthorized(AppError):
    code, kind, message = "unauthorized", "unauthorized", "Unauthorized"


class Forbidden(AppError):
    code, kind = "forbidden", "forbidden"
    message = "Your role does not include {grant}. Ask an owner of the store, or an administrator, for it."


class StateForbids(AppError):
    code, kind = "store_state_forbids", "forbidden"
    message = "The store is {status}, and this cannot be changed until it is open."


class SellerUnnamed(AppError):
    code, kind = "seller_unnamed", "invalid"
    message = "You work for several stores: name one of them by its id in the header X-Seller-Id."


class SellerUnknown(AppError):
    code, kind = "seller_not_found", "missing"
    message = "None of your stores has the id that X-Seller-Id names."


NEW_AS = {REGISTRANT: "customer", APPLICANT: "seller", INVITEE: "user"}  # who need not have the actor type yet
KIND_OF = {MEMBER: SELLER}


def may(who: str | None, principal: Principal) -> bool:
    """Whether somebody is logged in as the row wants it."""
    if who not in LOGGED_IN:
        return True
    if who == IDENTITY:
        return principal.identity_id is not None
    if who in NEW_AS:
        return principal.identity_id is not None and principal.actor_type == NEW_AS[who]
    if who == PARTICIPANT:
        return principal.kind in (CUSTOMER, SELLER)
    return principal.kind == KIND_OF.get(who, who)


class Guarded(Protocol):
    """What a row says about who may call it: routes and socket events alike."""

    @property
    def who(self) -> str | None: ...

    @property
    def grant(self) -> str | None: ...


def granted(rights: Rights, row: Guarded, principal: Principal, named: str | None) -> Principal:
    """The principal with what they may do, for the seller that is named; refused unless the row's grant is among it.
    Customers need no grant for what is theirs."""
    if row.who == PARTICIPANT and principal.kind == CUSTOMER:
        return principal
    if row.who in FOR_SELLER:
        principal = for_seller(rights, principal, named)
    if row.grant in principal.grants:
        return principal
    if row.who in FOR_SELLER and row.grant in rights.of_seller_role[str(principal.role)]:
        status = next(each.status for each in principal.memberships if each.seller_id == principal.seller_id)
        raise StateForbids(status=status)
    raise Forbidden(grant=row.grant)


def for_seller(rights: Rights, principal: Principal, named: str | None) -> Principal:
    """The member acting for the named seller, or for the only one; a seller they do not work for is missing."""
    chosen = [each for each in principal.memberships if named is None or each.seller_id == named]
    if len(chosen) > 1:
        raise SellerUnnamed(seller_ids=[each.seller_id for each in chosen])
    if not chosen:
        raise SellerUnknown()
    (membership,) = chosen
    grants = rights.of_member(membership.role, membership.status)
    return replace(principal, seller_id=membership.seller_id, role=membership.role, grants=grants)


def layer(wire: Wire, row: Route, inner: Handler) -> Handler:
    """Put the principal at request[PRINCIPAL]; refuse who may not."""
    if row.who == PUBLIC:
        return inner
    deps, settings = wire.deps, wire.settings
    rights = deps.rights
    who, needs_key = row.who, row.who in KEYED
    is_guarded, is_granted = who in LOGGED_IN, who in GRANTED
    is_write = row.method not in ("GET", "HEAD")
    tells_address = is_write or who in (AUTH, IDENTITY, APPLICANT, INVITEE)

    async def handle(request: web.Request) -> web.StreamResponse:
        headers, away = request.headers, None
        principal = await key_of(deps, headers.get(PUBLISHABLE_KEY)) if needs_key else NOBODY
        if hdrs.AUTHORIZATION in headers:
            given = headers[hdrs.AUTHORIZATION]
            if who == USER and given[:6].lower() == "basic ":
                principal = await by_secret_key(deps, given, is_write, request[REQUEST_ID])
            else:
                principal = await by_token(deps, principal, given, is_write, request[REQUEST_ID])
        elif hdrs.COOKIE in headers and COOKIE in headers[hdrs.COOKIE]:
            try:
                principal = await by_cookie(wire, request, principal, is_write)
            except SessionsAway as error:
                if is_guarded:
                    raise
                away = error
        if is_guarded and not may(who, principal):
            raise Unauthorized()
        if is_granted:
            principal = granted(rights, row, principal, headers.get(SELLER_HEADER))
        if tells_address:
            request[ADDRESS] = client_address(request, settings.trusted_proxies)
        request[PRINCIPAL] = principal
        if away is None:
            return await inner(request)
        return await as_nobody(request, inner, away)

    return handle


async def as_nobody(request: web.Request, inner: Handler, away: SessionsAway) -> web.StreamResponse:
    """Answer as for somebody who is not logged in. What is refused to them may be theirs: nobody can tell just now, and
    a storefront that is told "not found" would forget its cart."""
    try:
        return await inner(request)
    except AppError as error:
        if error.kind in ("missing", "unauthorized", "forbidden"):
            raise away from error
        raise


async def key_of(deps: Deps, token: str | None) -> Principal:
    """The anonymous principal of a publishable key."""
    if not token:
        raise KeyRequired()
    principal = (await access_of(deps)).principal(token)
    if principal is None:
        raise KeyInvalid()
    return principal


async def access_of(deps: Deps) -> Access:
    access = deps.snapshots.current(ACCESS)
    if access is None:
        async with deps.database.reading() as work:
            access = await work.snapshot(ACCESS)
    return access


def secret_of(authorization: str) -> str:
    """The secret key of a Basic header, where it is the name and there is no password; empty when it is not so."""
    if len(authorization) > LONGEST_KEY:
        return ""
    try:
        name, _, password = b64decode(authorization[6:].strip(), validate=True).decode("ascii").partition(":")
    except ValueError:
        return ""
    return "" if password else name


async def by_secret_key(deps: Deps, authorization: str, is_write: bool, request_id: str) -> Principal:
    """The holder of a secret key; nobody when it is not good. No query, as long as changes of keys are heard."""
    token = secret_of(authorization)
    key = (await access_of(deps)).secret(token) if token else None
    if key is None:
        return NOBODY
    grants = deps.rights.user & key.scopes
    if is_write or not deps.changes.connected.is_set():
        async with deps.database.reading() as work:
            asked = await live_grants(work, key_id=key.id)
        if asked is None:
            return NOBODY
        grants = asked
    await note_use(deps.database, key_id=key.id)
    return Principal(kind=USER, api_key_id=key.id, grants=grants, request_id=request_id)


async def by_token(deps: Deps, base: Principal, authorization: str, is_write: bool, request_id: str) -> Principal:
    """The person of a bearer token; `base` when it is not good."""
    scheme, _, token = authorization.partition(" ")
    claims = deps.tokens.read(token) if scheme.lower() == "bearer" else None
    if claims is None:
        return base
    login = await deps.session_cache.get(claims.session_id, fresh=is_write)
    if login is None or not login.is_live(now()):
        return base
    if (login.identity_id, login.actor_type) != (claims.identity_id, claims.actor_type):
        return base
    # A token is good for the actor type it was made for: one made before there was any stays one of a registration.
    if claims.actor_id and claims.actor_id != login.actor_id:
        return base
    return person(deps.rights, base, login, claims.actor_id or None, request_id)


async def by_cookie(wire: Wire, request: web.Request, base: Principal, is_write: bool) -> Principal:
    """The person of a session cookie; `base` when it is not good, or when a stranger's page sends it."""
    value = request.cookies.get(COOKIE, "")
    if not 0 < len(value) <= LONGEST_COOKIE or (is_write and not is_own_page(wire, request)):
        return base
    session_id = await wire.deps.cookies.get(value)
    login = await wire.deps.session_cache.get(session_id, fresh=is_write) if session_id else None
    if login is None or not login.is_live(now()):
        return base
    return person(wire.deps.rights, base, login, login.actor_id, request[REQUEST_ID])


def is_own_page(wire: Wire, request: web.Request) -> bool:
    """Browsers name the page that writes with a cookie: it must be one of ours. Other clients name none."""
    origin = request.headers.get(hdrs.ORIGIN)
    if origin is None:
        return request.headers.get("Sec-Fetch-Site") in (None, "same-origin", "same-site", "none")
    settings = wire.settings
    known = (*settings.store_cors, *settings.auth_cors, *settings.vendor_cors, *settings.admin_cors)
    if origin.lower() in (*known, *settings.own_urls):
        return True
    try:
        page = URL(origin)
        # An app may choose the host that its own scheme shows; only the web's are given to their owners.
        return page.scheme in ("http", "https") and page.authority == request.host
    except ValueError:
        return False


def person(rights: Rights, base: Principal, login: LoginState, actor_id: str | None, request_id: str) -> Principal:
    """Who is logged in, through the storefront of `base`. Administrators who are no more are nobody."""
    kind = login.actor_type if actor_id is not None else "anonymous"
    if kind == USER and login.user_role is None:
        kind, actor_id = "anonymous", None
    return Principal(
        kind=kind,
        key_id=base.key_id,
        sales_channel_ids=base.sales_channel_ids,
        customer_id=actor_id if kind == "customer" else None,
        group_ids=login.group_ids if kind == "customer" else (),
        identity_id=login.identity_id,
        actor_type=login.actor_type,
        actor_id=actor_id,
        session_id=login.session_id,
        memberships=login.memberships if kind == SELLER else (),
        role=login.user_role if kind == USER else None,
        grants=rights.of_user_role[str(login.user_role)] if kind == USER else frozenset(),
        request_id=request_id,
    )
