"""Reactions to events: a table from topic to functions.

An event is delivered after the commit of what it tells of, at least once, and as a rule in the order of writing; a
function that fails is asked again later and never fails the request that caused the event.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from services import letters, order_letters, store_letters
from services.deps import Deps
from services.flows.cancel_payment_session import cancel_payment_session
from utils.masking import log_masked

Reaction = Callable[[Deps, Mapping[str, Any]], Awaitable[None]]

log = log_masked("pasar.events")


async def log_order(deps: Deps, payload: Mapping[str, Any]) -> None:
    """One line an order for the operator."""
    log.debug("order %s placed: %s store orders", payload["order_id"], len(payload["store_order_ids"]))


async def cancel_session(deps: Deps, payload: Mapping[str, Any]) -> None:
    """The provider gives up what it holds for a session that has ended."""
    await cancel_payment_session(deps, session_id=payload["session_id"])


SUBSCRIPTIONS: Mapping[str, tuple[Reaction, ...]] = {
    "order.placed": (log_order, order_letters.send_confirmation),
    "order.transfer_requested": (order_letters.send_transfer_request,),
    "order.canceled": (order_letters.send_canceled,),
    "fulfillment.shipped": (order_letters.send_shipped,),
    "fulfillment.delivered": (order_letters.send_delivered,),
    "payment.session_voided": (cancel_session,),
    "store.kyc_rejected": (store_letters.send_kyc_rejection,),
    "store.moved": (store_letters.send_decision,),
    "auth.password_reset": (letters.send_reset,),
    "auth.credential_changed": (letters.send_notice,),
    "auth.verification_requested": (letters.send_verification,),
    "invite.sent": (letters.send_invite,),
}
