"""Second factors on the wire."""

from typing import Any

from aiohttp import web
from msgspec import convert

from controllers.auth.login import bearer, issued_view, known_here, visitor
from controllers.http import BODY, DEPS, PRINCIPAL, reply
from models.identity import totp
from models.identity.commands import CreateRecoveryCodes, DisableFactor, StartFactor, VerifyChallenge, VerifyFactor
from models.shared.commands import given
from services.identity import account, mfa, reauthentication
from services.workflows import log_in as flow
from utils.clock import to_iso

ISSUER = "Pasar"


async def list_factors(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.reading() as work:
        found = await mfa.list_factors(work, identity_id=str(request[PRINCIPAL].identity_id))
    return reply({"mfa_factors": [view(factor) for factor in found]})


async def start(request: web.Request) -> web.Response:
    deps, identity_id = request.app[DEPS], str(request[PRINCIPAL].identity_id)
    command = convert(request[BODY], StartFactor)
    label = given(command.label, None)
    async with deps.database.unit_of_work() as work:
        await reauthentication.require_proof(work, session_id=request[PRINCIPAL].session_id)
        entity = await account.find_entity(work, identity_id=identity_id)
        factor, secret = await mfa.start(
            work, deps.tokens, identity_id=identity_id, provider=command.provider, label=label
        )
    name = (entity.email or entity.entity_id) if entity else identity_id
    address = totp.address(secret, issuer=command.issuer or ISSUER, account=name)
    return reply({"mfa_factor": view(factor), "secret": totp.base32(secret), "otpauth_url": address})


async def verify(request: web.Request) -> web.Response:
    terms = {"factor_id": request.match_info["id"], "code": convert(request[BODY], VerifyFactor).code}
    factor = await flow.enable_factor(request.app[DEPS], **login(request), **terms)
    return reply({"mfa_factor": view(factor)})


async def disable(request: web.Request) -> web.Response:
    command = convert(request[BODY], DisableFactor)
    terms = {"factor_id": request.match_info["id"], "method": command.method, "code": command.code}
    factor = await flow.disable_factor(request.app[DEPS], identity_id=str(request[PRINCIPAL].identity_id), **terms)
    return reply({"mfa_factor": {**view(factor), "status": "disabled"}})


async def make_recovery_codes(request: web.Request) -> web.Response:
    command = convert(request[BODY], CreateRecoveryCodes)
    codes = await flow.make_codes(request.app[DEPS], **login(request), command=command)
    return reply({"recovery_codes": codes})


async def verify_challenge(request: web.Request) -> web.Response:
    command = convert(request[BODY], VerifyChallenge)
    terms = {"challenge_id": request.match_info["id"], "token": bearer(request)}
    who = visitor(request)
    issued = await flow.meet_challenge(request.app[DEPS], **terms, command=command, visitor=who)
    return known_here(request, reply(issued_view(issued)), who, issued)


def login(request: web.Request) -> dict[str, str]:
    who = request[PRINCIPAL]
    return {"identity_id": str(who.identity_id), "session_id": str(who.session_id)}


def view(factor: mfa.Factor) -> dict[str, Any]:
    return {
        "id": factor.id,
        "provider": factor.provider,
        "label": factor.label,
        "status": factor.status,
        "enabled_at": to_iso(factor.enabled_at),
        "created_at": to_iso(factor.created_at),
        "updated_at": to_iso(factor.updated_at),
    }
