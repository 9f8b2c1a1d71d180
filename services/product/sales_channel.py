"""Sales channels, as administrators keep them."""

from sqlalchemy import select

from models.identity.principal import Principal
from models.schema.cart import cart
from models.schema.identity import sales_channel
from models.schema.order import order
from models.schema.product import product, product_sales_channel
from models.shared.crud import Link, Noun
from services.infrastructure.database.database import UnitOfWork
from services.shared import crud

CHANNEL = Noun(
    table=sales_channel,
    name="sales_channel",
    what="Sales channel",
    prefix="sc",
    said=("name", "description", "is_disabled", "metadata"),
    unique="name",
    scope="access",
    searched=("name", "description"),
)
PRODUCTS = Link(
    table=product_sales_channel,
    own="sales_channel_id",
    other="product_id",
    target=product,
    what="Product",
    scope="catalogue",
)


async def remove(work: UnitOfWork, *, who: Principal, row_id: str) -> None:
    """InUse while carts or orders name the channel: such a one can be disabled."""
    await crud.lock(work, CHANNEL, row_id)
    users = {
        "orders": select(order.c.id).where(order.c.sales_channel_id == row_id),
        "carts": select(cart.c.id).where(cart.c.sales_channel_id == row_id),
    }
    await crud.refuse_used(work, CHANNEL, row_id, users)
    work.touch("catalogue")
    await crud.remove(work, CHANNEL, who=who, row_id=row_id)
