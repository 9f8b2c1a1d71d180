"""A second factor: authenticator apps (TOTP) and recovery codes, each code good for one use."""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from models.identity import mfa as statements
from models.identity import totp
from models.identity.identity import LOCK_IDENTITY, SCOPE
from models.identity.mfa import CHALLENGE
from services.identity import session
from services.infrastructure.database.database import UnitOfWork
from services.infrastructure.tokens.tokens import Tokens
from utils.clock import SYSTEM, now
from utils.errors import AppError
from utils.ids import new_id

CHALLENGE_LIVES = timedelta(minutes=10)
METHODS = ("totp", "recovery_code")
SECRET_BYTES, CODE_BYTES = 20, 6
SHOWN_LATELY = timedelta(minutes=10)  # how long after its second factor a login may make recovery codes


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


async def list_factors(work: UnitOfWork, *, identity_id: str) -> list[Factor]:
    found = await work.execute(statements.LIST, {"identity_id": identity_id})
    return [Factor(*(row[name] for name in Factor.__slots__)) for row in found]


async def start(
    work: UnitOfWork, tokens: Tokens, *, identity_id: str, provider: str, label: str | None
) -> tuple[Factor, bytes]:
    """A factor that waits for its first code, and its secret, which is told this once."""
    await work.execute(LOCK_IDENTITY, {"identity_id": identity_id})
    if (await work.execute(statements.ENABLED, {"identity_id": identity_id})).first() is not None:
        raise FactorEnabled()
    await work.execute(statements.DELETE_PENDING, {"identity_id": identity_id})
    factor_id, secret = new_id("mfa"), secrets.token_bytes(SECRET_BYTES)
    row = {"id": factor_id, "auth_identity_id": identity_id, "provider": provider, "label": label}
    await work.execute(statements.INSERT, {**row, "sealed_secret": tokens.seal("totp", factor_id, secret)})
    found = [factor for factor in await list_factors(work, identity_id=identity_id) if factor.id == factor_id]
    return found[0], secret


async def enable(
    work: UnitOfWork, tokens: Tokens, *, identity_id: str, session_id: str, factor_id: str, code: str
) -> Factor:
    """The first code shows that the app holds the secret: from now on every login asks for one, and this one has."""
    await work.execute(LOCK_IDENTITY, {"identity_id": identity_id})
    row = (await work.execute(statements.FIND, {"identity_id": identity_id, "factor_id": factor_id})).first()
    if row is None:
        raise FactorMissing(id=factor_id)
    found = matched(tokens, row, code)
    if found is None:
        raise CodeWrong()
    terms = {"identity_id": identity_id, "factor_id": factor_id, "step": found[0]}
    if (await work.execute(statements.ENABLE, terms)).first() is None:
        raise FactorEnabled()
    await session.complete_mfa(work, session_id=session_id)
    work.touch(SCOPE, (identity_id,))
    return next(f for f in await list_factors(work, identity_id=identity_id) if f.id == factor_id)


async def disable(
    work: UnitOfWork, tokens: Tokens, *, identity_id: str, factor_id: str, method: str, code: str
) -> Factor:
    """Take a factor away; an enabled one only for a code of it, or a recovery code."""
    await work.execute(LOCK_IDENTITY, {"identity_id": identity_id})
    found = [factor for factor in await list_factors(work, identity_id=identity_id) if factor.id == factor_id]
    if not found:
        raise FactorMissing(id=factor_id)
    if found[0].status == "enabled":
        await verify_code(work, tokens, identity_id=identity_id, method=method, code=code)
        await work.execute(statements.DELETE_CODES, {"identity_id": identity_id})
    await work.execute(statements.DELETE, {"identity_id": identity_id, "factor_id": factor_id})
    work.touch(SCOPE, (identity_id,))
    return found[0]


async def create_recovery_codes(
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
    if (await work.execute(statements.ENABLED, {"identity_id": identity_id})).first() is None:
        raise NoFactor()
    if code is not None:
        await verify_code(work, tokens, identity_id=identity_id, method=method, code=code)
    elif (
        await work.execute(statements.HAS_SHOWN, {"session_id": session_id, "since": now() - SHOWN_LATELY})
    ).first() is None:
        raise CodeRequired()
    await work.execute(statements.DELETE_CODES, {"identity_id": identity_id})
    codes = [f"{text[:6]}-{text[6:]}" for text in (secrets.token_hex(CODE_BYTES) for _ in range(count))]
    rows = [{"auth_identity_id": identity_id, "code_hash": code_hash(tokens, identity_id, code)} for code in codes]
    await work.execute(statements.INSERT_CODE, rows)
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


async def verify_code(work: UnitOfWork, tokens: Tokens, *, identity_id: str, method: str, code: str) -> None:
    """Use a code; CodeWrong unless it is right and was not used before."""
    if method == "recovery_code":
        for each in tokens.ring:
            terms: dict[str, Any] = {"identity_id": identity_id, "hash": code_hash(each, identity_id, code)}
            if (await work.execute(statements.USE_CODE, terms)).first() is not None:
                return
        raise CodeWrong()
    for row in await work.execute(statements.ENABLED, {"identity_id": identity_id}):
        found = matched(tokens, row, code)
        terms = {"identity_id": identity_id, "factor_id": row.id, "step": found and found[0]}
        if found is None or (await work.execute(statements.USE_STEP, terms)).first() is None:
            continue
        if not tokens.is_current(row.sealed_secret):  # once all have logged in, a former secret can be taken away
            sealed = tokens.seal("totp", row.id, found[1])
            await work.execute(statements.SEAL, {"factor_id": row.id, "sealed": sealed})
        return
    raise CodeWrong()


async def create_challenge(
    work: UnitOfWork, tokens: Tokens, *, identity_id: str, entity_id: str, terms: Mapping[str, Any]
) -> Challenge:
    """Ask for the second factor of a login; `terms` are those of the login that will be opened."""
    row_id, ends = new_id("mfach"), now() + CHALLENGE_LIVES
    row = {"id": row_id, "auth_identity_id": identity_id, "purpose": CHALLENGE, "entity_id": entity_id}
    await work.execute(statements.INSERT_CHALLENGE, {**row, "data": dict(terms), "expires_at": ends})
    return Challenge(row_id, tokens.of_row(CHALLENGE, row_id), ends)


async def count_attempt(work: UnitOfWork, tokens: Tokens, *, challenge_id: str, token: str) -> Passed:
    """One try of a challenge is used up; whose it is. ChallengeInvalid when it has ended or has none left."""
    if tokens.row_of(CHALLENGE, token) != challenge_id:
        raise ChallengeInvalid()
    row = (await work.execute(statements.COUNT_ATTEMPT, {"token_id": challenge_id})).first()
    if row is None:
        raise ChallengeInvalid()
    return Passed(row.auth_identity_id, orjson.loads(row.terms))


async def pass_challenge(
    work: UnitOfWork, tokens: Tokens, *, passed: Passed, challenge_id: str, method: str, code: str
) -> None:
    """The code is right and the challenge is over; CodeWrong or ChallengeInvalid otherwise."""
    await verify_code(work, tokens, identity_id=passed.identity_id, method=method, code=code)
    if (await work.execute(statements.CLOSE_CHALLENGE, {"token_id": challenge_id})).first() is None:
        raise ChallengeInvalid()


async def delete_all(work: UnitOfWork, *, identity_id: str) -> None:
    """No factor and no recovery code is left."""
    await work.execute(statements.DELETE_ALL, {"identity_id": identity_id})
    await work.execute(statements.DELETE_CODES, {"identity_id": identity_id})
    work.touch(SCOPE, (identity_id,))


async def delete_since(work: UnitOfWork, *, identity_id: str, moment: datetime) -> None:
    """Factors that were enabled since then, and recovery codes made since then, count no more."""
    for statement in (statements.DELETE_SINCE, statements.DELETE_CODES_SINCE):
        await work.execute(statement, {"identity_id": identity_id, "moment": moment})
    if (await work.execute(statements.ENABLED, {"identity_id": identity_id})).first() is None:
        await work.execute(statements.DELETE_CODES, {"identity_id": identity_id})
    work.touch(SCOPE, (identity_id,))
