"""Reactions to events: a table from topic to functions.

An event is delivered after the commit of what it tells of, at least once, and as a rule in the order of writing; a
function that fails is asked again later and never fails the request that caused the event.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from services import letters, order_letters
from services.deps import Deps

Reaction = Callable[[Deps, Mapping[str, Any]], Awaitable[None]]

log = logging.getLogger("pasar.events")


async def log_order(deps: Deps, payload: Mapping[str, Any]) -> None:
    """One line an order for the operator."""
    log.debug("order %s placed: %s store orders", payload["order_id"], len(payload["store_order_ids"]))


SUBSCRIPTIONS: Mapping[str, tuple[Reaction, ...]] = {
    "order.placed": (log_order,),
    "order.transfer_requested": (order_letters.send_transfer_request,),
    "auth.password_reset": (letters.send_reset,),
    "auth.verification_requested": (letters.send_verification,),
}
