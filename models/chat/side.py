"""For which side of a conversation somebody speaks: a customer for themselves, a member for the seller they act for."""

from typing import Literal

from msgspec import Struct

from models.identity.principal import Principal

SideType = Literal["customer", "seller"]


class Side(Struct, frozen=True, kw_only=True):
    """`reader` is the id of the customer or of the seller; `author_id` the member who acts for the seller."""

    type: SideType
    reader: str
    author_id: str | None = None


def side_of(who: Principal) -> Side:
    """The side of a principal that a row for participants let in."""
    if who.customer_id is not None:
        return Side(type="customer", reader=who.customer_id)
    assert who.seller_id is not None, "the row is not for participants"
    return Side(type="seller", reader=who.seller_id, author_id=who.actor_id)
