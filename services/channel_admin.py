"""Sales channels, as administrators keep them."""

from sqlalchemy import select

from models.access import Principal, sales_channel
from models.cart import cart
from models.noun import Link, Noun
from models.product import product, product_sales_channel
from models.transaction import order
from services import nouns
from services.infra.database import UnitOfWork

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
    await nouns.lock(work, CHANNEL, row_id)
    users = {
        "orders": select(order.c.id).where(order.c.sales_channel_id == row_id),
        "carts": select(cart.c.id).where(cart.c.sales_channel_id == row_id),
    }
    await nouns.refuse_used(work, CHANNEL, row_id, users)
    work.touch("catalogue")
    await nouns.remove(work, CHANNEL, who=who, row_id=row_id)
