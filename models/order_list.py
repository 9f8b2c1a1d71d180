"""A customer's orders as pages: the statement of each sort order is compiled once."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ARRAY, Integer, Text, and_, bindparam, case, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from models.order import WHOLE_ORDER, status_of
from models.transaction import order, store_order
from utils.sql import Prepared

ORDERS_SHOWN_WITH_CUSTOMER = 100

# The same rule as `Order.status`, for filters.
_status = (
    select(
        case(
            (func.bool_and(store_order.c.status == "canceled"), "canceled"),
            (func.bool_and(or_(store_order.c.status == "delivered", store_order.c.status == "canceled")), "completed"),
            else_="pending",
        )
    )
    .where(store_order.c.order_id == order.c.id)
    .correlate(order)
    .scalar_subquery()
)


def _texts(name: str) -> Any:
    return bindparam(name, type_=ARRAY(Text))


_wanted: ColumnElement[bool] = and_(
    order.c.customer_id == bindparam("customer_id"),
    or_(_texts("ids").is_(None), order.c.id == func.any(_texts("ids"))),
    or_(_texts("statuses").is_(None), _status == func.any(_texts("statuses"))),
)
SORTED_BY = ("created_at", "updated_at", "display_id", "id", "total")


def _page(name: str, descending: bool) -> Prepared:
    """Which orders make the page is decided on the bare rows; only those are then put together."""
    keys = [order.c[name], order.c.id]
    by = [key.desc() if descending else key for key in keys]
    page = (
        select(order.c.id)
        .where(_wanted)
        .order_by(*by)
        .limit(bindparam("limit", type_=Integer))
        .offset(bindparam("offset", type_=Integer))
    )
    return Prepared(select(WHOLE_ORDER).select_from(order).where(order.c.id.in_(page)).order_by(*by))


PAGES = {(name, descending): _page(name, descending) for name in SORTED_BY for descending in (False, True)}
COUNT = Prepared(select(func.count()).select_from(order).where(_wanted))


class OrderHead(msgspec.Struct):
    """An order without its lines; total in minor units."""

    id: str
    display_id: int
    version: int
    currency_code: str
    total: int
    created_at: datetime
    updated_at: datetime
    region_id: str
    states: list[str]
    email: str | None = None
    customer_id: str | None = None
    sales_channel_id: str | None = None
    locale: str | None = None

    @property
    def status(self) -> str:
        return status_of(self.states)


_states = (
    select(func.array_agg(store_order.c.status))
    .where(store_order.c.order_id == order.c.id)
    .correlate(order)
    .scalar_subquery()
)
HEADS = Prepared(
    select(
        *(order.c[name] for name in OrderHead.__struct_fields__ if name != "states"),
        _states.label("states"),
    )
    .where(order.c.customer_id == bindparam("customer_id"))
    .order_by(order.c.created_at.desc(), order.c.id.desc())
    .limit(ORDERS_SHOWN_WITH_CUSTOMER)
)
