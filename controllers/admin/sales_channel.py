"""Sales channels, as administrators keep them."""

from controllers.admin.crud import CrudController
from models.product import sales_channel as rows
from services.product import sales_channel

CHANNELS = CrudController(
    resource=rows.CHANNEL,
    one="sales_channel",
    many="sales_channels",
    kind="sales-channel",
    creates=rows.CreateChannel,
    updates=rows.UpdateChannel,
    remove=sales_channel.remove,
    link=rows.CHANNEL_PRODUCTS,
)
