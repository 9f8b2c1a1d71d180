"""Identities: how they are found, created and verified, and which actors they are."""

from datetime import timedelta

from models.identity import account as statements
from models.identity.account import EMAILPASS, Entity, Known
from models.identity.identity import ACTOR_TYPES, LOCK_IDENTITY, SCOPE
from models.identity.mfa import CHALLENGE
from services.identity import mfa, session
from services.infrastructure.database.database import UnitOfWork
from services.infrastructure.tokens.tokens import Tokens
from utils.clock import now
from utils.errors import AppError
from utils.ids import new_id

RESET, VERIFICATION = "reset", "verification"
LIVES = {RESET: timedelta(minutes=30), VERIFICATION: timedelta(hours=24)}


class ActorTypeUnknown(AppError):
    code, kind = "actor_type_unknown", "not_allowed"
    message = "Nobody logs in as {actor_type}: say one of " + ", ".join(ACTOR_TYPES)


class ProviderUnknown(AppError):
    code, kind = "auth_provider_unknown", "unauthorized"
    message = "Unable to retrieve the auth provider with id: {provider}"


class CallbackMissing(AppError):
    code, kind = "callback_not_implemented", "unauthorized"
    message = "Callback authentication not implemented for provider {provider}"


class NoPassword(AppError):
    code, kind = "provider_without_password", "unauthorized"
    message = "The provider {provider} logs people in on its own page: nothing is registered or changed here."


class IdentityExists(AppError):
    code, kind, message = "identity_exists", "unauthorized", "Identity with email already exists"


class CredentialsInvalid(AppError):
    code, kind, message = "credentials_invalid", "unauthorized", "Invalid email or password"


class CredentialMissing(AppError):
    code, kind = "credential_missing", "unauthorized"
    message = "{name} should be a string"


class TokenInvalid(AppError):
    code, kind, message = "token_invalid", "unauthorized", "Invalid token"


class CodeInvalid(AppError):
    code, kind, message = "code_invalid", "not_allowed", "Verification code is invalid or already used"


class EmailUnverified(AppError):
    code, kind = "email_unverified", "invalid"
    message = "The provider that you logged in with has not verified your e-mail address. Verify it there, then log in."


class AlreadyLinked(AppError):
    code, kind = "already_linked", "duplicate"
    message = "This identity is a {actor_type} already"


async def find_known(work: UnitOfWork, *, provider: str, entity_id: str) -> Known | None:
    row = (await work.execute(statements.FIND_BY_ENTITY, {"provider": provider, "entity_id": entity_id})).first()
    if row is None:
        return None
    return Known(
        row.auth_identity_id, row.entity_id, row.verified_at, row.password_hash, row.has_mfa, tuple(row.actor_types)
    )


async def find_entity(work: UnitOfWork, *, identity_id: str) -> Entity | None:
    """What the person logs in with: the e-mail address with its password before others."""
    row = (await work.execute(statements.FIND_BY_IDENTITY, {"identity_id": identity_id})).first()
    return None if row is None else Entity(row.provider, row.entity_id, row.verified_at, row.email)


async def create_identity(work: UnitOfWork, *, entity_id: str, password_hash: str) -> str:
    """A new identity that logs in with a password; IdentityExists when the address has one."""
    identity_id = await create_bare_identity(work)
    entity = {
        "id": new_id("provid"),
        "auth_identity_id": identity_id,
        "provider": EMAILPASS,
        "entity_id": entity_id,
    }
    made = await work.execute(statements.INSERT_EMAILPASS, {**entity, "provider_metadata": {"password": password_hash}})
    if made.first() is None:
        raise IdentityExists()
    return identity_id


async def create_bare_identity(work: UnitOfWork) -> str:
    """A new identity that nothing logs in yet."""
    identity_id = new_id("authid")
    await work.execute(statements.INSERT_IDENTITY, {"id": identity_id})
    return identity_id


async def link_actor(work: UnitOfWork, *, identity_id: str, actor_type: str, actor_id: str) -> None:
    """Link an identity to an actor; AlreadyLinked when it has one of this type, or the actor is somebody else's."""
    row = {"auth_identity_id": identity_id, "actor_type": actor_type, "actor_id": actor_id}
    await work.execute(LOCK_IDENTITY, {"identity_id": identity_id})
    if (await work.execute(statements.INSERT_ACTOR, row)).first() is None:
        raise AlreadyLinked(actor_type=actor_type)
    work.touch(SCOPE, (identity_id,))


async def find_actor_id(work: UnitOfWork, *, identity_id: str, actor_type: str) -> str | None:
    """The id of the actor of this type that the identity is, whatever its token says; locked until the commit."""
    await work.execute(LOCK_IDENTITY, {"identity_id": identity_id})
    terms = {"identity_id": identity_id, "actor_type": actor_type}
    found: str | None = (await work.execute(statements.FIND_ACTOR, terms)).scalar_one_or_none()
    return found


async def unlink_actor(work: UnitOfWork, *, actor_type: str, actor_id: str) -> None:
    """Unlink an actor from its identity and end the logins as it; silent when no identity is linked."""
    for identity_id in (
        await work.execute(statements.DELETE_ACTOR, {"actor_type": actor_type, "actor_id": actor_id})
    ).scalars():
        await session.revoke_all(work, identity_id=identity_id, actor_type=actor_type, reason="actor removed")
        work.touch(SCOPE, (identity_id,))


async def erase_actor(work: UnitOfWork, *, actor_type: str, actor_id: str) -> None:
    """Unlink an actor for good: the person's identity is deleted with it, unless it is another actor too."""
    for identity_id in (
        await work.execute(statements.DELETE_ACTOR, {"actor_type": actor_type, "actor_id": actor_id})
    ).scalars():
        await session.revoke_all(work, identity_id=identity_id, actor_type=actor_type, reason="actor erased")
        await work.execute(LOCK_IDENTITY, {"identity_id": identity_id})  # another actor may just be linked
        await work.execute(statements.DELETE_IDENTITY, {"identity_id": identity_id})
        work.touch(SCOPE, (identity_id,))


async def create_token(work: UnitOfWork, tokens: Tokens, *, purpose: str, identity_id: str, entity_id: str) -> str:
    """A token for one use, for the person's eyes only."""
    row_id = new_id("atok")
    row = {"id": row_id, "auth_identity_id": identity_id, "purpose": purpose, "entity_id": entity_id, "data": {}}
    await work.execute(statements.INSERT_TOKEN, {**row, "expires_at": now() + LIVES[purpose]})
    return tokens.of_row(purpose, row_id)


async def lock_password(work: UnitOfWork, *, known: Known) -> None:
    """The password that was shown stays the password until this transaction ends; CredentialsInvalid if it is not."""
    terms = {"entity_id": known.entity_id, "hash": known.password_hash}
    if (await work.execute(statements.HOLD_PASSWORD, terms)).first() is None:
        raise CredentialsInvalid()


async def find_token_entity(work: UnitOfWork, *, purpose: str, token_id: str) -> str | None:
    """The address of a token that could be used now. For refusing early; only `use` decides."""
    found: str | None = (
        await work.execute(statements.FIND_TOKEN, {"token_id": token_id, "purpose": purpose})
    ).scalar_one_or_none()
    return found


async def set_password(work: UnitOfWork, *, token_id: str, password_hash: str, address: str) -> str:
    """Use a reset token: the new password counts, all logins and other reset tokens end; whose it was.

    `address` is the client's: a place that the person is known to log in from.
    """
    terms = {"token_id": token_id, "purpose": RESET, "facts": {"address": address}}
    used = (await work.execute(statements.USE_TOKEN, terms)).first()
    if used is None:
        raise TokenInvalid()
    identity_id: str = used.auth_identity_id
    await replace_password(work, identity_id=identity_id, entity_id=used.entity_id, password_hash=password_hash)
    await session.revoke_all(work, identity_id=identity_id, reason="password changed")
    return identity_id


async def replace_password(work: UnitOfWork, *, identity_id: str, entity_id: str, password_hash: str) -> None:
    """Another password; open challenges and reset tokens are void. The logins are for the caller to end.

    With it the address is proven. Where it was not before, linked accounts of providers and second factors go: whoever
    registered with somebody's address would keep a way in, or the owner out. Where it was, those go that were added
    since, and recovery codes made since: whoever stole a login would keep a way in, or the owner out.
    """
    await work.execute(LOCK_IDENTITY, {"identity_id": identity_id})
    terms = {"identity_id": identity_id, "entity": entity_id}
    proven_at = (await work.execute(statements.VERIFIED_AT, terms)).scalar_one_or_none()
    if proven_at is None:
        await work.execute(statements.DELETE_LINKED, {"identity_id": identity_id})
        await mfa.delete_all(work, identity_id=identity_id)
    else:
        await work.execute(statements.DELETE_LINKED_SINCE, {"identity_id": identity_id, "moment": proven_at})
        await mfa.delete_since(work, identity_id=identity_id, moment=proven_at)
    await work.execute(
        statements.SET_PASSWORD, {"identity_id": identity_id, "entity": entity_id, "made": {"password": password_hash}}
    )
    for purpose in (RESET, CHALLENGE):
        await work.execute(statements.USE_ALL_TOKENS, {"identity_id": identity_id, "purpose": purpose})


async def mark_verified(work: UnitOfWork, *, identity_id: str, entity_id: str) -> None:
    """The address is the person's: they hold a token that was sent there."""
    await work.execute(statements.SET_VERIFIED, {"identity_id": identity_id, "entity": entity_id})


async def verify(work: UnitOfWork, *, token_id: str) -> Entity:
    """Use a verification token: its address is the person's; CodeInvalid for one that is used or has ended."""
    used = (
        await work.execute(statements.USE_TOKEN, {"token_id": token_id, "purpose": VERIFICATION, "facts": {}})
    ).first()
    if used is None:
        raise CodeInvalid()
    terms = {"identity_id": used.auth_identity_id, "entity": used.entity_id}
    verified_at = (await work.execute(statements.SET_VERIFIED, terms)).scalar_one()
    return Entity(EMAILPASS, used.entity_id, verified_at)
