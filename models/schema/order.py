"""Tables of orders: the buyer's order, each seller's part of it, lines, parcels, changes, returns and transfers."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.elements import ColumnElement

from models.schema.base import id_column, metadata, metadata_column, minor, moment, stamps

fulfillment = Table(
    "fulfillment",
    metadata,
    id_column(),
    Column("order_id", ForeignKey("orders.id"), nullable=False, index=True),
    Column("seller_order_id", ForeignKey("seller_order.id"), nullable=False, index=True),
    # No foreign keys: locations and options come and go, what was sent stays.
    Column("location_id", Text),
    Column("shipping_option_id", Text),
    Column("carrier", Text),
    Column("requires_shipping", Boolean, nullable=False),
    Column("created_by", Text),
    metadata_column(),
    *stamps(),
    moment("packed_at", nullable=False),
    moment("shipped_at"),
    moment("delivered_at"),
    moment("canceled_at"),
    CheckConstraint(
        "(delivered_at IS NULL OR shipped_at IS NOT NULL) AND (canceled_at IS NULL OR shipped_at IS NULL)",
        name="progress",
    ),
)

fulfillment_item = Table(
    "fulfillment_item",
    metadata,
    id_column(),
    Column("fulfillment_id", ForeignKey("fulfillment.id"), nullable=False),
    Column("order_line_id", ForeignKey("order_line.id"), nullable=False, index=True),
    Column("quantity", Integer, nullable=False),
    *stamps(),
    UniqueConstraint("fulfillment_id", "order_line_id"),
    CheckConstraint("quantity > 0", name="quantity"),
)

fulfillment_label = Table(
    "fulfillment_label",
    metadata,
    id_column(),
    Column("fulfillment_id", ForeignKey("fulfillment.id"), nullable=False, index=True),
    Column("tracking_number", Text, nullable=False),
    Column("tracking_url", Text, nullable=False),
    Column("label_url", Text, nullable=False),
    *stamps(),
)

# The reserved pieces that a packed parcel takes, by location: they leave the stock when it is shipped.
fulfillment_stock = Table(
    "fulfillment_stock",
    metadata,
    Column("fulfillment_id", ForeignKey("fulfillment.id"), primary_key=True),
    Column("item_id", Text, primary_key=True),
    Column("location_id", Text, primary_key=True),
    Column("quantity", BigInteger, nullable=False),
    CheckConstraint("quantity > 0", name="quantity"),
)

order_change = Table(
    "order_change",
    metadata,
    id_column(),
    Column("seller_order_id", ForeignKey("seller_order.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("actor_type", Text, nullable=False),
    Column("actor_id", Text),
    Column("reason", Text),
    Column("data", JSONB, nullable=False),
    stamps()[0],
    Index("ix_order_change_seller_order", "seller_order_id", "created_at", "id"),
)

RETURN_STATES = ("requested", "partially_received", "received", "canceled")

return_reason = Table(
    "return_reason",
    metadata,
    id_column(),
    Column("value", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("description", Text),
    Column("parent_return_reason_id", ForeignKey("return_reason.id", ondelete="SET NULL"), index=True),
    metadata_column(),
    *stamps(),
    moment("deleted_at"),
    Index("uq_return_reason_value", "value", unique=True, postgresql_where=text("deleted_at IS NULL")),
)

order_return = Table(
    "order_return",
    metadata,
    id_column(),
    Column("display_id", BigInteger, Identity(), nullable=False, unique=True),
    Column("order_id", ForeignKey("orders.id"), nullable=False, index=True),
    Column("seller_order_id", ForeignKey("seller_order.id"), nullable=False, index=True),
    Column("status", Text, nullable=False, server_default="requested"),
    Column("shipping_option_id", Text, nullable=False),
    Column("currency_code", Text, nullable=False),
    minor("shipping_amount"),
    # Where the buyer was told to send it; the seller says where it went on stock.
    Column("location_id", Text),
    Column("note", Text),
    Column("canceled_reason", Text),
    Column("created_by", Text),
    metadata_column(),
    *stamps(),
    moment("requested_at"),
    moment("received_at"),
    moment("canceled_at"),
    CheckConstraint(f"status IN {RETURN_STATES}", name="status"),
    CheckConstraint("shipping_amount >= 0", name="shipping_amount"),
)

return_item = Table(
    "return_item",
    metadata,
    id_column(),
    Column("return_id", ForeignKey("order_return.id", ondelete="CASCADE"), nullable=False),
    Column("order_line_id", ForeignKey("order_line.id"), nullable=False, index=True),
    Column("quantity", Integer, nullable=False),
    Column("received_quantity", Integer, nullable=False, server_default="0"),
    Column("damaged_quantity", Integer, nullable=False, server_default="0"),
    # Of the received ones, those that went back on stock.
    Column("restocked_quantity", Integer, nullable=False, server_default="0"),
    Column("reason_id", ForeignKey("return_reason.id"), index=True),
    Column("note", Text),
    metadata_column(),
    *stamps(),
    UniqueConstraint("return_id", "order_line_id"),
    CheckConstraint("quantity > 0", name="quantity"),
    CheckConstraint(
        "received_quantity >= 0 AND damaged_quantity >= 0 AND received_quantity + damaged_quantity <= quantity",
        name="received",
    ),
    CheckConstraint("restocked_quantity BETWEEN 0 AND received_quantity", name="restocked"),
)

order = Table(
    "orders",
    metadata,
    id_column(),
    Column("display_id", BigInteger, Identity(), nullable=False, unique=True),
    # One order a cart, whoever completes it how often.
    Column("cart_id", ForeignKey("cart.id"), nullable=False, unique=True),
    Column("payment_collection_id", ForeignKey("payment_collection.id"), unique=True),
    Column("customer_id", ForeignKey("customer.id")),
    Column("email", Text),
    Column("region_id", ForeignKey("region.id"), nullable=False),
    Column("sales_channel_id", ForeignKey("sales_channel.id")),
    Column("currency_code", Text, nullable=False),
    Column("locale", Text),
    minor("total"),
    Column("totals", JSONB, nullable=False),
    Column("shipping_address", JSONB),
    Column("billing_address", JSONB),
    Column("promotions", JSONB, nullable=False),
    metadata_column(),
    # Goes up with whatever changes the order after the sale.
    Column("version", Integer, nullable=False, server_default="1"),
    *stamps(),
    CheckConstraint("total >= 0", name="total"),
    Index("ix_orders_created_at", "created_at", "id"),
    Index("ix_orders_customer", "customer_id", "created_at", "id"),
)

STATUSES = ("placed", "accepted", "packed", "shipped", "delivered", "canceled")

seller_order = Table(
    "seller_order",
    metadata,
    id_column(),
    Column("order_id", ForeignKey("orders.id"), nullable=False),
    Column("seller_id", ForeignKey("seller.id"), nullable=False),
    Column("status", Text, nullable=False, server_default="placed"),
    Column("currency_code", Text, nullable=False),
    minor("total"),
    # The platform's share, frozen at the sale: percent of the items' net after discounts.
    Column("commission_rate", Numeric(6, 3), nullable=False),
    minor("commission"),
    Column("totals", JSONB, nullable=False),
    metadata_column(),
    *stamps(),
    moment("accepted_at"),
    moment("canceled_at"),
    # What is owed no more, of the total and of the platform's share.
    minor("canceled_total", server_default="0"),
    minor("canceled_commission", server_default="0"),
    UniqueConstraint("order_id", "seller_id"),
    CheckConstraint("total >= 0", name="total"),
    CheckConstraint("commission BETWEEN 0 AND total", name="commission"),
    CheckConstraint(
        "canceled_total BETWEEN 0 AND total AND canceled_commission BETWEEN 0 AND commission", name="canceled"
    ),
    CheckConstraint(f"status IN {STATUSES}", name="status"),
    Index("ix_seller_order_seller", "seller_id", "created_at", "id"),
    Index("ix_seller_order_seller_status", "seller_id", "status", "created_at", "id"),
)

# The words that sellers look orders up by, as PostgreSQL writes the expression: the index is on this very one.
LINE_WORDS: ColumnElement[Any] = literal_column(
    "search_vector(fold((COALESCE(snapshot ->> 'title'::text, ''::text) || ' '::text) || "
    "COALESCE(snapshot ->> 'sku'::text, ''::text)))"
)

order_line = Table(
    "order_line",
    metadata,
    id_column(),
    Column("order_id", ForeignKey("orders.id"), nullable=False, index=True),
    Column("seller_order_id", ForeignKey("seller_order.id"), nullable=False, index=True),
    Column("rank", Integer, nullable=False),
    # No foreign keys: products come and go, what was sold stays.
    Column("product_id", Text, nullable=False),
    Column("variant_id", Text, nullable=False, index=True),
    Column("quantity", Integer, nullable=False),
    minor("unit_price"),
    minor("compare_at_unit_price", nullable=True),
    Column("is_tax_inclusive", Boolean, nullable=False),
    Column("snapshot", JSONB, nullable=False),
    Column("tax_lines", JSONB, nullable=False),
    Column("adjustments", JSONB, nullable=False),
    Column("totals", JSONB, nullable=False),
    # Pieces of each inventory item that the sale took for one piece of the line; what variants need may change later.
    Column("stock_needs", JSONB, nullable=False, server_default="{}"),
    metadata_column(),
    *stamps(),
    *(
        Column(f"{step}_quantity", Integer, nullable=False, server_default="0")
        for step in (
            *("fulfilled", "shipped", "delivered", "canceled"),
            *("return_requested", "return_received", "return_dismissed"),
        )
    ),
    Index("ix_order_line_words", LINE_WORDS, postgresql_using="gin"),
    CheckConstraint("quantity > 0", name="quantity"),
    CheckConstraint("unit_price >= 0", name="unit_price"),
    CheckConstraint(
        "delivered_quantity >= 0 AND delivered_quantity <= shipped_quantity AND shipped_quantity <= fulfilled_quantity "
        "AND canceled_quantity >= 0 AND fulfilled_quantity + canceled_quantity <= quantity",
        name="progress",
    ),
    # Nobody sends back more than came.
    CheckConstraint(
        "return_requested_quantity >= 0 AND return_received_quantity >= 0 AND return_dismissed_quantity >= 0 "
        "AND return_requested_quantity + return_received_quantity + return_dismissed_quantity <= delivered_quantity",
        name="returned",
    ),
)

order_shipping_method = Table(
    "order_shipping_method",
    metadata,
    id_column(),
    Column("order_id", ForeignKey("orders.id"), nullable=False, index=True),
    Column("seller_order_id", ForeignKey("seller_order.id"), nullable=False, index=True),
    Column("shipping_option_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    minor("amount"),
    Column("is_tax_inclusive", Boolean, nullable=False),
    Column("data", JSONB, nullable=False),
    Column("tax_lines", JSONB, nullable=False),
    Column("adjustments", JSONB, nullable=False),
    Column("totals", JSONB, nullable=False),
    metadata_column(),
    *stamps(),
    # The type code under which a combined option chose it, and what its seller calls that type.
    Column("shared_type", Text),
    Column("type_label", Text),
    CheckConstraint("amount >= 0", name="amount"),
)

STATES = ("requested", "confirmed", "declined", "canceled", "expired")

order_transfer = Table(
    "order_transfer",
    metadata,
    id_column(),
    Column("order_id", ForeignKey("orders.id"), nullable=False, index=True),
    # Who wants it, and to whose address the token went.
    Column("customer_id", ForeignKey("customer.id"), nullable=False, index=True),
    Column("original_email", Text),
    Column("description", Text),
    # Null until the e-mail that carries the token is made.
    Column("token_hash", Text, unique=True),
    Column("status", Text, nullable=False, server_default="requested"),
    *stamps(),
    moment("expires_at", nullable=False),
    moment("decided_at"),
    CheckConstraint(f"status IN {STATES}", name="status"),
    CheckConstraint("(status = 'requested') = (decided_at IS NULL)", name="decided"),
    Index("uq_order_transfer_open", "order_id", unique=True, postgresql_where=text("status = 'requested'")),
)
