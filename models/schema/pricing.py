"""Tables of prices, price lists, promotions and their uses."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB

from models.schema.base import id_column, metadata, metadata_column, minor, moment, stamps

price = Table(
    "price",
    metadata,
    id_column(),
    Column("variant_id", ForeignKey("product_variant.id", ondelete="CASCADE"), nullable=False),
    Column("price_list_id", ForeignKey("price_list.id", ondelete="CASCADE"), index=True),
    Column("currency_code", ForeignKey("currency.code"), nullable=False),
    minor("amount"),
    Column("min_quantity", Integer),
    Column("max_quantity", Integer),
    Column("region_id", ForeignKey("region.id", ondelete="CASCADE")),
    *stamps(),
    CheckConstraint("amount >= 0", name="amount"),
    CheckConstraint("min_quantity > 0", name="min_quantity"),
    CheckConstraint("max_quantity > 0 AND max_quantity >= coalesce(min_quantity, 1)", name="max_quantity"),
    UniqueConstraint(
        "variant_id",
        "price_list_id",
        "currency_code",
        "region_id",
        "min_quantity",
        "max_quantity",
        name="uq_price_place",
        postgresql_nulls_not_distinct=True,
    ),
    Index("ix_price_variant_id", "variant_id"),
)

# Empty arrays mean: open to every region, open to every customer group.
price_list = Table(
    "price_list",
    metadata,
    id_column(),
    Column("title", Text, nullable=False, unique=True),
    Column("description", Text, nullable=False, server_default=""),
    Column("type", Text, nullable=False, server_default="sale"),
    Column("status", Text, nullable=False, server_default="draft"),
    moment("starts_at"),
    moment("ends_at"),
    Column("region_ids", ARRAY(Text), nullable=False, server_default="{}"),
    Column("customer_group_ids", ARRAY(Text), nullable=False, server_default="{}"),
    *stamps(),
    CheckConstraint("type IN ('sale', 'override')", name="type"),
    CheckConstraint("status IN ('draft', 'active')", name="status"),
    CheckConstraint("ends_at > starts_at", name="window"),
)

price_preference = Table(
    "price_preference",
    metadata,
    id_column(),
    Column("attribute", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("is_tax_inclusive", Boolean, nullable=False, server_default="false"),
    *stamps(),
    UniqueConstraint("attribute", "value"),
    CheckConstraint("attribute IN ('region_id', 'currency_code')", name="attribute"),
)

# The limit of a spend budget is in minor units of its currency, that of a usage budget a number of uses.
campaign = Table(
    "campaign",
    metadata,
    id_column(),
    Column("name", Text, nullable=False),
    Column("identifier", Text, nullable=False, unique=True),
    Column("description", Text),
    moment("starts_at"),
    moment("ends_at"),
    Column("budget_type", Text),
    Column("budget_limit", BigInteger),
    Column("budget_currency_code", ForeignKey("currency.code")),
    *stamps(),
    CheckConstraint("ends_at > starts_at", name="window"),
    CheckConstraint("budget_type IN ('spend', 'usage')", name="budget_type"),
    CheckConstraint("budget_limit >= 0", name="budget_limit"),
    CheckConstraint(
        "(coalesce(budget_type, '') = 'spend') = (budget_currency_code IS NOT NULL)", name="budget_currency"
    ),
)

# `value` is in percent, or in minor units of `currency_code`. `seller_id` is the seller that grants the discount, on
# its own goods only; null is the marketplace. Rules are lists of `{attribute, operator, values}`.
promotion = Table(
    "promotion",
    metadata,
    id_column(),
    Column("code", Text, nullable=False, unique=True),
    Column("is_automatic", Boolean, nullable=False, server_default="false"),
    Column("type", Text, nullable=False, server_default="standard"),
    Column("status", Text, nullable=False, server_default="draft"),
    Column("is_tax_inclusive", Boolean, nullable=False, server_default="false"),
    Column("limit", Integer),
    Column("campaign_id", ForeignKey("campaign.id"), index=True),
    Column("seller_id", ForeignKey("seller.id"), index=True),
    Column("method_id", Text, nullable=False, unique=True),
    Column("method_type", Text, nullable=False),
    Column("target_type", Text, nullable=False),
    Column("allocation", Text),
    Column("value", Numeric(20, 4), nullable=False),
    Column("currency_code", ForeignKey("currency.code")),
    Column("max_quantity", Integer),
    Column("buy_rules_min_quantity", Integer),
    Column("apply_to_quantity", Integer),
    *(Column(f"{kind}rules", JSONB, nullable=False, server_default="[]") for kind in ("", "target_", "buy_")),
    metadata_column(),
    *stamps(),
    CheckConstraint("type IN ('standard', 'buyget')", name="type"),
    CheckConstraint("status IN ('draft', 'active', 'inactive')", name="status"),
    CheckConstraint('"limit" > 0', name="limit"),
    CheckConstraint("method_type IN ('fixed', 'percentage')", name="method_type"),
    CheckConstraint("target_type IN ('items', 'order', 'shipping_methods')", name="target_type"),
    CheckConstraint("allocation IN ('each', 'across', 'once')", name="allocation"),
    CheckConstraint("allocation IS NOT NULL OR target_type = 'order'", name="allocated"),
    CheckConstraint("value >= 0 AND (method_type = 'fixed' OR value <= 100)", name="value"),
    CheckConstraint(
        "method_type = 'percentage' OR (currency_code IS NOT NULL AND value = trunc(value))", name="fixed_value"
    ),
    CheckConstraint("max_quantity > 0", name="max_quantity"),
    CheckConstraint(
        "type = 'standard' OR (coalesce(buy_rules_min_quantity, 0) > 0 AND coalesce(apply_to_quantity, 0) > 0 "
        "AND target_type = 'items')",
        name="buyget",
    ),
)

# One row each, kept by triggers: `usage_limit` follows the definition, and is never below what is used already.
promotion_usage = Table(
    "promotion_usage",
    metadata,
    Column("promotion_id", ForeignKey("promotion.id", ondelete="CASCADE"), primary_key=True),
    Column("used", BigInteger, nullable=False, server_default="0"),
    Column("usage_limit", BigInteger),
    CheckConstraint("used >= 0", name="used"),
    CheckConstraint("used <= usage_limit", name="usage_limit"),
)

campaign_usage = Table(
    "campaign_usage",
    metadata,
    Column("campaign_id", ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True),
    Column("used", BigInteger, nullable=False, server_default="0"),
    Column("usage_limit", BigInteger),
    CheckConstraint("used >= 0", name="used"),
    CheckConstraint("used <= usage_limit", name="usage_limit"),
)

promotion_redemption = Table(
    "promotion_redemption",
    metadata,
    Column("promotion_id", ForeignKey("promotion.id"), nullable=False),
    Column("order_id", ForeignKey("orders.id"), nullable=False, index=True),
    Column("code", Text, nullable=False),
    minor("amount"),
    stamps()[0],
    # What the sale counted, and is given back: limits and budgets may come, go and change after it.
    Column("is_counted", Boolean, nullable=False, server_default="false"),
    Column("campaign_id", Text),
    Column("campaign_amount", BigInteger, nullable=False, server_default="0"),
    UniqueConstraint("promotion_id", "order_id"),
    CheckConstraint("amount >= 0", name="amount"),
    CheckConstraint("campaign_amount >= 0", name="campaign_amount"),
)
