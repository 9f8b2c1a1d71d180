"""Idempotency-Key: the effect of a request happens once for a key, and a repetition gets the first one's answer."""

from hashlib import sha256

from aiohttp import hdrs, web
from multidict import istr

from controllers.http import BODY, CLAIM, JSON_HEADERS, PRINCIPAL, RAW
from middleware.layers import Wire
from middleware.limits import client_address
from middleware.pages import PUBLISHABLE_KEY
from routes.table import Handler, Route
from services.infrastructure.database import idempotency as keys
from services.infrastructure.database.database import IdempotencyRecord
from utils.errors import AppError

HEADER = istr("Idempotency-Key")
REPLAYED = istr("Idempotency-Replayed")
LONGEST = 255
OF_GUESTS = ("/store/carts/", "/store/orders/", "/store/payment-collections/")
BODY_NAMES = ("cart_id", "order_id", "payment_collection_id")


class KeyReused(AppError):
    code, kind = "idempotency_key_reused", "mismatch"
    message = "This Idempotency-Key was used for another request."


class KeyMalformed(AppError):
    code, kind = "idempotency_key_malformed", "invalid"
    message = f"An Idempotency-Key has 1 to {LONGEST} visible characters."


def digest(*parts: str | bytes) -> str:
    """A hash in which no part can pass for the end of the one before."""
    total = sha256()
    for part in parts:
        data = part.encode(errors="surrogateescape") if isinstance(part, str) else part
        total.update(len(data).to_bytes(8))
        total.update(data)
    return total.hexdigest()


def guest_of(request: web.Request, trusted_proxies: int) -> tuple[str, ...]:
    """What a key of somebody who is not logged in counts for: the cart, payment or order that the request is about.

    One that is about none yet, such as a new cart, is its sender's: the same key of another address or program is
    another guest's.
    """
    if request.path.startswith(OF_GUESTS) and "id" in request.match_info:
        return ("id", request.match_info["id"])
    body = request.get(BODY) or {}
    for name in BODY_NAMES:
        if isinstance(body.get(name), str):
            return ("id", body[name])
    sender = client_address(request, trusted_proxies)
    return ("sender", sender, *(request.headers.get(name, "") for name in (hdrs.USER_AGENT, hdrs.COOKIE, hdrs.ORIGIN)))


def check_key(key: str) -> None:
    if not 1 <= len(key) <= LONGEST or not key.isprintable() or not key.isascii():
        raise KeyMalformed()


def claim_of(request: web.Request, key: str, trusted_proxies: int) -> IdempotencyRecord:
    """The claim of a request: its key counts for one storefront key and one person, acting for one seller; a guest's
    for what the request is about."""
    check_key(key)
    headers = request.headers
    # A person's key stays theirs over fresh tokens and cookies; whoever is nobody is known by what they sent.
    who = request.get(PRINCIPAL)
    caller = who.identity_id if who is not None and who.identity_id else headers.get(hdrs.AUTHORIZATION, "")
    guest = guest_of(request, trusted_proxies) if who is None or not (who.identity_id or who.api_key_id) else ()
    acting = ((who and who.actor_type) or "", (who and who.seller_id) or "")
    scope = digest(headers.get(PUBLISHABLE_KEY, ""), caller, *acting, *guest)
    return IdempotencyRecord(scope, key, digest(request.method, request.raw_path, request[RAW]))


async def stored_under(wire: Wire, claim: IdempotencyRecord) -> keys.Stored | None:
    """What the same request was answered before; KeyReused when the key came with another one."""
    async with wire.deps.database.reading() as work:
        stored = await keys.find(work, scope=claim.scope, key=claim.key)
    if stored is not None and stored.request_hash != claim.request_hash:
        raise KeyReused()
    return stored


async def replay(wire: Wire, claim: IdempotencyRecord) -> web.Response | None:
    """The stored answer to the same request; KeyReused when the key came with another one."""
    stored = await stored_under(wire, claim)
    if stored is None:
        return None
    response = web.Response(body=stored.reply, status=stored.status, headers=JSON_HEADERS)
    response.headers[REPLAYED] = "true"
    return response


def layer(wire: Wire, row: Route, inner: Handler) -> Handler:
    """Hand the controller a claim; its unit of work stores key and answer with the effect. Refusals are not stored."""
    if not row.takes_key:
        return blind(row, inner)
    proxies = wire.settings.trusted_proxies

    async def handle(request: web.Request) -> web.StreamResponse:
        given = request.headers.get(HEADER)
        if given is None:
            request[CLAIM] = None
            return await inner(request)
        claim = claim_of(request, given, proxies)
        known = await replay(wire, claim)
        if known is not None:
            return known
        request[CLAIM] = claim
        try:
            response = await inner(request)
            # A controller that drops its claim has carried nothing out: the same request may yet succeed. Unless it
            # has: the effect of the first of two such requests may be what refuses the second.
            if request[CLAIM] is None:
                return await replay(wire, claim) or response
            if claim.reply is None and response.status < 400 and isinstance(response, web.Response):
                await store(wire, claim, response)
            return response
        except AppError:
            # The key was taken, or the effect that the first of two such requests had is what refuses the second.
            known = await replay(wire, claim)
            if known is None:
                raise
            return known

    return handle


def blind(row: Route, inner: Handler) -> Handler:
    """For rows that take no key: their controllers find no claim."""
    if row.method not in ("POST", "DELETE"):
        return inner

    async def handle(request: web.Request) -> web.StreamResponse:
        request[CLAIM] = None
        return await inner(request)

    return handle


async def store(wire: Wire, claim: IdempotencyRecord, response: web.Response) -> None:
    """For controllers without a unit of work of their own: their answer under the key, after the fact."""
    claim.record(response.status, bytes(response.body) if isinstance(response.body, bytes) else b"")
    async with wire.deps.database.unit_of_work(claim):
        pass
