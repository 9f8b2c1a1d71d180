"""Handing an order over to another customer: asked for with a login, decided by whoever holds the token."""

from datetime import datetime
from hashlib import sha256

import msgspec
from sqlalchemy import (
    Text,
    bindparam,
    func,
    insert,
    select,
    update,
)

from models.schema.order import order, order_transfer
from utils.errors import AppError
from utils.sql import Prepared


class TransferPending(AppError):
    code, kind = "order_transfer_pending", "invalid"
    message = "Order ({order_id}) already has an existing active order change"


class AlreadyOwner(AppError):
    code, kind = "order_transfer_own_order", "invalid"
    message = "Order: {order_id} already belongs to customer: {customer_id}"


class NoTransfer(AppError):
    code, kind = "order_transfer_not_found", "invalid"
    message = "An active Order Change is required to proceed"


class TransferTokenInvalid(AppError):
    code, kind = "order_transfer_token_invalid", "not_allowed"
    message = "Invalid token."


class NotYourTransfer(AppError):
    code, kind = "order_transfer_foreign", "not_allowed"
    message = "This customer is not allowed to cancel the transfer."


class Transfer(msgspec.Struct):
    """A transfer that waits for its decision."""

    id: str
    order_id: str
    customer_id: str
    token_hash: str | None
    expires_at: datetime


def hash_of(token: str) -> str:
    """What is kept of a token: tokens are 256 random bits, so one round is enough."""
    return sha256(token.encode()).hexdigest()


_open = order_transfer.c.status == "requested"
INSERT_TRANSFER = Prepared(
    insert(order_transfer),
    *("id", "order_id", "customer_id", "original_email", "description", "created_at", "updated_at", "expires_at"),
)
# The order is locked by whoever asks for, decides or withdraws a transfer of it: they come one after the other.
LOCK_ORDER = Prepared(select(order.c.id).where(order.c.id == bindparam("id")).with_for_update())
OPEN_TRANSFER = Prepared(
    select(
        order_transfer.c.id,
        order_transfer.c.order_id,
        order_transfer.c.customer_id,
        order_transfer.c.token_hash,
        order_transfer.c.expires_at,
    ).where(order_transfer.c.order_id == bindparam("order_id"), _open)
)
SET_TOKEN = Prepared(
    update(order_transfer)
    .where(order_transfer.c.id == bindparam("transfer_id"), _open)
    .values(token_hash=bindparam("token_hash"), updated_at=func.now())
    .returning(order_transfer.c.original_email, order_transfer.c.order_id)
)
DECIDE = Prepared(
    update(order_transfer)
    .where(order_transfer.c.id == bindparam("transfer_id"), _open)
    .values(decided_at=func.now(), updated_at=func.now()),
    "status",
)
HAND_OVER = Prepared(
    update(order)
    .where(order.c.id == bindparam("order_id"))
    .values(
        customer_id=bindparam("new_owner"),
        email=func.coalesce(bindparam("new_email", type_=Text), order.c.email),
        version=order.c.version + 1,
        updated_at=func.now(),
    ),
)
