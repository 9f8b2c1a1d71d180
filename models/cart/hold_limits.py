"""How much stock carts hold while they are paid, and until when.

A payment session holds stock for a while; opened again, until twice that after the cart's first hold, and nothing moves
that end. Afterwards the cart holds nothing for a pause. What is not held can be bought all the same, if it is still
there when the cart is completed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ColumnElement, Select, Text, and_, bindparam, case, cast, func, select

from models.inventory.hold import AVAILABLE, OF_ITEMS
from models.schema.cart import cart
from models.schema.customer import customer
from models.schema.inventory import inventory_level, stock_hold, stock_location
from models.schema.payment import payment_collection
from utils.sql import Prepared

_level = inventory_level.c


@dataclass(frozen=True, slots=True)
class HoldLimits:
    """Times in seconds, `share` in percent of an item's stock, pieces over all items; 0 pieces are no limit."""

    seconds: int
    pause_seconds: int
    share: int
    pieces: int
    pieces_per_address: int

    def window(self, since: datetime | None, moment: datetime) -> tuple[datetime, datetime] | None:
        """When the holds of a cart began and when they end; None for a cart that holds nothing now.

        `since` is when its first hold began, None when it has had none.
        """
        span, pause = timedelta(seconds=self.seconds), timedelta(seconds=self.pause_seconds)
        if since is None or moment >= since + 2 * span + pause:
            return moment, moment + span
        end = since + 2 * span
        return (since, end) if moment < end else None

    def share_of(self, pieces: int) -> int:
        """How many of so many pieces one buyer may hold: one at least."""
        return max(pieces * self.share // 100, 1)


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose holds count together, and the network they come from; None where addresses do not count."""

    cart_id: str
    buyer: str
    address: str | None


def _lock(kind: int, key: ColumnElement[str]) -> ColumnElement[str]:
    """Held until the transaction ends; none for NULL."""
    return cast(func.pg_advisory_xact_lock(func.hashtextextended(key, kind)), Text)


_buyer = case((customer.c.has_account, customer.c.id), else_=cart.c.id)
# The cart of a collection and its buyer; nobody else opens a session for this buyer, or from this address if addresses
# count, until the transaction ends: what they hold can be summed and added to.
LOCK_BUYER = Prepared(
    select(
        cart.c.id.label("cart_id"),
        _buyer.label("buyer"),
        _lock(1, _buyer).label("buyer_lock"),
        _lock(2, bindparam("address", type_=Text)).label("address_lock"),
    )
    .select_from(payment_collection)
    .join(cart, cart.c.id == payment_collection.c.cart_id)
    .outerjoin(customer, customer.c.id == cart.c.customer_id)
    .where(payment_collection.c.id == bindparam("id"))
)


def _held(*terms: ColumnElement[bool]) -> ColumnElement[int]:
    """Pieces that are held now."""
    pieces = select(func.coalesce(func.sum(stock_hold.c.quantity), 0))
    found: Select[tuple[int]] = pieces.where(and_(stock_hold.c.expires_at > func.now(), *terms))
    return cast(found.scalar_subquery(), BigInteger)


_by_buyer = stock_hold.c.buyer == bindparam("buyer", type_=Text)
_by_address = stock_hold.c.address == bindparam("address", type_=Text)
_of_item = stock_hold.c.item_id == _level.item_id
# As FREE in models/inventory/hold.py, with what the buyer and the address hold of the item and in all. The holds are
# those of the statement's beginning: LOCK_BUYER came before it.
FREE_TO_HOLD = Prepared(
    select(
        _level.item_id,
        _level.location_id,
        stock_location.c.rank,
        AVAILABLE.label("available"),
        (_level.stocked - _level.reserved).label("unsold"),
        _held(_by_buyer, _of_item).label("buyer_of_item"),
        _held(_by_address, _of_item).label("address_of_item"),
        _held(_by_buyer).label("buyer_pieces"),
        _held(_by_address).label("address_pieces"),
    )
    .join(stock_location, stock_location.c.id == _level.location_id)
    .where(_level.item_id == OF_ITEMS)
    .order_by(_level.item_id, _level.location_id)
    .with_for_update(of=inventory_level)
)
