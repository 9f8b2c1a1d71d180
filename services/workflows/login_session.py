"""Keep a login, show that an address is one's own, log out."""

from collections.abc import Mapping
from typing import Any

from models.identity.account import EMAILPASS, Entity, address_of
from models.identity.principal import Principal
from models.identity.session import Visitor
from models.shared.events import VerificationAsked
from services.deps import Deps
from services.identity import account, rate_limit, session
from services.identity.account import VERIFICATION, CodeInvalid
from services.identity.rate_limit import Limit
from services.identity.session import Issued, RefreshInvalid
from services.infrastructure.database.database import UnitOfWork
from utils.errors import AppError, NotFound

VERIFY = "verify"
MAILS_PER_IDENTITY, CODES_PER_ADDRESS = Limit(5), Limit(60)
HIDDEN = ("sid", "aud", "iss")


class Unauthorized(AppError):
    code, kind, message = "unauthorized", "unauthorized", "Unauthorized"


async def refresh(deps: Deps, *, who: Principal, refresh_token: str | None) -> Issued:
    """The next tokens of a refresh token, or a fresh token of the login that is there, for the actor it has by now.

    A rotating login is refreshed by its refresh token only: else whoever finds one short token has them all.
    """
    if refresh_token is not None:
        async with deps.database.unit_of_work() as work:
            issued = await session.refresh(work, deps.tokens, deps.settings, token=refresh_token)
        if issued is None:
            raise RefreshInvalid()
        return issued
    if who.session_id is None:
        raise Unauthorized()
    async with deps.database.reading() as work:
        login = await session.load(work, who.session_id)
    if login is None or login.kind == "rotating":
        raise Unauthorized()
    return session.issue(deps.tokens, deps.settings, login)


def claims_of(deps: Deps, token: str) -> Mapping[str, Any]:
    """What a bearer token says of its person."""
    claims = deps.tokens.read(token)
    if claims is None:  # a cookie opens no other cookie
        raise Unauthorized()
    return {name: value for name, value in claims.whole.items() if name not in HIDDEN}


async def log_out(deps: Deps, *, who: Principal, cookie: str | None) -> None:
    """End the login, in whatever way it was shown; silent when there was none."""
    ended = who.identity_id is not None and who.session_id is not None
    if who.identity_id is not None and who.session_id is not None:
        async with deps.database.unit_of_work() as work:
            await end(work, identity_id=who.identity_id, session_id=who.session_id)
    if cookie:
        try:
            await deps.cookies.drop(cookie)
        except AppError:
            if not ended:  # else the cookie stands for a login that has ended, and opens nothing
                raise


async def end(work: UnitOfWork, *, identity_id: str, session_id: str) -> None:
    try:
        await session.revoke(work, identity_id=identity_id, session_id=session_id, reason="logged out")
    except NotFound:  # logged out by two requests at once
        return


async def ask_verification(deps: Deps, *, identity_id: str, entity_id: str, visitor: Visitor) -> Entity:
    """Note that a code is to be mailed to the address, which must be the person's own."""
    email = address_of(entity_id)
    async with deps.database.reading() as work:
        known = await account.find_known(work, provider=EMAILPASS, entity_id=email)
    if known is None or known.identity_id != identity_id:
        raise NotFound(what="Identity", id=entity_id)
    await rate_limit.take(deps.database, VERIFY, {f"identity {identity_id}": MAILS_PER_IDENTITY})
    async with deps.database.unit_of_work() as work:
        work.emit(VerificationAsked(identity_id=identity_id, entity_id=email))
    return Entity(EMAILPASS, email, known.verified_at)


async def confirm_verification(deps: Deps, *, code: str, visitor: Visitor) -> Entity:
    """The address of the code is its holder's; CodeInvalid for a code that is none or was used."""
    token_id = deps.tokens.row_of(VERIFICATION, code)
    if token_id is None:
        await rate_limit.take(deps.database, VERIFY, {rate_limit.from_address(visitor.address): CODES_PER_ADDRESS})
        raise CodeInvalid()
    async with deps.database.unit_of_work() as work:
        return await account.verify(work, token_id=token_id)
