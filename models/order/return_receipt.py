"""Returns as the seller's staff works on them: loaded whole, listed, moved on."""

from typing import Any

import msgspec
from sqlalchemy import ARRAY, Integer, Text, bindparam, cast, func, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from models.order.return_request import Return
from models.schema.base import json_of, json_rows
from models.schema.order import order_line, order_return, return_item
from models.shared.ownership import is_own
from utils.sql import Prepared

_items = json_rows(return_item, return_item.c.return_id == order_return.c.id, return_item.c.id)
_whole = cast(json_of(order_return, items=_items), Text)
_own = is_own("order_return")
LOAD = Prepared(select(_whole).select_from(order_return).where(order_return.c.id == bindparam("id"), _own))


def _texts(name: str) -> Any:
    return bindparam(name, type_=ARRAY(Text))


_wanted: tuple[ColumnElement[bool], ...] = (
    _own,
    or_(_texts("statuses").is_(None), order_return.c.status == func.any(_texts("statuses"))),
    or_(
        bindparam("of_order", type_=Text).is_(None), order_return.c.seller_order_id == bindparam("of_order", type_=Text)
    ),
)
PAGE = Prepared(
    select(_whole)
    .select_from(order_return)
    .where(*_wanted)
    .order_by(order_return.c.created_at.desc(), order_return.c.id.desc())
    .limit(bindparam("limit", type_=Integer))
    .offset(bindparam("offset", type_=Integer))
)
COUNT = Prepared(select(func.count()).select_from(order_return).where(*_wanted))

_moved = ("status", "received_at", "canceled_at", "canceled_reason", "updated_at")
UPDATE = Prepared(
    update(order_return)
    .where(order_return.c.id == bindparam("of_id"))
    .values({name: bindparam(name, type_=order_return.c[name].type) for name in _moved})
)
_counted = ("received_quantity", "damaged_quantity", "restocked_quantity")
UPDATE_ITEM = Prepared(
    update(return_item)
    .where(return_item.c.id == bindparam("of_id"))
    .values({name: bindparam(name, type_=Integer) for name in _counted} | {"updated_at": func.now()})
)
_line = order_line.c


def _pieces(name: str) -> Any:
    return bindparam(name, type_=Integer)


# Pieces leave what is awaited for what has come, in good state (`good`) or not (`bad`), or for nothing (`off`).
MOVE_BACK = Prepared(
    update(order_line)
    .where(_line.id == bindparam("of_id"))
    .values(
        return_requested_quantity=_line.return_requested_quantity - _pieces("good") - _pieces("bad") - _pieces("off"),
        return_received_quantity=_line.return_received_quantity + _pieces("good"),
        return_dismissed_quantity=_line.return_dismissed_quantity + _pieces("bad"),
        updated_at=func.now(),
    )
)

_decode = msgspec.json.Decoder(Return)


def read(loaded: str) -> Return:
    """A Return from the text that LOAD gives."""
    return _decode.decode(loaded)
