"""Logins: opened, refreshed, listed and revoked.

A login is a row. An unmodified storefront keeps the one token it was given for a day, so that token is tied to the row
and ends with it; a client that asks for it gets short access tokens and numbered refresh tokens instead, each good for
one use. One used again says that somebody else has it too: the login is revoked, for both.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from models.identity import session as statements
from models.identity.identity import LOCK_IDENTITY, SCOPE, LoginState
from models.identity.session import Login, Visitor
from models.seller.member import Membership
from services.infrastructure.database.database import UnitOfWork
from services.infrastructure.tokens.tokens import Tokens, hashed
from utils.clock import now
from utils.config import Settings
from utils.errors import AppError, NotFound
from utils.ids import new_id

GRACE = timedelta(seconds=10)  # two tabs of one person refresh at once
SEEN = timedelta(minutes=5)  # how exactly the last use is known
KEPT = timedelta(days=30)  # how long an ended login is remembered, so that a reused token is known as one
REFRESH = "refresh"


class RefreshInvalid(AppError):
    code, kind, message = "refresh_token_invalid", "unauthorized", "Invalid token"


@dataclass(frozen=True, slots=True)
class Issued:
    """What a login hands out: the token, and for a rotating one the refresh token and the seconds the token lives."""

    token: str
    refresh_token: str | None
    seconds: int


async def load(work: UnitOfWork, session_id: str) -> LoginState | None:
    """The login as it stands in the database; its last use is noted now and then."""
    row = (await work.execute(statements.LOAD, {"session_id": session_id})).first()
    if row is None:
        return None
    if row.last_seen_at < now() - SEEN:
        await work.execute(statements.NOTE_SEEN, {"session_id": session_id})
    return LoginState(
        session_id=row.id,
        identity_id=row.auth_identity_id,
        actor_type=row.actor_type,
        actor_id=row.actor_id,
        provider=row.provider,
        kind=row.kind,
        group_ids=tuple(row.group_ids or ()),
        memberships=tuple(Membership(*each.split(" ")) for each in row.memberships or ()),
        user_role=row.user_role,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        has_mfa=row.has_mfa,
        mfa_completed_at=row.mfa_completed_at,
    )


async def create(
    work: UnitOfWork,
    settings: Settings,
    *,
    identity_id: str,
    actor_type: str,
    provider: str,
    rotating: bool,
    visitor: Visitor,
    mfa_completed_at: datetime | None = None,
) -> LoginState:
    """Open a login."""
    session_id, moment = new_id("lses"), now()
    row = {
        "id": session_id,
        "auth_identity_id": identity_id,
        "actor_type": actor_type,
        "provider": provider,
        "kind": "rotating" if rotating else "bearer",
        "expires_at": moment + timedelta(days=settings.session_days),
        "last_seen_at": moment,
        "mfa_completed_at": mfa_completed_at,
        "address": visitor.address[:64],
        "user_agent": visitor.user_agent[:200],
        "device_hash": hashed(visitor.device) if visitor.device else None,
    }
    await work.execute(statements.INSERT, row)
    found = await load(work, session_id)
    assert found is not None
    return found


def issue(
    tokens: Tokens,
    settings: Settings,
    login: LoginState,
    *,
    generation: int = 0,
    user_metadata: Mapping[str, Any] | None = None,
) -> Issued:
    """Issue the tokens of a login, for the actor it has now; none outlives the login."""
    rotating = login.kind == "rotating"
    wanted = settings.access_token_seconds if rotating else settings.token_seconds
    seconds = max(1, min(wanted, int((login.expires_at - now()).total_seconds())))
    claims = {
        "actor_id": login.actor_id or "",
        "actor_type": login.actor_type,
        "auth_identity_id": login.identity_id,
        "auth_provider": login.provider,
        "mfa_enabled": login.has_mfa,
        "mfa_challenge_completed_at": login.mfa_completed_at and login.mfa_completed_at.isoformat(),
        "app_metadata": {f"{login.actor_type}_id": login.actor_id} if login.actor_id else {},
        "user_metadata": dict(user_metadata or {}),
    }
    token = tokens.sign(claims, session_id=login.session_id, seconds=seconds)
    refresh = tokens.of_row(REFRESH, f"{login.session_id}-{generation}") if rotating else None
    return Issued(token, refresh, seconds)


async def refresh(work: UnitOfWork, tokens: Tokens, settings: Settings, *, token: str) -> Issued | None:
    """The next pair of a rotating login. None when the token was used before: the login has been revoked for it.

    Within GRACE the token that was current a moment ago gets the same next one, so that an honest double refresh does
    not log anybody out. RefreshInvalid for what was never a token, and for logins that have ended.
    """
    row_id = tokens.row_of(REFRESH, token)
    session_id, _, number = (row_id or "").rpartition("-")
    if not session_id or not number.isdigit():
        raise RefreshInvalid()
    given = int(number)
    rotated = (await work.execute(statements.ROTATE, {"session_id": session_id, "given": given})).first()
    row = (await work.execute(statements.LOAD, {"session_id": session_id})).first()
    login = await load(work, session_id)
    if row is None or login is None or not login.is_live(now()):
        raise RefreshInvalid()
    if rotated is None and not (row.generation == given + 1 and now() - row.rotated_at < GRACE):
        await revoke(work, identity_id=login.identity_id, session_id=session_id, reason="refresh token used twice")
        return None
    return issue(tokens, settings, login, generation=given + 1)


async def is_live(work: UnitOfWork, *, identity_id: str, session_id: str) -> bool:
    """Does the login count? If so, another password comes after this transaction."""
    await work.execute(LOCK_IDENTITY, {"identity_id": identity_id})
    return (await work.execute(statements.IS_LIVE, {"session_id": session_id})).first() is not None


async def list_logins(work: UnitOfWork, *, identity_id: str) -> list[Login]:
    """The live logins of a person, the latest used first."""
    names = Login.__slots__
    found = await work.execute(statements.LIST, {"identity_id": identity_id})
    return [Login(*(row[name] for name in names)) for row in found]


async def revoke(work: UnitOfWork, *, identity_id: str, session_id: str, reason: str) -> None:
    """End a login of this person; NotFound when there is none to end."""
    terms = {"session_id": session_id, "identity_id": identity_id, "reason": reason}
    ended = (await work.execute(statements.REVOKE, terms)).scalars()
    if not ended:
        raise NotFound(what="Session", id=session_id)
    work.touch(SCOPE, ended)


async def revoke_all(
    work: UnitOfWork, *, identity_id: str, reason: str, but: str = "", actor_type: str | None = None
) -> int:
    """End all logins of a person but one (as one actor type, if it is named); how many."""
    terms = {"identity_id": identity_id, "reason": reason, "but": but, "actor_type": actor_type}
    ended = (await work.execute(statements.REVOKE_ALL, terms)).scalars()
    if ended:
        work.touch(SCOPE, ended)
    return len(ended)


async def complete_mfa(work: UnitOfWork, *, session_id: str) -> None:
    """Note that this login's second factor was shown."""
    await work.execute(statements.COMPLETE_MFA, {"session_id": session_id})
    work.touch(SCOPE, (session_id,))


async def prune(work: UnitOfWork) -> None:
    """Forget logins, cookies, tokens and counts that ended KEPT ago."""
    for statement in statements.DELETE_ENDED:
        await work.execute(statement, {"before": now() - KEPT})
    await work.execute(statements.DELETE_ENDED_REDIRECTS)  # nothing is learned from one that has ended
