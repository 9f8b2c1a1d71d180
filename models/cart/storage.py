"""How carts are stored: the statements that load a cart whole, lock it, and write its row."""

import msgspec
from sqlalchemy import (
    Text,
    bindparam,
    cast,
    func,
    insert,
    literal_column,
    select,
    update,
)

from models.cart.cart import Cart
from models.customer.customer import GROUPS_OF_CUSTOMER, is_open_to
from models.schema.base import json_list, json_of
from models.schema.cart import cart
from models.schema.customer import customer
from models.schema.journal import change_counter
from models.schema.payment import payment_collection, payment_session
from utils.sql import Prepared

_live_sessions = (
    select(func.json_agg(json_of(payment_session)))
    .where(payment_session.c.payment_collection_id == payment_collection.c.id, payment_session.c.voided_at.is_(None))
    .correlate(payment_collection)
    .scalar_subquery()
)
_payment = (
    select(json_of(payment_collection, payment_sessions=json_list(_live_sessions)))
    .where(payment_collection.c.cart_id == cart.c.id)
    .correlate(cart)
    .scalar_subquery()
)
_customer = (
    select(
        json_of(
            id=customer.c.id,
            email=customer.c.email,
            has_account=customer.c.has_account,
            group_ids=func.coalesce(GROUPS_OF_CUSTOMER, literal_column("'[]'::jsonb")),
        )
    )
    .where(customer.c.id == cart.c.customer_id)
    .correlate(cart)
    .scalar_subquery()
)
_counters = select(func.json_object_agg(change_counter.c.scope, change_counter.c.version)).scalar_subquery()

# The version as the statement's snapshot has it, whatever the row is by the time it is locked.
_seen = cart.alias("seen")
_seen_version = select(_seen.c.version).where(_seen.c.id == cart.c.id).correlate(cart).scalar_subquery()
_parts = {"payment": _payment, "customer": _customer, "counters": _counters, "seen_version": _seen_version}
# The whole cart as one JSON text in the shape of `Cart`.
_wanted = (cart.c.id == bindparam("id"), is_open_to(cart.c.customer_id))
_whole = select(cast(json_of(cart, **_parts), Text)).where(*_wanted)
LOAD_CART = Prepared(_whole)
# Loaded and locked at once, unless somebody else holds the lock: a statement that waits for a lock still sees the other
# tables as they were before the wait. Somebody may also finish between the snapshot and the lock: see `seen_version`.
LOAD_FREE_CART = Prepared(_whole.with_for_update(of=cart, skip_locked=True))
LOCK_CART = Prepared(select(cart.c.version).where(*_wanted).with_for_update(of=cart))
# The customer's other cart that was changed last and has something in it, to be merged with a guest's.
OTHER_CART = Prepared(
    select(cart.c.id)
    .where(
        cart.c.customer_id == bindparam("customer_id"),
        cart.c.id != bindparam("not_this"),
        cart.c.completed_at.is_(None),
        func.json_array_length(json_list(cart.c.document["items"])) > 0,
    )
    .order_by(cart.c.updated_at.desc(), cart.c.id)
    .limit(1)
)
STORED = ("region_id", "sales_channel_id", "customer_id", "currency_code", "document", "completed_at")
INSERT_CART = Prepared(insert(cart), *STORED, "id", "created_at", "updated_at")
STORE_CART = Prepared(
    update(cart)
    .where(cart.c.id == bindparam("cart_id"), cart.c.version == bindparam("known_version"))
    .values(version=cart.c.version + 1)
    .returning(cart.c.version),
    *(*STORED, "updated_at"),
)

_decode = msgspec.json.Decoder(Cart)


def read_cart(loaded: str) -> Cart:
    """A Cart from the text that LOAD_CART gives."""
    return _decode.decode(loaded)
