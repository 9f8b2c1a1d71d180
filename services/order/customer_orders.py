"""A customer's orders: pages of whole ones, and heads for what is shown beside the customer."""

from typing import Any

from models.order import customer_orders
from models.order.customer_orders import OrderHead
from models.order.order import Order, read_order
from models.product.query import bound, reduced
from services.infrastructure.database.database import UnitOfWork

NEWEST_FIRST = ("created_at", True)


async def page(
    work: UnitOfWork,
    *,
    customer_id: str,
    limit: int,
    offset: int,
    order: tuple[str, bool] | None = None,
    **filters: Any,
) -> tuple[list[Order], int]:
    """A page of the customer's orders (filters: `id`, `status`, `$and`, `$or`) and how many fit; two statements."""
    values: list[Any] = []
    shape = reduced(filters, values)
    wanted = {"customer_id": customer_id, **bound(values)}
    statement = customer_orders.page(shape, *(order or NEWEST_FIRST))
    found = await work.execute(statement, {**wanted, "limit": limit, "offset": offset})
    count = (await work.execute(customer_orders.count(shape), wanted)).scalar_one()
    return [read_order(loaded) for loaded in found.scalars()], count


async def heads(work: UnitOfWork, *, customer_id: str) -> list[OrderHead]:
    """The customer's newest orders without their lines."""
    names = OrderHead.__struct_fields__
    rows = await work.execute(customer_orders.HEADS, {"customer_id": customer_id})
    return [OrderHead(**{name: row[name] for name in names}) for row in rows]
