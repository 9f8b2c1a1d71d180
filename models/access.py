"""Who calls, and through which door: sales channels, API keys, and the principal of a request."""

from dataclasses import dataclass

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Table, Text

from models.base import id_column, metadata, metadata_column, moment, stamps
from models.member import Membership
from models.role import Grants

sales_channel = Table(
    "sales_channel",
    metadata,
    id_column(),
    Column("name", Text, nullable=False, unique=True),
    Column("description", Text),
    Column("is_disabled", Boolean, nullable=False, server_default="false"),
    metadata_column(),
    *stamps(),
)

# A publishable key names sales channels and opens nothing else: it stands in web pages, so it is kept in clear.
api_key = Table(
    "api_key",
    metadata,
    id_column(),
    Column("token", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("type", Text, nullable=False, server_default="publishable"),
    moment("revoked_at"),
    *stamps(),
    CheckConstraint("type IN ('publishable')", name="type"),
)

api_key_sales_channel = Table(
    "api_key_sales_channel",
    metadata,
    Column("api_key_id", ForeignKey("api_key.id", ondelete="CASCADE"), primary_key=True),
    Column("sales_channel_id", ForeignKey("sales_channel.id", ondelete="CASCADE"), primary_key=True),
)


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller of one request: the key it came with, and who is logged in (nobody: kind `anonymous`).

    A person who has registered and is not yet a customer (seller, ...) has an identity and an actor type, but no actor.
    `grants` is what an administrator, a secret key (`api_key_id`), or a member in the store `store_id` may do; members
    have them once a row has chosen the store among `memberships`.
    """

    kind: str = "anonymous"
    key_id: str | None = None
    sales_channel_ids: tuple[str, ...] = ()
    customer_id: str | None = None
    group_ids: tuple[str, ...] = ()
    identity_id: str | None = None
    actor_type: str | None = None
    actor_id: str | None = None
    session_id: str | None = None
    memberships: tuple[Membership, ...] = ()
    store_id: str | None = None
    role: str | None = None
    grants: Grants = frozenset()
    api_key_id: str | None = None
    request_id: str | None = None
