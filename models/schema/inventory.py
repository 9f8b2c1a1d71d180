"""Tables of stock: locations, items, levels, movements and holds."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text

from models.schema.base import id_column, metadata, metadata_column, moment, stamps
from models.schema.product import customs, measures

stock_location = Table(
    "stock_location",
    metadata,
    id_column(),
    Column("seller_id", ForeignKey("seller.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    # Stock is taken from the location of the lowest rank that has it.
    Column("rank", Integer, nullable=False, server_default="0"),
    Column("address_1", Text),
    Column("address_2", Text),
    Column("city", Text),
    Column("province", Text),
    Column("postal_code", Text),
    Column("country_code", Text),
    Column("phone", Text),
    metadata_column(),
    *stamps(),
    Index("uq_stock_location_seller_id_name", "seller_id", "name", unique=True),
)

inventory_item = Table(
    "inventory_item",
    metadata,
    id_column(),
    Column("seller_id", ForeignKey("seller.id"), nullable=False),
    Column("sku", Text),
    Column("title", Text),
    Column("description", Text),
    Column("thumbnail", Text),
    *measures(),
    *customs(),
    metadata_column(),
    *stamps(),
    Index("uq_inventory_item_seller_id_sku", "seller_id", "sku", unique=True),
)

# A variant takes `required_quantity` of each of its items: two items make a bundle, two variants may share one.
variant_inventory_item = Table(
    "variant_inventory_item",
    metadata,
    Column("variant_id", ForeignKey("product_variant.id", ondelete="CASCADE"), primary_key=True),
    Column("item_id", ForeignKey("inventory_item.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("required_quantity", Integer, nullable=False, server_default="1"),
    CheckConstraint("required_quantity > 0", name="required_quantity"),
)

inventory_level = Table(
    "inventory_level",
    metadata,
    Column("item_id", ForeignKey("inventory_item.id", ondelete="CASCADE"), primary_key=True),
    Column("location_id", ForeignKey("stock_location.id"), primary_key=True, index=True),
    Column("stocked", BigInteger, nullable=False, server_default="0"),
    Column("reserved", BigInteger, nullable=False, server_default="0"),
    Column("held", BigInteger, nullable=False, server_default="0"),
    Column("backordered", BigInteger, nullable=False, server_default="0"),
    # On its way, as the seller says; it counts for nothing until it is received.
    Column("incoming", BigInteger, nullable=False, server_default="0"),
    *stamps(),
    CheckConstraint("incoming >= 0", name="incoming"),
    CheckConstraint("reserved >= 0", name="reserved"),
    CheckConstraint("held >= 0", name="held"),
    CheckConstraint("backordered >= 0", name="backordered"),
    CheckConstraint("stocked - reserved - held >= 0", name="available"),
)

# Append-only (a trigger refuses UPDATE and DELETE): an item's movements add up to its level's `stocked` and `reserved`.
inventory_movement = Table(
    "inventory_movement",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=True),
    Column("item_id", Text, nullable=False),
    Column("location_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("stocked", BigInteger, nullable=False, server_default="0"),
    Column("reserved", BigInteger, nullable=False, server_default="0"),
    Column("backordered", BigInteger, nullable=False, server_default="0"),
    Column("reference", Text),
    Column("reason", Text),
    stamps()[0],
    CheckConstraint("kind IN ('receive', 'adjust', 'sell', 'release', 'ship', 'return')", name="kind"),
    Index("ix_inventory_movement_item", "item_id", "location_id", "id"),
    Index("ix_inventory_movement_page", "item_id", "id"),
    Index("ix_inventory_movement_reference", "reference"),
)

stock_hold = Table(
    "stock_hold",
    metadata,
    Column("cart_id", Text, primary_key=True),
    Column("item_id", Text, primary_key=True),
    Column("location_id", Text, primary_key=True),
    Column("quantity", BigInteger, nullable=False),
    moment("expires_at", nullable=False),
    stamps()[0],
    # Whose holds are counted together: a customer's id, or a guest's cart; and the network that it was opened from.
    Column("buyer", Text, index=True),
    Column("address", Text, index=True),
    CheckConstraint("quantity > 0", name="quantity"),
    Index("ix_stock_hold_expires_at", "expires_at"),
    Index("ix_stock_hold_item", "item_id", "location_id"),
)
