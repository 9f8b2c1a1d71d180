"""A customer's orders as pages: the statement of each shape of filters and sort order is compiled once."""

from datetime import datetime

import msgspec
from sqlalchemy import bindparam, case, func, or_, select

from models.order.order import WHOLE_ORDER, status_of
from models.schema.order import order, seller_order
from models.shared.list_sql import SqlList, one_of
from utils.sql import Prepared

ORDERS_SHOWN_WITH_CUSTOMER = 100

# The same rule as `Order.status`, for filters.
_status = (
    select(
        case(
            (func.bool_and(seller_order.c.status == "canceled"), "canceled"),
            (
                func.bool_and(or_(seller_order.c.status == "delivered", seller_order.c.status == "canceled")),
                "completed",
            ),
            else_="pending",
        )
    )
    .where(seller_order.c.order_id == order.c.id)
    .correlate(order)
    .scalar_subquery()
)


CUSTOMER_ORDERS = SqlList(
    rows=order,
    key=order.c.id,
    fields={"id": one_of(order.c.id), "status": one_of(_status)},
    sorts={name: order.c[name] for name in ("created_at", "updated_at", "display_id", "id", "total")},
    scope=order.c.customer_id == bindparam("customer_id"),
    whole=WHOLE_ORDER,
)


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
    select(func.array_agg(seller_order.c.status))
    .where(seller_order.c.order_id == order.c.id)
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
