"""Log in on another provider's page. The provider is spoken to between transactions, never inside one."""

from dataclasses import dataclass
from typing import cast

from models.identity.commands import AuthorizationResponse
from models.identity.session import Visitor
from models.shared.commands import given
from services.deps import Deps
from services.identity import oauth, rate_limit, reauthentication, session
from services.identity.account import CallbackMissing, IdentityExists
from services.identity.oauth import CallbackRefused, Returned
from services.identity.rate_limit import Limit
from services.infrastructure.database.database import UnitOfWork
from services.providers.login.slot import REDIRECT, Proven, RedirectProvider
from services.workflows import log_in
from services.workflows.log_in import Attempt, Outcome
from services.workflows.login_session import Unauthorized

REDIRECTS = "redirect"


@dataclass(frozen=True, slots=True)
class Wish:
    """How somebody wants to be sent. `binding`: a secret of their browser; `link`: with the identity logged in now."""

    callback_url: str | None = None
    binding: str | None = None
    link: bool = False
    session_id: str | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came back with somebody, and who they are logged in as already: nobody if it is empty."""

    actor_type: str
    provider: str
    response: AuthorizationResponse
    visitor: Visitor
    identity_id: str = ""
    session_id: str = ""


def provider_of(deps: Deps, actor_type: str, provider: str) -> RedirectProvider | None:
    """The provider if it has pages to log in on."""
    log_in.check_door(deps, actor_type, provider)
    found = deps.auth_providers[provider]
    return cast(RedirectProvider, found) if found.flow == REDIRECT else None


async def begin(deps: Deps, attempt: Attempt, wish: Wish, identity_id: str | None) -> Outcome:
    """A login by the provider's own way: a password is looked at, or it is said where to go."""
    provider = provider_of(deps, attempt.actor_type, attempt.provider)
    if provider is None:
        return await log_in.log_in(deps, attempt)
    if wish.link and identity_id is None:
        raise Unauthorized()
    if wish.link:
        async with deps.database.reading() as work:
            await reauthentication.require_proof(work, session_id=wish.session_id)
    pages = deps.settings.auth_callback_urls
    callback_url = pages[0] if wish.callback_url is None and pages else wish.callback_url
    if callback_url not in pages:
        raise CallbackRefused()
    row_id, trip = oauth.new_authorization_request(deps.tokens, callback_url)
    location = await provider.begin(trip)
    await rate_limit.take(deps.database, REDIRECTS, limits(deps, attempt.visitor.address))
    async with deps.database.unit_of_work() as work:
        await oauth.create_authorization_request(
            work,
            row_id=row_id,
            provider=attempt.provider,
            actor_type=attempt.actor_type,
            callback_url=callback_url,
            rotating=attempt.rotating,
            binding=wish.binding,
            link_to=identity_id if wish.link else None,
            address=attempt.visitor.address,
        )
    return Outcome(None, location=location)


async def finish(deps: Deps, arrival: Arrival) -> Outcome:
    """Tokens for whom the provider has proven. The state is used up whatever comes of it."""
    provider = provider_of(deps, arrival.actor_type, arrival.provider)
    if provider is None:
        raise CallbackMissing(provider=arrival.provider)
    async with deps.database.unit_of_work() as work:
        returned = await oauth.use_authorization_request(
            work,
            deps.tokens,
            state=given(arrival.response.state, ""),
            provider=arrival.provider,
            actor_type=arrival.actor_type,
            binding=given(arrival.response.binding, None),
            identity_id=arrival.identity_id,
        )
    proven = await provider.finish(returned.trip, arrival.response.plain())
    await rate_limit.give_back(deps.database, REDIRECTS, limits(deps, returned.address))
    try:
        async with deps.database.unit_of_work() as work:
            return await enter(deps, work, arrival, returned, proven)
    except IdentityExists:  # the person came in by another door at this moment, and is known by now
        async with deps.database.unit_of_work() as work:
            return await enter(deps, work, arrival, returned, proven)


async def enter(deps: Deps, work: UnitOfWork, arrival: Arrival, returned: Returned, proven: Proven) -> Outcome:
    """The login, or the challenge of the second factor that stands before it."""
    if returned.link_to is not None:
        # The login may have been ended while the provider was asked.
        mine = {"identity_id": returned.link_to, "session_id": arrival.session_id}
        if not await session.is_live(work, **mine):
            raise Unauthorized()
    known = await oauth.find_or_create_identity(
        work, provider=arrival.provider, proven=proven, link_to=returned.link_to
    )
    if returned.link_to is not None:
        await reauthentication.notify(work, identity_id=returned.link_to, change="provider_linked")
    attempt = Attempt(arrival.actor_type, arrival.provider, None, None, arrival.visitor, returned.rotating)
    if known.has_mfa:
        return Outcome(None, await log_in.challenge(deps, work, known, attempt))
    return Outcome(await log_in.open_login(deps, work, known.identity_id, attempt))


def limits(deps: Deps, address: str) -> dict[str, Limit]:
    """People of one address who were sent away and have not come back."""
    return {rate_limit.from_address(address): Limit(deps.settings.login_tries_per_address)}
