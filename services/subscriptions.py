"""Reactions to events: a table from topic to functions.

An event is delivered after the commit of what it tells of, at least once, and as a rule in the order of writing; a
function that fails is asked again later and never fails the request that caused the event.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from services.deps import Deps
from services.emails import buyer as emails_buyer
from services.emails import identity as emails_identity
from services.emails import seller as emails_seller
from services.workflows.cancel_at_provider import cancel_at_provider
from utils.masking import log_masked

Reaction = Callable[[Deps, Mapping[str, Any]], Awaitable[None]]

log = log_masked("pasar.events")


async def log_order(deps: Deps, payload: Mapping[str, Any]) -> None:
    """One line an order for the operator."""
    log.debug("order %s placed: %s seller orders", payload["order_id"], len(payload["seller_order_ids"]))


async def cancel_session(deps: Deps, payload: Mapping[str, Any]) -> None:
    """The provider gives up what it holds for a session that has ended."""
    await cancel_at_provider(deps, session_id=payload["session_id"])


SUBSCRIPTIONS: Mapping[str, tuple[Reaction, ...]] = {
    "order.placed": (log_order, emails_buyer.send_confirmation),
    "order.transfer_requested": (emails_buyer.send_transfer_request,),
    "order.canceled": (emails_buyer.send_canceled,),
    "fulfillment.shipped": (emails_buyer.send_shipped,),
    "fulfillment.delivered": (emails_buyer.send_delivered,),
    "payment.session_voided": (cancel_session,),
    "store.kyc_rejected": (emails_seller.send_kyc_rejection,),
    "store.moved": (emails_seller.send_decision,),
    "auth.password_reset": (emails_identity.send_reset,),
    "auth.credential_changed": (emails_identity.send_notice,),
    "auth.verification_requested": (emails_identity.send_verification,),
    "invite.sent": (emails_identity.send_invite,),
}
