"""Sales channels, as administrators keep them."""

from controllers.admin import sales_channel
from routes.schemas.admin import forms
from routes.schemas.admin import sales_channel as s
from routes.schemas.fields import admin as f
from routes.schemas.shared import common as c
from routes.table import USER, crud_routes, post

ROUTES = [
    *crud_routes(
        "/admin/sales-channels",
        sales_channel.CHANNELS,
        area="channels",
        tag="Admin sales channels",
        a="a sales channel",
        entity=s.CHANNEL,
        forms=s.FORMS,
        fields=f.CHANNEL,
    ),
    post(
        "/admin/sales-channels/{id}/products",
        sales_channel.CHANNELS.join,
        who=USER,
        grant="channels:write",
        tag="Admin sales channels",
        summary="Sell products in a sales channel, or no longer",
        body=forms.JOIN,
        fields=f.CHANNEL,
        reply=c.single("sales_channel", s.CHANNEL),
    ),
]
