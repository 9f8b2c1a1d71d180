"""A second factor: authenticator apps (TOTP) and recovery codes, each code good for one use."""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Text, and_, bindparam, cast, delete, func, insert, select, update

from models.identity import totp
from models.identity.identity import LOCK_IDENTITY
from models.schema.identity import auth_token, login_session, mfa_factor, recovery_code
from services.identity import session
from services.infrastructure.database.database import UnitOfWork
from services.infrastructure.tokens.tokens import Tokens
from utils.clock import SYSTEM, now
from utils.errors import AppError
from utils.ids import new_id
from utils.sql import Prepared

CHALLENGE = "mfa"
CHALLENGE_LIVES = timedelta(minutes=10)
MOST_TRIES = 5  # wrong codes that a challenge takes
METHODS = ("totp", "recovery_code")
SECRET_BYTES, CODE_BYTES = 20, 6
SHOWN_LATELY = timedelta(minutes=10)  # how long after its second factor a login may make recovery codes

FACTOR = (mfa_factor.c.auth_identity_id == bindparam("identity_id"), mfa_factor.c.id == bindparam("factor_id"))
LIST = Prepared(
    select(mfa_factor).where(mfa_factor.c.auth_identity_id == bindparam("identity_id")).order_by(mfa_factor.c.id)
)
ENABLED = Prepared(
    select(mfa_factor).where(
        mfa_factor.c.auth_identity_id == bindparam("identity_id"), mfa_factor.c.status == "enabled"
    )
)
FIND = Prepared(select(mfa_factor).where(*FACTOR))
ADD = Prepared(insert(mfa_factor), *("id", "auth_identity_id", "provider", "label", "sealed_secret"))
DROP_PENDING = Prepared(
    delete(mfa_factor).where(
        mfa_factor.c.auth_identity_id == bindparam("identity_id"), mfa_factor.c.status == "pending"
    )
)
ENABLE = Prepared(
    update(mfa_factor)
    .where(*FACTOR, mfa_factor.c.status == "pending")
    .values(status="enabled", enabled_at=func.now(), updated_at=func.now(), last_step=bindparam("step"))
    .returning(mfa_factor.c.id)
)
USE_STEP = Prepared(
    update(mfa_factor)
    .where(*FACTOR, mfa_factor.c.status == "enabled", mfa_factor.c.last_step < bindparam("step"))
    .values(last_step=bindparam("step"))
    .returning(mfa_factor.c.id)
)
SEAL = Prepared(
    update(mfa_factor)
    .where(mfa_factor.c.id == bindparam("factor_id"))
    .values(sealed_secret=bindparam("sealed", type_=mfa_factor.c.sealed_secret.type))
)
DROP = Prepared(delete(mfa_factor).where(*FACTOR).returning(mfa_factor.c.id))
DROP_ALL = Prepared(delete(mfa_factor).where(mfa_factor.c.auth_identity_id == bindparam("identity_id")))
DROP_SINCE = Prepared(
    delete(mfa_factor).where(
        mfa_factor.c.auth_identity_id == bindparam("identity_id"),
        func.coalesce(mfa_factor.c.enabled_at, func.now()) > bindparam("moment", type_=mfa_factor.c.enabled_at.type),
    )
)
DROP_CODES_SINCE = Prepared(
    delete(recovery_code).where(
        recovery_code.c.auth_identity_id == bindparam("identity_id"),
        recovery_code.c.created_at > bindparam("moment", type_=recovery_code.c.created_at.type),
    )
)
SHOWN = Prepared(
    select(login_session.c.id).where(
        login_session.c.id == bindparam("session_id"), login_session.c.mfa_completed_at > bindparam("since")
    )
)
DROP_CODES = Prepared(delete(recovery_code).where(recovery_code.c.auth_identity_id == bindparam("identity_id")))
ADD_CODE = Prepared(insert(recovery_code), "auth_identity_id", "code_hash")
USE_CODE = Prepared(
    update(recovery_code)
    .where(
        recovery_code.c.auth_identity_id == bindparam("identity_id"),
        recovery_code.c.code_hash == bindparam("hash"),
        recovery_code.c.used_at.is_(None),
    )
    .values(used_at=func.now())
    .returning(recovery_code.c.code_hash)
)
ADD_CHALLENGE = Prepared(insert(auth_token), *("id", "auth_identity_id", "purpose", "entity_id", "data", "expires_at"))
_OPEN = and_(
    auth_token.c.id == bindparam("token_id"),
    auth_token.c.purpose == CHALLENGE,
    auth_token.c.used_at.is_(None),
    auth_token.c.expires_at > func.now(),
)
# The try is counted in a transaction of its own, before the code is looked at.
TRY = Prepared(
    update(auth_token)
    .where(_OPEN, auth_token.c.attempts < MOST_TRIES)
    .values(attempts=auth_token.c.attempts + 1)
    .returning(auth_token.c.auth_identity_id, cast(auth_token.c.data, Text).label("terms"))
)
PASS = Prepared(update(auth_token).where(_OPEN).values(used_at=func.now()).returning(auth_token.c.id))


class FactorMissing(AppError):
    code, kind = "not_found", "missing"
    message = 'MFA factor with id "{id}" was not found'


class ChallengeInvalid(AppError):
    code, kind, message = "mfa_challenge_invalid", "unauthorized", "Invalid token"


class CodeWrong(AppError):
    code, kind, message = "mfa_code_invalid", "unauthorized", "Invalid MFA code"


class CodeRequired(AppError):
    code, kind = "mfa_code_required", "unauthorized"
    message = "Recovery codes stand for your second factor: show a code of it."


class FactorEnabled(AppError):
    code, kind, message = "mfa_factor_enabled", "not_allowed", "An MFA factor of this kind is enabled already"


class NoFactor(AppError):
    code, kind, message = "mfa_factor_required", "not_allowed", "Recovery codes require an enabled MFA factor"


@dataclass(frozen=True, slots=True)
class Factor:
    id: str
    provider: str
    label: str | None
    status: str
    enabled_at: datetime | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Challenge:
    """What stands between the right password and the login; the token names it and opens nothing else."""

    id: str
    token: str
    expires_at: datetime
    methods: tuple[str, ...] = METHODS


@dataclass(frozen=True, slots=True)
class Passed:
    """A challenge that was met: whose, and the terms of the login that waited for it."""

    identity_id: str
    terms: Mapping[str, Any]


async def factors(work: UnitOfWork, *, identity_id: str) -> list[Factor]:
    rows = await work.execute(LIST, {"identity_id": identity_id})
    return [Factor(*(row[name] for name in Factor.__slots__)) for row in rows]


async def start(
    work: UnitOfWork, tokens: Tokens, *, identity_id: str, provider: str, label: str | None
) -> tuple[Factor, bytes]:
    """A factor that waits for its first code, and its secret, which is told this once."""
    await work.execute(LOCK_IDENTITY, {"identity_id": identity_id})
    if (await work.execute(ENABLED, {"identity_id": identity_id})).first() is not None:
        raise FactorEnabled()
    await work.execute(DROP_PENDING, {"identity_id": identity_id})
    factor_id, secret = new_id("mfa"), secrets.token_bytes(SECRET_BYTES)
    row = {"id": factor_id, "auth_identity_id": identity_id, "provider": provider, "label": label}
    await work.execute(ADD, {**row, "sealed_secret": tokens.seal("totp", factor_id, secret)})
    found = [factor for factor in await factors(work, identity_id=identity_id) if factor.id == factor_id]
    return found[0], secret


async def enable(
    work: UnitOfWork, tokens: Tokens, *, identity_id: str, session_id: str, factor_id: str, code: str
) -> Factor:
    """The first code shows that the app holds the secret: from now on every login asks for one, and this one has."""
    await work.execute(LOCK_IDENTITY, {"identity_id": identity_id})
    row = (await work.execute(FIND, {"identity_id": identity_id, "factor_id": factor_id})).first()
    if row is None:
        raise FactorMissing(id=factor_id)
    found = matched(tokens, row, code)
    if found is None:
        raise CodeWrong()
    terms = {"identity_id": identity_id, "factor_id": factor_id, "step": found[0]}
    if (await work.execute(ENABLE, terms)).first() is None:
        raise FactorEnabled()
    await session.complete_mfa(work, session_id=session_id)
    work.touch(session.SCOPE, (identity_id,))
    return next(f for f in await factors(work, identity_id=identity_id) if f.id == factor_id)


async def disable(
    work: UnitOfWork, tokens: Tokens, *, identity_id: str, factor_id: str, method: str, code: str
) -> Factor:
    """Take a factor away; an enabled one only for a code of it, or a recovery code."""
    await work.execute(LOCK_IDENTITY, {"identity_id": identity_id})
    found = [factor for factor in await factors(work, identity_id=identity_id) if factor.id == factor_id]
    if not found:
        raise FactorMissing(id=factor_id)
    if found[0].status == "enabled":
        await show(work, tokens, identity_id=identity_id, method=method, code=code)
        await work.execute(DROP_CODES, {"identity_id": identity_id})
    await work.execute(DROP, {"identity_id": identity_id, "factor_id": factor_id})
    work.touch(session.SCOPE, (identity_id,))
    return found[0]


async def new_codes(
    work: UnitOfWork,
    tokens: Tokens,
    *,
    identity_id: str,
    session_id: str,
    count: int = 10,
    method: str = "totp",
    code: str | None = None,
) -> list[str]:
    """Fresh recovery codes, told this once; earlier ones are worthless. NoFactor without an enabled factor.

    They open what the factor opens: CodeRequired unless a code is shown, or this login showed one lately.
    """
    await work.execute(LOCK_IDENTITY, {"identity_id": identity_id})
    if (await work.execute(ENABLED, {"identity_id": identity_id})).first() is None:
        raise NoFactor()
    if code is not None:
        await show(work, tokens, identity_id=identity_id, method=method, code=code)
    elif (await work.execute(SHOWN, {"session_id": session_id, "since": now() - SHOWN_LATELY})).first() is None:
        raise CodeRequired()
    await work.execute(DROP_CODES, {"identity_id": identity_id})
    codes = [f"{text[:6]}-{text[6:]}" for text in (secrets.token_hex(CODE_BYTES) for _ in range(count))]
    rows = [{"auth_identity_id": identity_id, "code_hash": code_hash(tokens, identity_id, code)} for code in codes]
    await work.execute(ADD_CODE, rows)
    return codes


def matched(tokens: Tokens, row: Any, code: str) -> tuple[int, bytes] | None:
    """The step whose code this is by a factor's secret, and the secret; None for a wrong code, or one used before."""
    for secret in tokens.open("totp", row.id, bytes(row.sealed_secret)):
        step = totp.step_of(secret, code, at=SYSTEM.timestamp(), after=row.last_step)
        if step is not None:
            return step, secret
    return None


def code_hash(tokens: Tokens, identity_id: str, code: str) -> bytes:
    plain = code.strip().lower().replace("-", "")
    return hmac.digest(tokens.key("recovery"), f"{identity_id}:{plain}".encode(errors="surrogateescape"), "sha256")


async def show(work: UnitOfWork, tokens: Tokens, *, identity_id: str, method: str, code: str) -> None:
    """Use a code; CodeWrong unless it is right and was not used before."""
    if method == "recovery_code":
        for each in tokens.ring:
            terms: dict[str, Any] = {"identity_id": identity_id, "hash": code_hash(each, identity_id, code)}
            if (await work.execute(USE_CODE, terms)).first() is not None:
                return
        raise CodeWrong()
    for row in await work.execute(ENABLED, {"identity_id": identity_id}):
        found = matched(tokens, row, code)
        terms = {"identity_id": identity_id, "factor_id": row.id, "step": found and found[0]}
        if found is None or (await work.execute(USE_STEP, terms)).first() is None:
            continue
        if not tokens.is_current(row.sealed_secret):  # once all have logged in, a former secret can be taken away
            await work.execute(SEAL, {"factor_id": row.id, "sealed": tokens.seal("totp", row.id, found[1])})
        return
    raise CodeWrong()


async def challenge(
    work: UnitOfWork, tokens: Tokens, *, identity_id: str, entity_id: str, terms: Mapping[str, Any]
) -> Challenge:
    """Ask for the second factor of a login; `terms` are those of the login that will be opened."""
    row_id, ends = new_id("mfach"), now() + CHALLENGE_LIVES
    row = {"id": row_id, "auth_identity_id": identity_id, "purpose": CHALLENGE, "entity_id": entity_id}
    await work.execute(ADD_CHALLENGE, {**row, "data": dict(terms), "expires_at": ends})
    return Challenge(row_id, tokens.of_row(CHALLENGE, row_id), ends)


async def count_try(work: UnitOfWork, tokens: Tokens, *, challenge_id: str, token: str) -> Passed:
    """One try of a challenge is used up; whose it is. ChallengeInvalid when it has ended or has none left."""
    if tokens.row_of(CHALLENGE, token) != challenge_id:
        raise ChallengeInvalid()
    row = (await work.execute(TRY, {"token_id": challenge_id})).first()
    if row is None:
        raise ChallengeInvalid()
    return Passed(row.auth_identity_id, orjson.loads(row.terms))


async def meet(work: UnitOfWork, tokens: Tokens, *, passed: Passed, challenge_id: str, method: str, code: str) -> None:
    """The code is right and the challenge is over; CodeWrong or ChallengeInvalid otherwise."""
    await show(work, tokens, identity_id=passed.identity_id, method=method, code=code)
    if (await work.execute(PASS, {"token_id": challenge_id})).first() is None:
        raise ChallengeInvalid()


async def drop_all(work: UnitOfWork, *, identity_id: str) -> None:
    """No factor and no recovery code is left."""
    await work.execute(DROP_ALL, {"identity_id": identity_id})
    await work.execute(DROP_CODES, {"identity_id": identity_id})
    work.touch(session.SCOPE, (identity_id,))


async def drop_since(work: UnitOfWork, *, identity_id: str, moment: datetime) -> None:
    """Factors that were enabled since then, and recovery codes made since then, count no more."""
    for statement in (DROP_SINCE, DROP_CODES_SINCE):
        await work.execute(statement, {"identity_id": identity_id, "moment": moment})
    if (await work.execute(ENABLED, {"identity_id": identity_id})).first() is None:
        await work.execute(DROP_CODES, {"identity_id": identity_id})
    work.touch(session.SCOPE, (identity_id,))
