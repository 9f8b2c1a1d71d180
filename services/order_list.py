"""A customer's orders: pages of whole ones, and heads for what is shown beside the customer."""

from collections.abc import Sequence

from models import order_list
from models.order import Order, read_order
from models.order_list import OrderHead
from services.infra.database import UnitOfWork

NEWEST_FIRST = ("created_at", True)


async def page(
    work: UnitOfWork,
    *,
    customer_id: str,
    limit: int,
    offset: int,
    order: tuple[str, bool] | None = None,
    ids: Sequence[str] | None = None,
    statuses: Sequence[str] | None = None,
) -> tuple[list[Order], int]:
    """A page of the customer's orders and how many fit; two statements whatever the page holds."""
    wanted = {"customer_id": customer_id, "ids": ids, "statuses": statuses}
    statement = order_list.PAGES[order or NEWEST_FIRST]
    found = await work.execute(statement, {**wanted, "limit": limit, "offset": offset})
    count = (await work.execute(order_list.COUNT, wanted)).scalar_one()
    return [read_order(loaded) for loaded in found.scalars()], count


async def heads(work: UnitOfWork, *, customer_id: str) -> list[OrderHead]:
    """The customer's newest orders without their lines."""
    names = OrderHead.__struct_fields__
    rows = await work.execute(order_list.HEADS, {"customer_id": customer_id})
    return [OrderHead(**{name: row[name] for name in names}) for row in rows]
