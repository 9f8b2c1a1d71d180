"""The states of a seller: who may move it from which state to which, and what is asked for and told when it moves.

pending -> open | rejected;  rejected -> pending;  open <-> suspended;  open <-> closed.

Buyers see open and suspended sellers and buy from open ones. What staff may change in each state stands in
models/schema/roles.py; orders that were placed go on in every state. The audit log is the history.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import Text, bindparam, func, select, update

from models.schema.seller import member, seller, seller_member
from models.seller.seller import Seller
from utils.errors import AppError
from utils.sql import Prepared

STAFF, PLATFORM = "staff", "platform"


class Move(NamedTuple):
    """A change of state. `by`: whose it is; `is_told`: the owners get a mail."""

    source: str
    target: str
    by: str
    needs_kyc: bool = False
    is_told: bool = False


MOVES: Mapping[str, Move] = MappingProxyType(
    {
        "approve": Move("pending", "open", PLATFORM, needs_kyc=True, is_told=True),
        "reject": Move("pending", "rejected", PLATFORM, is_told=True),
        "suspend": Move("open", "suspended", PLATFORM, is_told=True),
        "unsuspend": Move("suspended", "open", PLATFORM, is_told=True),
        "resubmit": Move("rejected", "pending", STAFF),
        "close": Move("open", "closed", STAFF),
        "reopen": Move("closed", "open", STAFF),
    }
)


class MoveRefused(AppError):
    code, kind = "store_state_conflict", "conflict"
    message = "The store is {status}; only one that is {wanted} can be changed in this way ({action})."


class KycIncomplete(AppError):
    code, kind = "kyc_incomplete", "conflict"
    message = "The store cannot be approved until these items are verified: {items}"


class ClosureInvalid(AppError):
    code, kind = "closure_invalid", "invalid"
    message = "A closure ends after it begins, in the future, and lasts {days} days at the most."


def moved(current: Seller, action: str) -> Move:
    """The move of this name; MoveRefused from any state but its own."""
    move = MOVES[action]
    if current.status != move.source:
        raise MoveRefused(action=action, status=current.status, wanted=move.source)
    return move


LOCK = select(seller).where(seller.c.id == bindparam("seller_id", type_=Text)).with_for_update()
SET_STATE = Prepared(
    update(seller)
    .where(seller.c.id == bindparam("seller_id"), seller.c.status == bindparam("source"))
    .values(
        status=bindparam("target"),
        status_reason=bindparam("reason"),
        status_changed_at=bindparam("at"),
        opened_at=func.coalesce(seller.c.opened_at, bindparam("opened", type_=seller.c.opened_at.type)),
        updated_at=func.now(),
    )
)
OWNERS = Prepared(
    select(member.c.id, member.c.email)
    .join(seller_member, seller_member.c.member_id == member.c.id)
    .where(seller_member.c.seller_id == bindparam("seller_id"), seller_member.c.role == "owner")
    .order_by(member.c.id)
)


def row_of(found: Any) -> Seller:
    """A Seller from a row of `select(seller)`."""
    return Seller(**found._mapping)
