"""Sales channels, as administrators keep them."""

from controllers.admin.crud import Desk
from services.product import sales_channel

DESK = Desk(
    noun=sales_channel.CHANNEL,
    one="sales_channel",
    many="sales_channels",
    kind="sales-channel",
    remove=sales_channel.remove,
    link=sales_channel.PRODUCTS,
)
