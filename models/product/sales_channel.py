"""Sales channels as administrators keep them, and who uses one."""

from typing import Any

from msgspec import UNSET, UnsetType
from sqlalchemy import Select, select

from models.schema.cart import cart
from models.schema.identity import sales_channel
from models.schema.order import order
from models.schema.product import product, product_sales_channel
from models.shared.commands import Command, Metadata
from models.shared.crud import Association, Resource

CHANNEL = Resource(
    table=sales_channel,
    name="sales_channel",
    what="Sales channel",
    prefix="sc",
    writable=("name", "description", "is_disabled", "metadata"),
    unique="name",
    scope="access",
    searched=("name", "description"),
)
CHANNEL_PRODUCTS = Association(
    table=product_sales_channel,
    own="sales_channel_id",
    other="product_id",
    target=product,
    what="Product",
    scope="catalogue",
)
CHANNEL_NAMES = select(sales_channel.c.name, sales_channel.c.id)


class UpdateChannel(Command, kw_only=True, frozen=True):
    name: str | UnsetType = UNSET
    description: str | UnsetType | None = UNSET
    is_disabled: bool | UnsetType = UNSET
    metadata: Metadata | UnsetType = UNSET


class CreateChannel(UpdateChannel, kw_only=True, frozen=True):
    name: str


def users_of(channel_id: str) -> dict[str, Select[Any]]:
    """What names the channel, by what people call it."""
    return {
        "orders": select(order.c.id).where(order.c.sales_channel_id == channel_id),
        "carts": select(cart.c.id).where(cart.c.sales_channel_id == channel_id),
    }
