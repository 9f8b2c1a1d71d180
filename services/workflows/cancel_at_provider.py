"""Giving a payment session up at its provider, after the commit that ended it; as often as its event is delivered."""

from services.deps import Deps
from services.payment import payment
from services.providers.payment.ports import Snapshot
from utils.masking import log_masked

log = log_masked("pasar.payment")


async def cancel_at_provider(deps: Deps, *, session_id: str) -> None:
    """Cancel a session that has ended and paid for no order; any other is left alone."""
    async with deps.database.reading() as work:
        session = await payment.unused_session(work, session_id=session_id)
    if session is None:
        return
    provider = deps.payments.get(session.provider_id)
    if provider is None:
        log.error("payment session %s needs review: %s is not installed", session_id, session.provider_id)
        return
    left = await provider.cancel(session_id, Snapshot("pending", session.amount, session.currency_code))
    if left.state != "canceled":
        log.error("payment session %s needs review: it ended, and %s says %s", session_id, provider.id, left.state)
