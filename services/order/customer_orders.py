"""A customer's orders: pages of whole ones, and heads for what is shown beside the customer."""

from typing import Any

from models.order import customer_orders
from models.order.customer_orders import CUSTOMER_ORDERS, OrderHead
from models.order.order import Order, read_order
from models.shared.list_query import ListQuery
from services.infrastructure.database.database import UnitOfWork
from services.shared.listing import documents_of


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
    query = ListQuery(limit, offset, order, filters)
    documents, total = await documents_of(work, CUSTOMER_ORDERS, query, customer_id=customer_id)
    return [read_order(document) for document in documents], total


async def heads(work: UnitOfWork, *, customer_id: str) -> list[OrderHead]:
    """The customer's newest orders without their lines."""
    names = OrderHead.__struct_fields__
    rows = await work.execute(customer_orders.HEADS, {"customer_id": customer_id})
    return [OrderHead(**{name: row[name] for name in names}) for row in rows]
