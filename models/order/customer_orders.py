"""A customer's orders as pages: the statement of each shape of filters and sort order is compiled once."""

from datetime import datetime
from functools import lru_cache

import msgspec
from sqlalchemy import Integer, and_, bindparam, case, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from models.order.order import WHOLE_ORDER, status_of
from models.product.query import SHAPES_HELD, Leaf, Shape, condition, one_of
from models.schema.order import order, store_order
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


LEAVES: dict[str, Leaf] = {"id": one_of(order.c.id), "status": one_of(_status)}
PLAIN: Shape = ("$and",)


def _wanted(shape: Shape) -> ColumnElement[bool]:
    return and_(order.c.customer_id == bindparam("customer_id"), condition(shape, LEAVES))


SORTED_BY = ("created_at", "updated_at", "display_id", "id", "total")


@lru_cache(SHAPES_HELD)
def page(shape: Shape, name: str, descending: bool) -> Prepared:
    """Takes `customer_id`, `limit`, `offset` and the shape's values.

    Which orders make the page is decided on the bare rows; only those are then put together.
    """
    keys = [order.c[name], order.c.id]
    by = [key.desc() if descending else key for key in keys]
    page = (
        select(order.c.id)
        .where(_wanted(shape))
        .order_by(*by)
        .limit(bindparam("limit", type_=Integer))
        .offset(bindparam("offset", type_=Integer))
    )
    return Prepared(select(WHOLE_ORDER).select_from(order).where(order.c.id.in_(page)).order_by(*by))


@lru_cache(SHAPES_HELD)
def count(shape: Shape) -> Prepared:
    """How many orders fit, on all pages."""
    return Prepared(select(func.count()).select_from(order).where(_wanted(shape)))


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
