"""Mails about orders. The tokens in them are made when the mail is, and stand in it alone."""

from collections.abc import Mapping
from typing import Any

from services import transfer
from services.deps import Deps
from services.gateways.notifications import Message

TEXT = (
    "Somebody with an account asks that order {order_id} be moved there. If that is you, accept with this token; "
    "if not, decline with it, or do nothing: the order stays as it is."
)


async def send_transfer_request(deps: Deps, payload: Mapping[str, Any]) -> None:
    """To the address of the order, never to whoever asks for it."""
    async with deps.database.unit_of_work() as work:
        made = await transfer.make_token(work, transfer_id=payload["transfer_id"])
    if made is not None:
        token, email, order_id = made
        text = f"{TEXT.format(order_id=order_id)}\n\n{token}\n"
        key, data = f"order-transfer-{payload['transfer_id']}", {"token": token, "order_id": order_id}
        await deps.notifications.send(
            Message(key, email, "order-transfer", "Move your order to an account?", text, data)
        )
