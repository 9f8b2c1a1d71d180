"""Prove anew who one is, in a login that is there already."""

from dataclasses import dataclass
from datetime import datetime

from msgspec import UNSET

from models.identity.account import EMAILPASS
from models.identity.commands import Prove
from services.deps import Deps
from services.identity import account, mfa, rate_limit, reauthentication, session
from services.identity.account import CredentialsInvalid
from services.identity.mfa import CodeRequired
from services.identity.rate_limit import Limit
from services.workflows.log_in import LOGIN, guard
from utils.clock import now
from utils.errors import AppError

PROOF = "proof"
PASSWORDS_PER_IDENTITY = Limit(10)


class NothingShown(AppError):
    code, kind = "proof_missing", "invalid"
    message = "Show the password, or a code of the second factor."


@dataclass(frozen=True, slots=True)
class Login:
    """Whose login is to be proven."""

    identity_id: str
    session_id: str


async def prove(deps: Deps, login: Login, command: Prove) -> datetime:
    """Prove a login anew; the moment until which it may change what opens the account.

    CodeRequired for a password where a second factor is enabled; CredentialsInvalid or CodeWrong for what is not right.
    """
    if command.code is not UNSET:
        await _by_code(deps, login, command.method, command.code)
    elif command.password is not UNSET:
        await _by_password(deps, login, command.password)
    else:
        raise NothingShown()
    return now() + reauthentication.FRESH


async def _by_code(deps: Deps, login: Login, method: str, code: str) -> None:
    guarded = await guard(deps, f"{login.identity_id} logged in")
    async with deps.database.unit_of_work() as work:
        await mfa.verify_code(work, deps.tokens, identity_id=login.identity_id, method=method, code=code)
        await session.complete_mfa(work, session_id=login.session_id)
    await rate_limit.give_back(deps.database, LOGIN, guarded)


async def _by_password(deps: Deps, login: Login, password: str) -> None:
    async with deps.database.reading() as work:
        entity = await account.find_entity(work, identity_id=login.identity_id)
        known = (
            await account.find_known(work, provider=EMAILPASS, entity_id=entity.entity_id)
            if entity is not None and entity.provider == EMAILPASS
            else None
        )
    if known is not None and known.has_mfa:
        raise CodeRequired("You have a second factor: show a code of it, not the password.")
    counted = {f"identity {login.identity_id}": PASSWORDS_PER_IDENTITY}
    await rate_limit.take(deps.database, PROOF, counted)
    is_right = await deps.passwords.check(password, known.password_hash if known else None)
    if known is None or not is_right:
        raise CredentialsInvalid("The password is not the one of this account.")
    async with deps.database.unit_of_work() as work:
        await account.lock_password(work, known=known)
        await reauthentication.record_proof(work, session_id=login.session_id)
    await rate_limit.give_back(deps.database, PROOF, counted)
