"""Publishable keys as files state them: what their rows are found by."""

from models.schema.identity import api_key, api_key_sales_channel
from models.shared.kinds import Kind

KEY = Kind(api_key, "title", ("title",), "apk", only=api_key.c.type == "publishable")
KEY_CHANNEL = Kind(api_key_sales_channel, "api_key_id", ("api_key_id", "sales_channel_id"))
