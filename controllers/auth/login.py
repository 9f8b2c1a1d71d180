"""Registering, logging in and out, and what stands around passwords."""

import re
import secrets
from datetime import timedelta
from typing import Any

from aiohttp import hdrs, web
from msgspec import convert

from controllers.http import ADDRESS, BODY, COOKIE, DEPS, PRINCIPAL, QUERY, reply
from models.identity.account import EMAILPASS, Entity
from models.identity.commands import (
    AskReset,
    AskVerification,
    AuthorizationResponse,
    ChangePassword,
    ConfirmVerification,
    LogIn,
    Prove,
    RefreshToken,
    Register,
)
from models.identity.principal import Principal
from models.identity.session import Login, Visitor
from models.shared.commands import given
from services.identity import session
from services.identity.session import Issued
from services.workflows import log_in as flow
from services.workflows import log_in_with_provider as elsewhere
from services.workflows import login_session
from services.workflows import reauthenticate as proving
from utils.clock import now, to_iso

DEVICE = "pasar.device"  # a cookie of a year: a place that its owner has logged in from
DEVICE_SECONDS = 365 * 86_400
WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{22,64}").fullmatch


async def register(request: web.Request) -> web.Response:
    return reply(
        issued_view(await flow.register(request.app[DEPS], attempt(request, convert(request[BODY], Register))))
    )


async def prove(request: web.Request) -> web.Response:
    who = request[PRINCIPAL]
    login = proving.Login(str(who.identity_id), str(who.session_id))
    until = await proving.prove(request.app[DEPS], login, convert(request[BODY], Prove))
    return reply({"proof": {"valid_until": to_iso(until)}})


async def log_in(request: web.Request) -> web.Response:
    return await enter(request, convert(request[BODY], LogIn))


async def log_in_by_get(request: web.Request) -> web.Response:
    return await enter(request, convert(request[QUERY], LogIn))


async def enter(request: web.Request, command: LogIn) -> web.Response:
    who = request[PRINCIPAL]
    callback_url, binding = given(command.callback_url, None), given(command.binding, None)
    wish = elsewhere.Wish(callback_url, binding, command.link, who.session_id)
    trying = attempt(request, command)
    outcome = await elsewhere.begin(request.app[DEPS], trying, wish, who.identity_id)
    return known_here(request, reply(outcome_view(outcome)), trying.visitor, outcome.issued)


async def call_back(request: web.Request) -> web.Response:
    return await arrive(request, convert(request[QUERY], AuthorizationResponse))


async def call_back_by_post(request: web.Request) -> web.Response:
    return await arrive(request, convert({**request[QUERY], **request[BODY]}, AuthorizationResponse))


async def arrive(request: web.Request, command: AuthorizationResponse) -> web.Response:
    who = request[PRINCIPAL]
    mine = {"identity_id": who.identity_id or "", "session_id": who.session_id or ""}
    arrival = elsewhere.Arrival(**door(request), **mine, response=command, visitor=visitor(request))
    outcome = await elsewhere.finish(request.app[DEPS], arrival)
    return known_here(request, reply(outcome_view(outcome)), arrival.visitor, outcome.issued)


async def forget_password(request: web.Request) -> web.Response:
    identifier = convert(request[BODY], AskReset).identifier
    await flow.forget_password(request.app[DEPS], **door(request), identifier=identifier, visitor=visitor(request))
    return web.Response(text="Created", status=201)


async def change_password(request: web.Request) -> web.Response:
    command, params = convert(request[BODY], ChangePassword), door(request)
    await flow.change_password(
        request.app[DEPS],
        **params,
        token=bearer(request),
        password=given(command.password, None),
        visitor=visitor(request),
    )
    return reply({"success": True})


async def list_providers(request: web.Request) -> web.Response:
    deps = request.app[DEPS]
    flow.check_door(deps, request.match_info["actor_type"], EMAILPASS)
    return reply({"providers": [provider_view(provider) for provider in deps.auth_providers.values()]})


async def refresh(request: web.Request) -> web.Response:
    deps, command = request.app[DEPS], convert(request[BODY], RefreshToken)
    refresh_token = given(command.refresh_token, None)
    return reply(issued_view(await login_session.refresh(deps, who=request[PRINCIPAL], refresh_token=refresh_token)))


async def open_session(request: web.Request) -> web.Response:
    deps, value = request.app[DEPS], secrets.token_urlsafe(32)
    claims = login_session.claims_of(deps, bearer(request))
    seconds = deps.settings.cookie_seconds
    await deps.cookies.put(value, str(request[PRINCIPAL].session_id), now() + timedelta(seconds=seconds))
    response = reply({"user": claims})
    secure = is_secure(request)
    response.set_cookie(COOKIE, value, max_age=seconds, path="/", httponly=True, samesite="Lax", secure=secure)
    return response


async def close_session(request: web.Request) -> web.Response:
    deps = request.app[DEPS]
    await login_session.log_out(deps, who=request[PRINCIPAL], cookie=request.cookies.get(COOKIE))
    response = reply({"success": True})
    response.del_cookie(COOKIE, path="/")
    return response


async def list_sessions(request: web.Request) -> web.Response:
    who = request[PRINCIPAL]
    async with request.app[DEPS].database.reading() as work:
        found = await session.list_logins(work, identity_id=str(who.identity_id))
    return reply({"sessions": [session_view(login, who) for login in found]})


async def revoke_session(request: web.Request) -> web.Response:
    session_id = request.match_info["id"]
    async with request.app[DEPS].database.unit_of_work() as work:
        terms = {"identity_id": str(request[PRINCIPAL].identity_id), "session_id": session_id}
        await session.revoke(work, **terms, reason="revoked by its owner")
    return reply({"id": session_id, "object": "session", "deleted": True})


async def revoke_others(request: web.Request) -> web.Response:
    who = request[PRINCIPAL]
    async with request.app[DEPS].database.unit_of_work() as work:
        terms = {"identity_id": str(who.identity_id), "but": str(who.session_id)}
        count = await session.revoke_all(work, **terms, reason="revoked by its owner")
    return reply({"revoked": count})


async def ask_verification(request: web.Request) -> web.Response:
    command, who = convert(request[BODY], AskVerification), request[PRINCIPAL]
    entity = await login_session.ask_verification(
        request.app[DEPS],
        identity_id=str(who.identity_id),
        entity_id=command.entity_id,
        visitor=visitor(request),
    )
    return reply({"verification": {"entity_type": command.entity_type, **entity_view(entity)}}, 201)


async def confirm_verification(request: web.Request) -> web.Response:
    code = convert(request[BODY], ConfirmVerification).code
    entity = await login_session.confirm_verification(request.app[DEPS], code=code, visitor=visitor(request))
    return reply({"entity_type": "email", **entity_view(entity)})


def door(request: web.Request) -> dict[str, str]:
    return {"actor_type": request.match_info["actor_type"], "provider": request.match_info["auth_provider"]}


def visitor(request: web.Request) -> Visitor:
    """Where the request comes from; a device without a cookie of its own gets the one that is made here."""
    agent = request.headers.get(hdrs.USER_AGENT, "")
    cookie = request.cookies.get(DEVICE, "")
    device = cookie if WELL_FORMED(cookie) else secrets.token_urlsafe(24)
    return Visitor(request[ADDRESS], "".join(c for c in agent if c.isprintable()), device)


def known_here(request: web.Request, response: web.Response, who: Visitor, issued: Issued | None) -> web.Response:
    """After a login the device keeps what it is known by: strangers who guess do not lock it out."""
    if issued is not None and who.device and who.device != request.cookies.get(DEVICE):
        secure, seconds = is_secure(request), DEVICE_SECONDS
        response.set_cookie(
            DEVICE, who.device, max_age=seconds, path="/auth", httponly=True, samesite="Lax", secure=secure
        )
    return response


def is_secure(request: web.Request) -> bool:
    settings = request.app[DEPS].settings
    return settings.base_url.startswith("https:") or not settings.in_development


def attempt(request: web.Request, command: Register) -> flow.Attempt:
    return flow.Attempt(
        **door(request),
        email=given(command.email, None),
        password=given(command.password, None),
        visitor=visitor(request),
        rotating=command.rotating,
        identity_id=request[PRINCIPAL].identity_id,
    )


def bearer(request: web.Request) -> str:
    """The token of the header, whatever it is one of."""
    scheme, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def issued_view(issued: Issued) -> dict[str, Any]:
    if issued.refresh_token is None:
        return {"token": issued.token}
    return {"token": issued.token, "refresh_token": issued.refresh_token, "expires_in": issued.seconds}


def outcome_view(outcome: flow.Outcome) -> dict[str, Any]:
    if outcome.location is not None:
        return {"location": outcome.location}
    if outcome.challenge is not None:
        return challenge_view(outcome.challenge)
    assert outcome.issued is not None
    return issued_view(outcome.issued)


def challenge_view(challenge: Any) -> dict[str, Any]:
    told = {
        "id": challenge.id,
        "status": "pending",
        "methods": list(challenge.methods),
        "expires_at": to_iso(challenge.expires_at),
    }
    return {"mfa_required": True, "mfa_challenge": told, "token": challenge.token}


def provider_view(provider: Any) -> dict[str, Any]:
    known = {"display_name": provider.display_name, "flow": provider.flow}
    return {"id": provider.id, "identifier": provider.id, **known}


def entity_view(entity: Entity) -> dict[str, Any]:
    return {"entity_id": entity.entity_id, "code_provider": "token", "verified_at": to_iso(entity.verified_at)}


def session_view(login: Login, who: Principal) -> dict[str, Any]:
    return {
        "id": login.id,
        "actor_type": login.actor_type,
        "auth_provider": login.provider,
        "is_current": login.id == who.session_id,
        "is_rotating": login.kind == "rotating",
        "address": login.address,
        "user_agent": login.user_agent,
        "created_at": to_iso(login.created_at),
        "last_seen_at": to_iso(login.last_seen_at),
        "expires_at": to_iso(login.expires_at),
    }
