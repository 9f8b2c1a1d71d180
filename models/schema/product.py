"""Tables of products: options, variants, images, and what products are filed under."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR

from models.schema.base import id_column, metadata, metadata_column, moment, stamps


def measures() -> tuple[Column[int | None], ...]:
    """Weight in grams, sizes in millimetres."""
    return tuple(Column(name, Integer) for name in ("weight", "length", "height", "width"))


# What is searched beside products, as PostgreSQL writes the expressions: the indexes are on these very ones.
VARIANT_WORDS: ColumnElement[Any] = literal_column(
    "search_vector(fold((((((((product_variant.title || ' '::text) || COALESCE(product_variant.sku, ''::text)) || "
    "' '::text) || COALESCE(product_variant.barcode, ''::text)) || ' '::text) || "
    "COALESCE(product_variant.ean, ''::text)) || ' '::text) || COALESCE(product_variant.upc, ''::text)))"
)

OPTION_WORDS: ColumnElement[Any] = literal_column("search_vector(fold(product_option.title))")


def customs() -> tuple[Column[str | None], ...]:
    return tuple(Column(name, Text) for name in ("hs_code", "origin_country", "mid_code", "material"))


product_collection = Table(
    "product_collection",
    metadata,
    id_column(),
    Column("title", Text, nullable=False),
    Column("handle", Text, nullable=False, unique=True),
    Column("external_id", Text),
    metadata_column(),
    *stamps(),
)

product_type = Table(
    "product_type",
    metadata,
    id_column(),
    Column("value", Text, nullable=False, unique=True),
    Column("external_id", Text),
    metadata_column(),
    *stamps(),
)

product_tag = Table(
    "product_tag",
    metadata,
    id_column(),
    Column("value", Text, nullable=False, unique=True),
    Column("external_id", Text),
    metadata_column(),
    *stamps(),
)

# `mpath` is the ids from the root down to the row itself, each followed by a dot: descendants share the prefix.
product_category = Table(
    "product_category",
    metadata,
    id_column(),
    Column("name", Text, nullable=False),
    Column("handle", Text, nullable=False, unique=True),
    Column("description", Text, nullable=False, server_default=""),
    Column("parent_category_id", ForeignKey("product_category.id"), index=True),
    Column("mpath", Text, nullable=False),
    Column("rank", Integer, nullable=False, server_default="0"),
    Column("is_active", Boolean, nullable=False, server_default="true"),
    Column("is_internal", Boolean, nullable=False, server_default="false"),
    Column("external_id", Text),
    metadata_column(),
    *stamps(),
    CheckConstraint("parent_category_id <> id", name="not_own_parent"),
)

shipping_profile = Table(
    "shipping_profile",
    metadata,
    id_column(),
    Column("name", Text, nullable=False, unique=True),
    Column("type", Text, nullable=False, server_default="default"),
    metadata_column(),
    *stamps(),
)

product = Table(
    "product",
    metadata,
    id_column(),
    Column("seller_id", ForeignKey("seller.id"), nullable=False),
    Column("title", Text, nullable=False),
    Column("subtitle", Text),
    Column("description", Text),
    Column("handle", Text, nullable=False, unique=True),
    Column("status", Text, nullable=False, server_default="draft"),
    Column("is_giftcard", Boolean, nullable=False, server_default="false"),
    Column("discountable", Boolean, nullable=False, server_default="true"),
    Column("thumbnail", Text),
    Column("collection_id", ForeignKey("product_collection.id"), index=True),
    Column("type_id", ForeignKey("product_type.id"), index=True),
    Column("shipping_profile_id", ForeignKey("shipping_profile.id")),
    *measures(),
    *customs(),
    # The id in the system it came from: an import finds its own products by (seller, external_id).
    Column("external_id", Text),
    # The value of the `catalogue` change counter when this product, or anything that belongs to it, last changed.
    Column("version", BigInteger, nullable=False, server_default="0"),
    # Written by a trigger with the words and the seller's name: what `q` looks at, what `order=title` sorts by.
    Column("search", TSVECTOR, nullable=False, server_default=""),
    Column("title_key", Text(collation="C"), nullable=False, server_default=""),
    metadata_column(),
    *stamps(),
    moment("deleted_at"),
    # Set when the platform rejects it, cleared when the platform publishes it: until then the seller cannot.
    moment("rejected_at"),
    Column("rejection_reason", Text),
    UniqueConstraint("seller_id", "external_id"),
    CheckConstraint("status IN ('draft', 'proposed', 'published', 'rejected')", name="status"),
    CheckConstraint("is_handle(handle)", name="handle"),
    CheckConstraint(
        "(rejected_at IS NULL) = (rejection_reason IS NULL) AND (rejected_at IS NULL OR status <> 'published')",
        name="rejection",
    ),
    Index("ix_product_seller_id", "seller_id"),
    Index("ix_product_version", "version"),
    Index("ix_product_search", "search", postgresql_using="gin"),
    Index("ix_product_title_key", "title_key"),
    Index(
        "ix_product_listed", "created_at", "id", postgresql_where=text("status = 'published' AND deleted_at IS NULL")
    ),
)

product_sales_channel = Table(
    "product_sales_channel",
    metadata,
    Column("product_id", ForeignKey("product.id", ondelete="CASCADE"), primary_key=True),
    Column("sales_channel_id", ForeignKey("sales_channel.id", ondelete="CASCADE"), primary_key=True, index=True),
)

product_category_product = Table(
    "product_category_product",
    metadata,
    Column("product_id", ForeignKey("product.id", ondelete="CASCADE"), primary_key=True),
    Column("category_id", ForeignKey("product_category.id", ondelete="CASCADE"), primary_key=True, index=True),
)

product_tag_product = Table(
    "product_tag_product",
    metadata,
    Column("product_id", ForeignKey("product.id", ondelete="CASCADE"), primary_key=True),
    Column("tag_id", ForeignKey("product_tag.id", ondelete="CASCADE"), primary_key=True, index=True),
)

product_option = Table(
    "product_option",
    metadata,
    id_column(),
    Column("product_id", ForeignKey("product.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("rank", Integer, nullable=False, server_default="0"),
    metadata_column(),
    *stamps(),
    UniqueConstraint("product_id", "title"),
    Index("ix_product_option_words", OPTION_WORDS, postgresql_using="gin"),
)

product_option_value = Table(
    "product_option_value",
    metadata,
    id_column(),
    Column("option_id", ForeignKey("product_option.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("value", Text, nullable=False),
    Column("rank", Integer, nullable=False, server_default="0"),
    metadata_column(),
    *stamps(),
    UniqueConstraint("option_id", "value"),
    # Values that products share are found by this key of their text, see `models.product.shared_option`.
    Index("ix_product_option_value_key", text("left(md5(lower(btrim(value))), 16)")),
)

product_image = Table(
    "product_image",
    metadata,
    id_column(),
    Column("product_id", ForeignKey("product.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("url", Text, nullable=False),
    Column("alt", Text),
    Column("rank", Integer, nullable=False, server_default="0"),
    metadata_column(),
    *stamps(),
    UniqueConstraint("product_id", "url"),
)

product_variant = Table(
    "product_variant",
    metadata,
    id_column(),
    Column("product_id", ForeignKey("product.id", ondelete="CASCADE"), nullable=False, index=True),
    # Repeated from the product so that a SKU is unique within its seller; kept equal by a trigger.
    Column("seller_id", ForeignKey("seller.id"), nullable=False),
    Column("title", Text, nullable=False),
    Column("sku", Text),
    Column("barcode", Text, index=True),
    Column("ean", Text, index=True),
    Column("upc", Text, index=True),
    Column("allow_backorder", Boolean, nullable=False, server_default="false"),
    Column("order_limit", Integer),  # pieces of it in one order, at the most
    Column("manage_inventory", Boolean, nullable=False, server_default="true"),
    Column("requires_shipping", Boolean, nullable=False, server_default="true"),
    Column("variant_rank", Integer, nullable=False, server_default="0"),
    Column("thumbnail", Text),
    *measures(),
    *customs(),
    metadata_column(),
    *stamps(),
    UniqueConstraint("seller_id", "sku"),
    CheckConstraint("order_limit > 0", name="order_limit"),
    Index("ix_product_variant_words", VARIANT_WORDS, postgresql_using="gin"),
)

variant_option_value = Table(
    "variant_option_value",
    metadata,
    Column("variant_id", ForeignKey("product_variant.id", ondelete="CASCADE"), primary_key=True),
    Column("option_value_id", ForeignKey("product_option_value.id", ondelete="CASCADE"), primary_key=True, index=True),
)

# Which of the product's images show the variant; a variant without rows shows them all.
variant_image = Table(
    "variant_image",
    metadata,
    Column("variant_id", ForeignKey("product_variant.id", ondelete="CASCADE"), primary_key=True),
    Column("image_id", ForeignKey("product_image.id", ondelete="CASCADE"), primary_key=True),
)
