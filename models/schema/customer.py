"""Tables of customers, their groups and their address books."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Table, Text, text

from models.schema.base import id_column, metadata, metadata_column, moment, stamps

customer_group = Table(
    "customer_group",
    metadata,
    id_column(),
    Column("name", Text, nullable=False, unique=True),
    metadata_column(),
    *stamps(),
)

customer = Table(
    "customer",
    metadata,
    id_column(),
    Column("email", Text, nullable=False),
    Column("has_account", Boolean, nullable=False, server_default="false"),
    Column("first_name", Text),
    Column("last_name", Text),
    Column("company_name", Text),
    Column("phone", Text),
    metadata_column(),
    *stamps(),
    moment("deleted_at"),
    Index(
        "uq_customer_email_account", "email", "has_account", unique=True, postgresql_where=text("deleted_at IS NULL")
    ),
    Index("ix_customer_created_at", "created_at", "id", postgresql_where=text("deleted_at IS NULL")),
)

customer_group_customer = Table(
    "customer_group_customer",
    metadata,
    Column("customer_id", ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True),
    Column("group_id", ForeignKey("customer_group.id", ondelete="CASCADE"), primary_key=True, index=True),
)

POSTAL = "first_name last_name company address_1 address_2 city province postal_code country_code phone".split()

customer_address = Table(
    "customer_address",
    metadata,
    id_column(),
    Column("customer_id", ForeignKey("customer.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("address_name", Text),
    Column("is_default_shipping", Boolean, nullable=False, server_default="false"),
    Column("is_default_billing", Boolean, nullable=False, server_default="false"),
    *(Column(name, Text) for name in POSTAL),
    metadata_column(),
    *stamps(),
    # One default of each kind a customer, whatever two requests do at once.
    Index(
        "uq_customer_address_default_shipping",
        "customer_id",
        unique=True,
        postgresql_where=text("is_default_shipping"),
    ),
    Index(
        "uq_customer_address_default_billing", "customer_id", unique=True, postgresql_where=text("is_default_billing")
    ),
)
