"""Register, log in, forget and change a password. Passwords are worked on between transactions, never inside one."""

from dataclasses import dataclass, replace
from datetime import datetime

from msgspec import UNSET

from models.identity.account import EMAILPASS, Known, address_of, check_password
from models.identity.commands import CreateRecoveryCodes, VerifyChallenge
from models.identity.identity import ACTOR_TYPES
from models.identity.session import Visitor
from models.shared.events import ResetAsked
from services.deps import Deps
from services.identity import account, known_location, mfa, oauth, rate_limit, reauthentication, session
from services.identity.account import (
    RESET,
    ActorTypeUnknown,
    CredentialMissing,
    CredentialsInvalid,
    IdentityExists,
    NoPassword,
    ProviderUnknown,
    TokenInvalid,
)
from services.identity.rate_limit import Limit
from services.identity.session import Issued
from services.infrastructure.database.database import UnitOfWork
from services.providers.login.slot import FORM
from utils.clock import now

LOGIN, RESETS = "login", "reset"
CODES_PER_IDENTITY = Limit(10)
RESETS_PER_ADDRESS, RESETS_PER_ENTITY = Limit(60), Limit(3)


@dataclass(frozen=True, slots=True)
class Attempt:
    """Who says to be whom, and from where. `rotating`: the client wants short tokens and refresh tokens."""

    actor_type: str
    provider: str
    email: str | None
    password: str | None
    visitor: Visitor
    rotating: bool = False
    identity_id: str | None = None  # of a login that is there already


@dataclass(frozen=True, slots=True)
class Outcome:
    """A login's tokens, the challenge that stands before it, or the page on which it goes on."""

    issued: Issued | None
    challenge: mfa.Challenge | None = None
    location: str | None = None


def check_door(deps: Deps, actor_type: str, provider: str) -> None:
    if provider not in deps.auth_providers:
        raise ProviderUnknown(provider=provider)
    if actor_type not in ACTOR_TYPES:
        raise ActorTypeUnknown(actor_type=actor_type)


def check_form(deps: Deps, actor_type: str, provider: str) -> None:
    """For what only a provider with passwords can do."""
    check_door(deps, actor_type, provider)
    if deps.auth_providers[provider].flow != FORM:
        raise NoPassword(provider=provider)


def credentials(deps: Deps, attempt: Attempt) -> tuple[str, str]:
    """Address and password of an attempt; which one is missing is told as the Store API does."""
    check_form(deps, attempt.actor_type, attempt.provider)
    if not attempt.password:
        raise CredentialMissing(name="Password")
    if not attempt.email:
        raise CredentialMissing(name="Email")
    return address_of(attempt.email), attempt.password


def limits(deps: Deps, email: str, place: str, visitor: Visitor) -> dict[str, Limit]:
    """What a try is counted for: the account at this place, where strangers all share one, and the client's address."""
    return {
        f"account {email}{place}": Limit(deps.settings.login_tries),
        rate_limit.from_address(visitor.address): Limit(deps.settings.login_tries_per_address),
    }


async def look_up(deps: Deps, email: str, attempt: Attempt) -> tuple[Known | None, dict[str, Limit]]:
    """Whose address it is, and what a try is counted for, which is counted by then."""
    async with deps.database.reading() as work:
        known = await account.find_known(work, provider=EMAILPASS, entity_id=email)
        place = await known_location.find_of_email(work, email=email, visitor=attempt.visitor)
    if known is not None and known.identity_id == attempt.identity_id:
        place = " logged in"
    allowed = limits(deps, email, place, attempt.visitor)
    await rate_limit.take(deps.database, LOGIN, allowed)
    return known, allowed


async def register(deps: Deps, attempt: Attempt) -> Issued:
    """A new identity, or the known one that becomes another actor. Its token lets it become a customer (seller, ...).

    What is told of an address is rated like a login: a registration that succeeds, and so tells that the address was
    new, stays counted for the client's address, too.
    """
    email, password = credentials(deps, attempt)
    check_password(password, email)
    known, allowed = await look_up(deps, email, attempt)
    if known is not None:
        # Whoever shows the right password learns nothing by being let in.
        if not await deps.passwords.check(password, known.password_hash):
            raise IdentityExists()
        if attempt.actor_type in known.actor_types or known.has_mfa:
            raise IdentityExists()
    fresh = await deps.passwords.hash(password) if known is None else ""
    anywhere = replace(attempt, visitor=replace(attempt.visitor, device=None))  # no place that is known by a login
    async with deps.database.unit_of_work() as work:
        if known is not None:
            await account.lock_password(work, known=known)
        identity_id = (
            known.identity_id if known else await account.create_identity(work, entity_id=email, password_hash=fresh)
        )
        issued = await open_login(deps, work, identity_id, anywhere)
    address = rate_limit.from_address(attempt.visitor.address)
    await rate_limit.give_back(deps.database, LOGIN, [what for what in allowed if known is not None or what != address])
    return issued


async def log_in(deps: Deps, attempt: Attempt) -> Outcome:
    """Tokens for the right password; CredentialsInvalid alike for a wrong one and for nobody's address."""
    email, password = credentials(deps, attempt)
    known, allowed = await look_up(deps, email, attempt)
    is_right = await deps.passwords.check(password, known.password_hash if known else None)
    if known is None or not is_right:
        raise CredentialsInvalid()
    await rate_limit.give_back(deps.database, LOGIN, allowed)
    async with deps.database.unit_of_work() as work:
        await account.lock_password(work, known=known)
        if known.has_mfa:
            return Outcome(None, await challenge(deps, work, known, attempt))
        return Outcome(await open_login(deps, work, known.identity_id, attempt))


async def challenge(deps: Deps, work: UnitOfWork, known: Known, attempt: Attempt) -> mfa.Challenge:
    """What stands between a first factor that was right and the login."""
    terms = {"actor_type": attempt.actor_type, "provider": attempt.provider, "rotating": attempt.rotating}
    whose = {"identity_id": known.identity_id, "entity_id": known.entity_id}
    return await mfa.create_challenge(work, deps.tokens, **whose, terms=terms)


async def open_login(
    deps: Deps, work: UnitOfWork, identity_id: str, attempt: Attempt, mfa_completed_at: datetime | None = None
) -> Issued:
    login = await session.create(
        work,
        deps.settings,
        identity_id=identity_id,
        actor_type=attempt.actor_type,
        provider=attempt.provider,
        rotating=attempt.rotating,
        visitor=attempt.visitor,
        mfa_completed_at=mfa_completed_at,
    )
    if deps.auth_providers[attempt.provider].flow == FORM:
        return session.issue(deps.tokens, deps.settings, login)
    told = await oauth.get_user_metadata(work, identity_id=identity_id, provider=attempt.provider)
    return session.issue(deps.tokens, deps.settings, login, user_metadata=told)


async def forget_password(deps: Deps, *, actor_type: str, provider: str, identifier: str, visitor: Visitor) -> None:
    """Note that a mail was asked for. Whether the address is anybody's is looked up later, where nobody can measure."""
    check_form(deps, actor_type, provider)
    email = address_of(identifier)
    await rate_limit.take(deps.database, RESETS, {rate_limit.from_address(visitor.address): RESETS_PER_ADDRESS})
    try:
        await rate_limit.take(deps.database, RESETS, {f"account {email}": RESETS_PER_ENTITY})
    except rate_limit.TooManyAttempts:
        return
    async with deps.database.unit_of_work() as work:
        work.emit(ResetAsked(entity_id=email, actor_type=actor_type))


async def change_password(
    deps: Deps, *, actor_type: str, provider: str, token: str, password: str | None, visitor: Visitor
) -> None:
    """A new password for the holder of a reset token, once; all logins end, and what strangers tried is forgotten."""
    check_form(deps, actor_type, provider)
    token_id = deps.tokens.row_of(RESET, token)
    if token_id is None:
        raise TokenInvalid()
    if not password:
        raise CredentialMissing(name="Password")
    async with deps.database.reading() as work:
        email = await account.find_token_entity(work, purpose=RESET, token_id=token_id)
    if email is None:
        raise TokenInvalid()
    check_password(password, email)
    fresh = await deps.passwords.hash(password)
    async with deps.database.unit_of_work() as work:
        terms = {"password_hash": fresh, "address": visitor.address}
        identity_id = await account.set_password(work, token_id=token_id, **terms)
        await reauthentication.notify(work, identity_id=identity_id, change="password")
        await rate_limit.reset(work, LOGIN, f"account {email}")


async def meet_challenge(
    deps: Deps, *, challenge_id: str, token: str, command: VerifyChallenge, visitor: Visitor
) -> Issued:
    """The second half of a login: a code of the second factor. A wrong one counts, whatever becomes of the request."""
    async with deps.database.unit_of_work() as work:
        passed = await mfa.count_attempt(work, deps.tokens, challenge_id=challenge_id, token=token)
    async with deps.database.reading() as work:
        place = await known_location.find_of_identity(work, identity_id=passed.identity_id, visitor=visitor)
    guarded = await guard(deps, f"{passed.identity_id}{place}")
    terms = passed.terms
    async with deps.database.unit_of_work() as work:
        await mfa.pass_challenge(work, deps.tokens, passed=passed, challenge_id=challenge_id, **command.plain())
        attempt = Attempt(terms["actor_type"], terms["provider"], None, None, visitor, terms["rotating"])
        issued = await open_login(deps, work, passed.identity_id, attempt, mfa_completed_at=now())
    await rate_limit.give_back(deps.database, LOGIN, guarded)
    return issued


async def enable_factor(deps: Deps, *, identity_id: str, session_id: str, factor_id: str, code: str) -> mfa.Factor:
    """The factor, enabled by its first code."""
    guarded = await guard(deps, f"{identity_id} logged in")
    terms = {"identity_id": identity_id, "session_id": session_id, "factor_id": factor_id, "code": code}
    async with deps.database.unit_of_work() as work:
        await reauthentication.require_proof(work, session_id=session_id)
        factor = await mfa.enable(work, deps.tokens, **terms)
        await reauthentication.notify(work, identity_id=identity_id, change="factor_added")
    await rate_limit.give_back(deps.database, LOGIN, guarded)
    return factor


async def disable_factor(deps: Deps, *, identity_id: str, factor_id: str, method: str, code: str) -> mfa.Factor:
    """The factor that is no more."""
    guarded = await guard(deps, f"{identity_id} logged in")
    terms = {"identity_id": identity_id, "factor_id": factor_id, "method": method, "code": code}
    async with deps.database.unit_of_work() as work:
        factor = await mfa.disable(work, deps.tokens, **terms)
        if factor.status == "enabled":
            await reauthentication.notify(work, identity_id=identity_id, change="factor_removed")
    await rate_limit.give_back(deps.database, LOGIN, guarded)
    return factor


async def make_codes(deps: Deps, *, identity_id: str, session_id: str, command: CreateRecoveryCodes) -> list[str]:
    """Create recovery codes; a code that is shown for them counts as an attempt."""
    guarded = await guard(deps, f"{identity_id} logged in") if command.code is not UNSET else {}
    async with deps.database.unit_of_work() as work:
        codes = await mfa.create_recovery_codes(
            work, deps.tokens, identity_id=identity_id, session_id=session_id, **command.plain()
        )
        await reauthentication.notify(work, identity_id=identity_id, change="recovery_codes")
    await rate_limit.give_back(deps.database, LOGIN, guarded)
    return codes


async def guard(deps: Deps, whose: str) -> dict[str, Limit]:
    """Count a try of a second factor's code; those of strangers, of known places and of logins apart."""
    guarded = {f"mfa {whose}": CODES_PER_IDENTITY}
    await rate_limit.take(deps.database, LOGIN, guarded)
    return guarded
