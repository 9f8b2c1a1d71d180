"""People who log in on another provider's page: sent there, known again, and taken in."""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

import orjson

from models.identity import oauth as statements
from models.identity.account import Known, address_of
from services.identity import account
from services.identity.account import IdentityExists
from services.infrastructure.database.database import UnitOfWork
from services.infrastructure.tokens.tokens import Tokens, hashed
from services.providers.login.slot import AuthorizationRequest, Proven
from utils.clock import now
from utils.errors import AppError
from utils.ids import new_id

STATE, NONCE, VERIFIER = "redirect", "redirect nonce", "redirect verifier"
LIVES = timedelta(minutes=10)
IN_TOKEN_BYTES = 700  # of what the provider tells: the token is to fit a header


class StateInvalid(AppError):
    code, kind = "login_state_invalid", "unauthorized"
    message = "This login was not begun here, was finished before, or took longer than 10 minutes. Begin anew."


class CallbackRefused(AppError):
    code, kind = "callback_url_not_allowed", "not_allowed"
    message = "No login provider may send anybody to this callback_url: the installation's settings do not list it."


class LinkedElsewhere(AppError):
    code, kind = "provider_account_taken", "duplicate"
    message = "This account of the provider logs somebody else in already."


@dataclass(frozen=True, slots=True)
class Returned:
    """A trip that has come to its end, and the terms of the login that it was begun for."""

    trip: AuthorizationRequest
    rotating: bool
    link_to: str | None
    address: str


def new_authorization_request(tokens: Tokens, callback_url: str) -> tuple[str, AuthorizationRequest]:
    row_id = new_id("atrip")
    return row_id, authorization_request_of(tokens, row_id, callback_url)


def authorization_request_of(tokens: Tokens, row_id: str, callback_url: str) -> AuthorizationRequest:
    """The words of a trip: its row's id under keys of their own, so that none tells another."""
    nonce, verifier = (hmac.digest(tokens.key(use), row_id.encode(), sha256).hex() for use in (NONCE, VERIFIER))
    return AuthorizationRequest(tokens.of_row(STATE, row_id), nonce, verifier, callback_url)


async def create_authorization_request(
    work: UnitOfWork,
    *,
    row_id: str,
    provider: str,
    actor_type: str,
    callback_url: str,
    rotating: bool,
    binding: str | None,
    link_to: str | None,
    address: str,
) -> None:
    """Note that somebody is on the way."""
    row = {
        "id": row_id,
        "provider": provider,
        "actor_type": actor_type,
        "callback_url": callback_url,
        "is_rotating": rotating,
        "binding_hash": None if binding is None else hashed(binding),
        "link_identity_id": link_to,
        "address": address[:64],
        "expires_at": now() + LIVES,
    }
    await work.execute(statements.INSERT, row)


async def use_authorization_request(
    work: UnitOfWork,
    tokens: Tokens,
    *,
    state: str,
    provider: str,
    actor_type: str,
    binding: str | None,
    identity_id: str | None,
) -> Returned:
    """The trip of a state, which is used up; StateInvalid unless it is open and comes back as it was sent."""
    maker, row_id = tokens.maker(STATE, state), state.partition(".")[0]
    if maker is None:
        raise StateInvalid()
    terms = {"row_id": row_id, "by": provider, "actor": actor_type, "identity_id": identity_id or ""}
    row = (
        await work.execute(statements.USE, {**terms, "binding": None if binding is None else hashed(binding)})
    ).first()
    if row is None:
        raise StateInvalid()
    trip = authorization_request_of(maker, row_id, row.callback_url)
    return Returned(trip, row.is_rotating, row.link_identity_id, row.address)


async def find_or_create_identity(work: UnitOfWork, *, provider: str, proven: Proven, link_to: str | None) -> Known:
    """The identity of somebody whom a provider knows; a new one for a new face, or `link_to`.

    An address proves nothing here: who has the same one with a password stays somebody else (decision 30).
    """
    moment = now() if proven.is_email_verified else None
    said = dict(proven.user_metadata)
    if proven.email is not None:
        said |= {"email": address_of(proven.email), "email_verified": proven.is_email_verified}
    known = await account.find_known(work, provider=provider, entity_id=proven.entity_id)
    if known is None:
        identity_id = link_to or await account.create_bare_identity(work)
        entity = {"auth_identity_id": identity_id, "provider": provider, "entity_id": proven.entity_id}
        row = {"id": new_id("provid"), "user_metadata": said, "verified_at": moment}
        if (await work.execute(statements.INSERT_PROVIDER_IDENTITY, {**row, **entity})).first() is None:
            raise IdentityExists()
        known = await account.find_known(work, provider=provider, entity_id=proven.entity_id)
        assert known is not None
    elif link_to is not None and known.identity_id != link_to:
        raise LinkedElsewhere()
    else:
        await work.execute(
            statements.UPDATE_PROVIDER_IDENTITY,
            {"by": provider, "entity": proven.entity_id, "told": said, "moment": moment},
        )
    return known


async def get_user_metadata(work: UnitOfWork, *, identity_id: str, provider: str) -> Mapping[str, Any]:
    """What the provider tells of the person, as far as a token has room for it; the address first."""
    row = (await work.execute(statements.USER_METADATA, {"identity_id": identity_id, "provider": provider})).first()
    whole: Mapping[str, Any] = {} if row is None else orjson.loads(row.told)
    kept: dict[str, Any] = {}
    for name in ("email", "email_verified", "given_name", "family_name", "name", "picture"):
        # Tokens are written in ASCII, where a letter may take six bytes.
        if name in whole and len(json.dumps(kept | {name: whole[name]})) <= IN_TOKEN_BYTES:
            kept[name] = whole[name]
    return kept
