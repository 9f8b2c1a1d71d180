"""Which product wears which badge, and what was sold of each in which order."""

from sqlalchemy import Column, ForeignKey, Integer, Table, Text

from pasar import plugin_metadata
from pasar.data import product, stamps

metadata = plugin_metadata()

product_badge = Table(
    "product_badge",
    metadata,
    Column("product_id", ForeignKey(product.c.id, ondelete="CASCADE"), primary_key=True),
    Column("badge", Text, primary_key=True),
    stamps()[0],
)

# One row an order and product: an event that is delivered twice counts once. Products go, what was sold stays.
badge_sale = Table(
    "badge_sale",
    metadata,
    Column("order_id", Text, primary_key=True),
    Column("product_id", Text, primary_key=True, index=True),
    Column("quantity", Integer, nullable=False),
    stamps()[0],
)
