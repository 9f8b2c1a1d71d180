"""E-mails to buyers about their orders. The tokens in them are made when the e-mail is, and stand in it alone."""

from collections.abc import Mapping
from typing import Any

from models.order.fulfillment import Fulfillment
from models.order.order import Order
from services.deps import Deps
from services.infrastructure.database.database import UnitOfWork
from services.order import history as order_history
from services.order import order as order_service
from services.order import transfer
from services.providers.notification.slot import Message
from services.seller.cache import SELLERS
from utils.money import to_major

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
        order = await order_service.get_order(work, order_id=payload["order_id"])
    token = order_service.access_token(deps.tokens, order)
    text = f"{bought(order)}\n\nWith this token the order can be looked at without a login:\n\n{token}\n"
    subject, data = f"Your order {order.display_id}", {"token": token, "order_id": order.id}
    await _send(deps, order, f"order-placed-{order.id}", "order-placed", subject, text, **data)


def bought(order: Order) -> str:
    """The order's lines and total, as text."""
    currency = order.currency_code
    lines = [
        f"{line.quantity} x {line.snapshot.title}, {line.snapshot.variant_title}: {_money(line.totals.total, currency)}"
        for line in order.lines
    ]
    return "\n".join([*lines, f"Total: {_money(order.total, currency)}"])


def _money(amount: int, currency: str) -> str:
    return f"{to_major(amount, currency)} {currency.upper()}"


async def send_shipped(deps: Deps, payload: Mapping[str, Any]) -> None:
    """A parcel is on its way: what is in it, and how to follow it."""
    async with deps.database.reading() as work:
        order = await order_service.get_order(work, order_id=payload["order_id"])
        seller = await _seller(work, order, payload)
    parcel = next(each for each in order.fulfillments if each.id == payload["fulfillment_id"])
    tracking = "".join(f"\n{label.tracking_number} {label.tracking_url}".rstrip() for label in parcel.labels)
    followed = f"\n\nFollow it by:{tracking}" if tracking else ""
    text = f"{seller} has sent a parcel of your order {order.display_id}:\n\n{_contents(order, parcel)}{followed}\n"
    await _send(deps, order, f"shipped-{parcel.id}", "order-shipped", "Your parcel is on its way", text)


async def send_delivered(deps: Deps, payload: Mapping[str, Any]) -> None:
    """A parcel has come, as its seller says."""
    async with deps.database.reading() as work:
        order = await order_service.get_order(work, order_id=payload["order_id"])
        seller = await _seller(work, order, payload)
    parcel = next(each for each in order.fulfillments if each.id == payload["fulfillment_id"])
    text = f"The parcel of {seller} from your order {order.display_id} has come:\n\n{_contents(order, parcel)}\n"
    await _send(deps, order, f"delivered-{parcel.id}", "order-delivered", "Your parcel has come", text)


async def send_canceled(deps: Deps, payload: Mapping[str, Any]) -> None:
    """Pieces will not come: which, why, and what is owed no more."""
    async with deps.database.reading() as work:
        order = await order_service.get_order(work, order_id=payload["order_id"])
        seller = await _seller(work, order, payload)
        change = await order_history.get_change(work, change_id=payload["change_id"])
    titles = {line.id: line.snapshot.title for line in order.lines}
    pieces = "\n".join(f"{quantity} x {titles[line_id]}" for line_id, quantity in change.data["items"].items())
    amount = _money(change.data["amount"], order.currency_code)
    text = (
        f"{seller} cannot send these pieces of your order {order.display_id}:\n\n{pieces}\n\n"
        f"The reason: {change.reason}\nYou do not owe {amount} of the order's total any more.\n"
    )
    await _send(deps, order, f"canceled-{change.id}", "order-canceled", "A part of your order was canceled", text)


async def _seller(work: UnitOfWork, order: Order, payload: Mapping[str, Any]) -> str:
    sellers = await work.snapshot(SELLERS)
    part = next(part for part in order.seller_orders if part.id == payload["seller_order_id"])
    return sellers.by_id[part.seller_id].name


def _contents(order: Order, parcel: Fulfillment) -> str:
    titles = {line.id: line.snapshot.title for line in order.lines}
    return "\n".join(f"{item.quantity} x {titles[item.order_line_id]}" for item in parcel.items)


async def _send(deps: Deps, order: Order, key: str, template: str, subject: str, text: str, **data: str) -> None:
    if order.email:
        known = {"display_id": str(order.display_id), **data}
        await deps.notifications.send(Message(key, order.email, template, subject, text, known))
