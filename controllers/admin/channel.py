"""Sales channels, as administrators keep them."""

from controllers.admin.desk import Desk
from services import channel_admin

DESK = Desk(
    noun=channel_admin.CHANNEL,
    one="sales_channel",
    many="sales_channels",
    kind="sales-channel",
    remove=channel_admin.remove,
    link=channel_admin.PRODUCTS,
)
