"""Identities, what they log in with, the actors they are, and their tokens for one use: rules and statements."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, case, delete, exists, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from models.schema.identity import auth_actor, auth_identity, auth_token, mfa_factor, provider_identity
from utils.errors import AppError
from utils.sql import Prepared

EMAILPASS = "emailpass"

SHORTEST, LONGEST = 8, 128

# The first guesses of everybody, among those that are long enough.
COMMON = frozenset(
    "password password1 password123 passw0rd 12345678 123456789 1234567890 11111111 00000000 87654321 qwertyui "
    "qwertyuiop qwerty123 asdfghjk 1q2w3e4r 1qaz2wsx iloveyou sunshine princess football baseball superman trustno1 "
    "welcome1 letmein1 admin123 changeme dragon123 monkey123 abc12345 abcd1234 aaaaaaaa".split()
)
FIND_BY_ENTITY = Prepared(
    select(
        provider_identity.c.id,
        provider_identity.c.auth_identity_id,
        provider_identity.c.entity_id,
        provider_identity.c.verified_at,
        provider_identity.c.provider_metadata["password"].astext.label("password_hash"),
        exists()
        .where(mfa_factor.c.auth_identity_id == provider_identity.c.auth_identity_id, mfa_factor.c.status == "enabled")
        .label("has_mfa"),
        func.array(
            select(auth_actor.c.actor_type)
            .where(auth_actor.c.auth_identity_id == provider_identity.c.auth_identity_id)
            .scalar_subquery()
        ).label("actor_types"),
    ).where(
        provider_identity.c.provider == bindparam("provider"), provider_identity.c.entity_id == bindparam("entity_id")
    )
)
FIND_BY_IDENTITY = Prepared(
    select(
        provider_identity.c.provider,
        provider_identity.c.entity_id,
        provider_identity.c.verified_at,
        # Of another provider's addresses only one that it has verified is believed.
        case(
            (provider_identity.c.provider == EMAILPASS, provider_identity.c.entity_id),
            (provider_identity.c.verified_at.is_not(None), provider_identity.c.user_metadata["email"].astext),
        ).label("email"),
    )
    .where(provider_identity.c.auth_identity_id == bindparam("identity_id"))
    .order_by(provider_identity.c.provider != EMAILPASS, provider_identity.c.id)
    .limit(1)
)
INSERT_IDENTITY = Prepared(insert(auth_identity), "id")
INSERT_PROVIDER_IDENTITY = upsert(provider_identity).on_conflict_do_nothing().returning(provider_identity.c.id)
INSERT_EMAILPASS = Prepared(
    INSERT_PROVIDER_IDENTITY,
    *("id", "auth_identity_id", "provider", "entity_id", "provider_metadata"),
)
HOLD_PASSWORD = Prepared(
    select(provider_identity.c.id)
    .where(
        provider_identity.c.provider == EMAILPASS,
        provider_identity.c.entity_id == bindparam("entity_id"),
        provider_identity.c.provider_metadata["password"].astext == bindparam("hash"),
    )
    .with_for_update(read=True)
)
SET_PASSWORD = Prepared(
    update(provider_identity)
    .where(
        provider_identity.c.auth_identity_id == bindparam("identity_id"),
        provider_identity.c.provider == EMAILPASS,
        provider_identity.c.entity_id == bindparam("entity"),
    )
    .values(
        provider_metadata=bindparam("made", type_=provider_identity.c.provider_metadata.type),
        verified_at=func.now(),
        updated_at=func.now(),
    )
)
VERIFIED_AT = Prepared(
    select(provider_identity.c.verified_at).where(
        provider_identity.c.auth_identity_id == bindparam("identity_id"),
        provider_identity.c.provider == EMAILPASS,
        provider_identity.c.entity_id == bindparam("entity"),
    )
)
_LINKED = (provider_identity.c.auth_identity_id == bindparam("identity_id"), provider_identity.c.provider != EMAILPASS)
DELETE_LINKED = Prepared(delete(provider_identity).where(*_LINKED))
DELETE_LINKED_SINCE = Prepared(
    delete(provider_identity).where(
        *_LINKED, provider_identity.c.created_at > bindparam("moment", type_=provider_identity.c.created_at.type)
    )
)
SET_VERIFIED = Prepared(
    update(provider_identity)
    .where(
        provider_identity.c.auth_identity_id == bindparam("identity_id"),
        provider_identity.c.entity_id == bindparam("entity"),
    )
    .values(verified_at=func.now(), updated_at=func.now())  # the last proof: later factors end with a reset by mail
    .returning(provider_identity.c.verified_at)
)
INSERT_ACTOR = Prepared(
    upsert(auth_actor).on_conflict_do_nothing().returning(auth_actor.c.actor_id),
    *("auth_identity_id", "actor_type", "actor_id"),
)
FIND_ACTOR = Prepared(
    select(auth_actor.c.actor_id).where(
        auth_actor.c.auth_identity_id == bindparam("identity_id"), auth_actor.c.actor_type == bindparam("actor_type")
    )
)
DELETE_ACTOR = Prepared(
    delete(auth_actor)
    .where(auth_actor.c.actor_type == bindparam("actor_type"), auth_actor.c.actor_id == bindparam("actor_id"))
    .returning(auth_actor.c.auth_identity_id)
)

# An identity without any actor is nobody's: its password and address go with it.
DELETE_IDENTITY = Prepared(
    delete(auth_identity).where(
        auth_identity.c.id == bindparam("identity_id"),
        ~exists().where(auth_actor.c.auth_identity_id == auth_identity.c.id),
    )
)
INSERT_TOKEN = Prepared(insert(auth_token), *("id", "auth_identity_id", "purpose", "entity_id", "data", "expires_at"))
_OPEN = and_(
    auth_token.c.purpose == bindparam("purpose"), auth_token.c.used_at.is_(None), auth_token.c.expires_at > func.now()
)
FIND_TOKEN = Prepared(select(auth_token.c.entity_id).where(auth_token.c.id == bindparam("token_id"), _OPEN))
USE_TOKEN = Prepared(
    update(auth_token)
    .where(auth_token.c.id == bindparam("token_id"), _OPEN)
    .values(used_at=func.now(), data=bindparam("facts", type_=auth_token.c.data.type))
    .returning(auth_token.c.auth_identity_id, auth_token.c.entity_id)
)
USE_ALL_TOKENS = Prepared(
    update(auth_token)
    .where(auth_token.c.auth_identity_id == bindparam("identity_id"), _OPEN)
    .values(used_at=func.now())
)


class PasswordWeak(AppError):
    code, kind = "password_weak", "invalid"
    message = f"Choose a password of {SHORTEST} to {LONGEST} characters that is not one of the commonest."


@dataclass(frozen=True, slots=True)
class Known:
    """An entity as its provider knows it; the hash stays inside."""

    identity_id: str
    entity_id: str
    verified_at: datetime | None
    password_hash: str | None
    has_mfa: bool
    actor_types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entity:
    """What a person logs in with, and the e-mail address that is known by it."""

    provider: str
    entity_id: str
    verified_at: datetime | None
    email: str | None = None


def address_of(email: str) -> str:
    """E-mail addresses that people take for the same are the same."""
    return email.strip().lower()


def check_password(password: str, email: str) -> None:
    """PasswordWeak unless it may be used."""
    plain = password.lower()
    if not SHORTEST <= len(password) <= LONGEST or plain in COMMON or plain == email or len(set(plain)) < 3:
        raise PasswordWeak()
