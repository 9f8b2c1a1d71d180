"""Mails about orders. The tokens in them are made when the mail is, and stand in it alone."""

from collections.abc import Mapping
from typing import Any

from models.order import Order
from services import transaction, transfer
from services.deps import Deps
from services.gateways.notifications import Message
from utils.money import to_wire

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


async def send_confirmation(deps: Deps, payload: Mapping[str, Any]) -> None:
    """What was bought, and the token that shows the order without a login."""
    async with deps.database.reading() as work:
        order = await transaction.reach(work, order_id=payload["order_id"])
    if order.email is None:
        return
    token = transaction.letter_token(deps.tokens, order)
    text = f"{bought(order)}\n\nWith this token the order can be looked at without a login:\n\n{token}\n"
    key, data = f"order-placed-{order.id}", {"token": token, "order_id": order.id}
    await deps.notifications.send(
        Message(key, order.email, "order-placed", f"Your order {order.display_id}", text, data)
    )


def bought(order: Order) -> str:
    """The order's lines and total, as text."""
    currency = order.currency_code
    lines = [
        f"{line.quantity} x {line.snapshot.title}, {line.snapshot.variant_title}: "
        f"{to_wire(line.totals.total, currency)} {currency.upper()}"
        for line in order.lines
    ]
    return "\n".join([*lines, f"Total: {to_wire(order.total, currency)} {currency.upper()}"])
