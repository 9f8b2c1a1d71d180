"""Sales channels, as administrators keep them."""

from controllers.admin import channel
from routes.schemas import common as c
from routes.schemas.admin import channel as s
from routes.schemas.admin import forms
from routes.schemas.fields import admin as f
from routes.table import USER, kept, post

ROUTES = [
    *kept(
        "/admin/sales-channels",
        channel.DESK,
        area="channels",
        tag="Admin sales channels",
        a="a sales channel",
        entity=s.CHANNEL,
        forms=s.FORMS,
        fields=f.CHANNEL,
    ),
    post(
        "/admin/sales-channels/{id}/products",
        channel.DESK.join,
        who=USER,
        grant="channels:write",
        tag="Admin sales channels",
        summary="Sell products in a sales channel, or no longer",
        body=forms.JOIN,
        fields=f.CHANNEL,
        reply=c.single("sales_channel", s.CHANNEL),
    ),
]
