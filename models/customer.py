"""Customers and their groups. A guest is a customer without an account."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Table, Text, text

from models.base import id_column, metadata, metadata_column, moment, stamps

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
)

customer_group_customer = Table(
    "customer_group_customer",
    metadata,
    Column("customer_id", ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True),
    Column("group_id", ForeignKey("customer_group.id", ondelete="CASCADE"), primary_key=True, index=True),
)
