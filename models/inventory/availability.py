"""How much of an item can be sold, over all its locations."""

from sqlalchemy import BigInteger, Text, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from models.schema.inventory import inventory_level
from utils.sql import Prepared

_level = inventory_level.c
AVAILABLE = Prepared(
    select(
        _level.item_id, cast(func.sum(_level.stocked - _level.reserved - _level.held), BigInteger).label("available")
    )
    .where(_level.item_id == func.any(bindparam("items", type_=ARRAY(Text))))
    .group_by(_level.item_id)
)
