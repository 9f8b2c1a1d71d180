"""Handing an order over: a customer asks for it, and whoever gets the e-mail sent to the order's address decides."""

import secrets
from datetime import timedelta
from hmac import compare_digest

from models.identity.principal import Principal
from models.order import transfer as transfers
from models.order.commands import AcceptTransfer, RequestTransfer
from models.order.order import Order
from models.order.transfer import (
    AlreadyOwner,
    NoTransfer,
    NotYourTransfer,
    Transfer,
    TransferPending,
    TransferTokenInvalid,
)
from models.shared.events import OrderTransferRequested
from services.customer import customer
from services.infrastructure.database.database import UnitOfWork
from services.order import order as order_service
from utils.clock import now
from utils.ids import new_id

TOKEN_BYTES = 32
VALID_FOR = timedelta(days=14)


async def request(work: UnitOfWork, *, who: Principal, order_id: str, command: RequestTransfer) -> Order:
    """Ask that the order becomes the caller's; a token goes to the address of the order.

    The description is kept with the request and sent to nobody: a stranger could have written it.
    """
    claimant = await customer.get_customer(work, customer_id=who.customer_id)
    await work.execute(transfers.LOCK_ORDER, {"id": order_id})
    order = await order_service.get_owned_order(work, who=who, order_id=order_id)
    if order.customer_id == claimant.id:
        raise AlreadyOwner(order_id=order_id, customer_id=claimant.id)
    pending = await _pending(work, order_id)
    if pending is not None and pending.expires_at > now():
        raise TransferPending(order_id=order_id)
    if pending is not None:
        await work.execute(transfers.DECIDE, {"transfer_id": pending.id, "status": "expired"})
    transfer_id, moment = new_id("ordtf"), now()
    row = {
        "id": transfer_id,
        "order_id": order_id,
        "customer_id": claimant.id,
        "original_email": order.email,
        "description": command.description,
        "created_at": moment,
        "updated_at": moment,
        "expires_at": moment + VALID_FOR,
    }
    await work.execute(transfers.INSERT_TRANSFER, row)
    work.emit(OrderTransferRequested(transfer_id, order_id, claimant.id))
    return order


async def make_token(work: UnitOfWork, *, transfer_id: str) -> tuple[str, str, str] | None:
    """A fresh token for a pending transfer, the address it goes to and the order's id; an earlier token is void.

    None when the transfer is decided already, or when the order knows no address.
    """
    token = f"{transfer_id}.{secrets.token_urlsafe(TOKEN_BYTES)}"
    terms = {"transfer_id": transfer_id, "token_hash": transfers.hash_of(token)}
    row = (await work.execute(transfers.SET_TOKEN, terms)).first()
    return None if row is None or row.original_email is None else (token, row.original_email, row.order_id)


async def accept(work: UnitOfWork, *, order_id: str, command: AcceptTransfer) -> Order:
    """Make the order the asker's, and its address too where that is asked for; the token is the right to decide."""
    transfer = await _decided(work, order_id, command.token, "confirmed")
    email = None
    if command.update_order_email:
        email = (await customer.get_customer(work, customer_id=transfer.customer_id)).email
    terms = {"order_id": order_id, "new_owner": transfer.customer_id, "new_email": email}
    await work.execute(transfers.HAND_OVER, terms)
    return await order_service.get_order(work, order_id=order_id)


async def decline(work: UnitOfWork, *, order_id: str, token: str) -> Order:
    """The order stays whose it is."""
    await _decided(work, order_id, token, "declined")
    return await order_service.get_order(work, order_id=order_id)


async def cancel(work: UnitOfWork, *, who: Principal, order_id: str) -> Order:
    """Whoever asked takes it back."""
    await work.execute(transfers.LOCK_ORDER, {"id": order_id})
    order = await order_service.get_owned_order(work, who=who, order_id=order_id)
    pending = await _pending(work, order_id)
    if pending is None:
        raise NoTransfer()
    if pending.customer_id != who.customer_id:
        raise NotYourTransfer()
    await work.execute(transfers.DECIDE, {"transfer_id": pending.id, "status": "canceled"})
    return order


async def _pending(work: UnitOfWork, order_id: str) -> Transfer | None:
    row = (await work.execute(transfers.OPEN_TRANSFER, {"order_id": order_id})).first()
    return None if row is None else Transfer(**dict(row.items()))


async def _decided(work: UnitOfWork, order_id: str, token: str, status: str) -> Transfer:
    """The transfer that the token decides. An unknown order, none pending and a wrong token answer alike."""
    await work.execute(transfers.LOCK_ORDER, {"id": order_id})
    pending = await _pending(work, order_id)
    known = pending.token_hash if pending is not None and pending.token_hash is not None else ""
    if not compare_digest(known, transfers.hash_of(token)) or pending is None or pending.expires_at <= now():
        raise TransferTokenInvalid()
    await work.execute(transfers.DECIDE, {"transfer_id": pending.id, "status": status})
    return pending
