"""A socket event as a `Call`: the layers of a request, in the same order, around the controller of the event's row.

What they share with those of HTTP are the rules: request ids and the access log, errors, buckets, principals and
grants, schemas, idempotency records. A layer is built once for each row, as there.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, NamedTuple

import orjson

from controllers.http import MISMATCHES, dump
from middleware import idempotency as keys
from middleware.authentication import Unauthorized, by_token, granted, may
from middleware.buckets import Buckets
from middleware.context import GONE, new_request_id
from middleware.errors import log, told
from middleware.layers import Wire
from middleware.limits import COSTS, BodyTooLarge
from middleware.packets import BINARY
from middleware.seats import Seat
from middleware.validation import checked_by
from middleware.validation_errors import Validator
from models.identity.principal import Principal
from routes.events import OPTIONS, Event
from routes.table import EMPTY
from services.call import NOBODY, Call, deadline_in, in_time
from services.deps import Deps
from services.infrastructure.database.database import IdempotencyRecord
from utils.clock import SYSTEM, use
from utils.errors import AppError
from utils.network import network_of

WITH_KEY, WITHOUT_KEY = Validator(OPTIONS), Validator(EMPTY)


class BinaryRefused(AppError):
    code, kind = "binary_refused", "unsupported"
    message = "Events carry JSON. Upload a file and send its address."


class EventUnknown(AppError):
    code, kind = "event_not_found", "missing"
    message = "There is no event of this name in {namespace}."


class ReplyMismatch(AppError):
    code, kind = "reply_mismatch", "invalid"


Renewal = Callable[["Arrival", str], Awaitable[float]]


@dataclass(slots=True, eq=False)
class Arrival:
    """One event on its way in, and what the layers found out about it."""

    seat: Seat
    given: Sequence[Any]
    request_id: str = ""
    principal: Principal = NOBODY
    body: Any = None
    claim: IdempotencyRecord | None = None
    is_last: bool = False  # the connection ends with it
    renewal: Renewal | None = None

    @property
    def id(self) -> str:
        """Of the connection."""
        return self.seat.sid

    async def renew(self, token: str) -> float:
        assert self.renewal is not None
        return await self.renewal(self, token)


class Ack(NamedTuple):
    """What the client is told: the row's reply, or an error's body; the status is for the log."""

    status: int
    payload: Any


Handle = Callable[[Arrival], Awaitable[Ack]]


@dataclass(frozen=True, slots=True)
class SocketWire:
    """Handed to every layer when it is built."""

    wire: Wire
    buckets: Buckets | None  # of connections; those of addresses are the wire's


Layer = Callable[[SocketWire, Event, Handle], Handle]


def context(sockets: SocketWire, row: Event, inner: Handle) -> Handle:
    """Put the clock in force, give the event its id, and log what became of it."""
    access_log, name, path = sockets.wire.log, row.name, row.namespace
    clock = sockets.wire.deps.clock

    async def handle(arrival: Arrival) -> Ack:
        started = perf_counter()
        use(clock)
        arrival.request_id = new_request_id()
        status, size = GONE, 0
        try:
            ack = await inner(arrival)
            status = ack.status
            if access_log.enabled:
                size = len(dump(ack.payload))
            return ack
        finally:
            if access_log.enabled:
                took, client = (perf_counter() - started) * 1000, arrival.seat.address
                access_log.append(
                    (SYSTEM.timestamp(), arrival.request_id, "EVENT", name, path, status, size, took, client)
                )

    return handle


def response_validation(sockets: SocketWire, row: Event, inner: Handle) -> Handle:
    """For tests and development: an acknowledgement that the row does not document is an error."""
    if not sockets.wire.settings.check_replies:
        return inner
    validator, found = Validator(row.reply), sockets.wire.app[MISMATCHES]

    async def handle(arrival: Arrival) -> Ack:
        ack = await inner(arrival)
        wrong = validator.mismatch(dump(ack.payload)) if ack.status == 200 else None
        if wrong is None:
            return ack
        found.append(f"{row.name}: {wrong}")
        log.error("acknowledgement against the contract: %s", found[-1])
        return Ack(500, ReplyMismatch(found[-1]).body())

    return handle


def errors(sockets: SocketWire, row: Event, inner: Handle) -> Handle:
    """Acknowledge every exception, with the body that HTTP answers with."""

    async def handle(arrival: Arrival) -> Ack:
        try:
            return await inner(arrival)
        except Exception as error:
            return Ack(*told(error, f"event {arrival.request_id}", row.name, arrival.request_id))

    return handle


def limits(sockets: SocketWire, row: Event, inner: Handle) -> Handle:
    """Refuse what is too much, of the connection and of its address, before any work is done for it."""
    cost, of_address, of_connection = COSTS[row.rate], sockets.wire.buckets, sockets.buckets

    async def handle(arrival: Arrival) -> Ack:
        if of_connection is not None:
            of_connection.take(arrival.seat.line_id, cost)
        if of_address is not None:
            of_address.take(network_of(arrival.seat.address), cost)
        if BINARY in arrival.given:
            raise BinaryRefused()
        return await inner(arrival)

    return handle


async def person_of(wire: Wire, seat: Seat, *, fresh: bool, request_id: str) -> Principal:
    """Who the connection's token stands for at this moment; nobody when it is good no more."""
    return await by_token(wire.deps, NOBODY, f"Bearer {seat.token}", fresh, request_id)


def authentication(sockets: SocketWire, row: Event, inner: Handle) -> Handle:
    """Ask again who the token stands for; a connection whose login has ended is ended, too."""
    wire, fresh, is_granted = sockets.wire, row.rate != "read", row.grant is not None
    rights = wire.deps.rights

    async def handle(arrival: Arrival) -> Ack:
        seat = arrival.seat
        principal = await person_of(wire, seat, fresh=fresh, request_id=arrival.request_id)
        if principal.identity_id is None:
            arrival.is_last = True
            raise Unauthorized()
        if not may(row.who, principal):
            raise Unauthorized()
        arrival.principal = granted(rights, row, principal, seat.seller_id) if is_granted else principal
        return await inner(arrival)

    return handle


def validation(sockets: SocketWire, row: Event, inner: Handle) -> Handle:
    """Hold the body against the row's schema, and what stands behind it."""
    validator, options = Validator(row.body), WITH_KEY if row.idempotent else WITHOUT_KEY
    largest = row.largest

    async def handle(arrival: Arrival) -> Ack:
        given = arrival.given
        body = given[0] if given and given[0] is not None else {}
        if len(orjson.dumps(body)) > largest:
            raise BodyTooLarge(limit_bytes=largest)
        arrival.body = checked_by(validator, body)
        if len(given) > 1:
            options.check(given[1])
        return await inner(arrival)

    return handle


def idempotency(sockets: SocketWire, row: Event, inner: Handle) -> Handle:
    """Hand on a claim where a key was sent; an event that was carried out under it gets the first one's reply."""
    if not row.idempotent:
        return inner
    wire = sockets.wire

    async def handle(arrival: Arrival) -> Ack:
        key = arrival.given[1].get("idempotency_key") if len(arrival.given) > 1 else None
        if key is None:
            return await inner(arrival)
        claim = claim_of(arrival, row, key)
        known = await stored_ack(wire, claim)
        if known is not None:
            return known
        arrival.claim = claim
        try:
            ack = await inner(arrival)
            if claim.reply is None:
                claim.record(ack.status, dump(ack.payload))
                async with wire.deps.database.unit_of_work(claim):
                    pass
            return ack
        except AppError:
            # The key was taken, or the effect of the first of two such events is what refuses the second.
            known = await stored_ack(wire, claim)
            if known is None:
                raise
            return known

    return handle


def claim_of(arrival: Arrival, row: Event, key: str) -> IdempotencyRecord:
    """The key counts for one person, acting for one seller."""
    keys.check_key(key)
    who = arrival.principal
    scope = keys.digest("socket", who.identity_id or "", who.actor_type or "", who.seller_id or "")
    return IdempotencyRecord(scope, key, keys.digest(row.name, orjson.dumps(arrival.body, option=orjson.OPT_SORT_KEYS)))


async def stored_ack(wire: Wire, claim: IdempotencyRecord) -> Ack | None:
    stored = await keys.stored_under(wire, claim)
    return None if stored is None else Ack(stored.status, orjson.loads(stored.reply))


# From the client inwards. `response_validation` is there only where answers are checked.
STACK = (context, response_validation, errors, limits, authentication, validation, idempotency)
BARE = (context, errors, limits)  # of an event that no row answers


def controller(sockets: SocketWire, row: Event) -> Handle:
    """The row's controller, which gets a call and has until the row's deadline."""
    deps, run, seconds, name, ids = sockets.wire.deps, row.controller, row.seconds, row.name, row.ids

    async def handle(arrival: Arrival) -> Ack:
        body = arrival.body
        call = Call(
            name,
            arrival.request_id,
            arrival.principal,
            ids={named: body[key] for key, named in ids.items()},
            body={key: value for key, value in body.items() if key not in ids} if ids else body,
            claim=arrival.claim,
            address=arrival.seat.address,
            deadline=deadline_in(seconds),
            connection=arrival,
        )
        return Ack(200, await in_time(call, seconds, run(call, deps)))

    return handle


def build(sockets: SocketWire, row: Event) -> Handle:
    """The row's controller inside the layers."""
    return within(STACK, sockets, row, controller(sockets, row))


def unknown(sockets: SocketWire, namespace: str) -> Handle:
    """For every name that no row has."""

    async def refuse(arrival: Arrival) -> Ack:
        raise EventUnknown(namespace=namespace)

    row = Event(namespace=namespace, event="*", controller=no_controller)
    return within(BARE, sockets, row, refuse)


async def no_controller(call: Call, deps: Deps) -> None:
    """Of a row that only stands for what is unknown; never asked."""


def within(stack: Sequence[Layer], sockets: SocketWire, row: Event, handle: Handle) -> Handle:
    for layer in reversed(stack):
        handle = layer(sockets, row, handle)
    return handle
