"""Administrators of the marketplace: on the wire `user`, as clients of the Admin API know them."""

from sqlalchemy import CheckConstraint, Column, Index, Table, Text, text

from models.base import id_column, metadata, metadata_column, moment, stamps
from models.role import USER_ROLES

admin_user = Table(
    "admin_user",
    metadata,
    id_column(),
    Column("email", Text, nullable=False),
    Column("first_name", Text),
    Column("last_name", Text),
    Column("avatar_url", Text),
    Column("role", Text, nullable=False, server_default="admin"),
    metadata_column(),
    *stamps(),
    moment("deleted_at"),
    CheckConstraint(f"role IN {USER_ROLES}", name="role"),
    Index("uq_admin_user_email", "email", unique=True, postgresql_where=text("deleted_at IS NULL")),
)
