"""Who calls, and through which door: sales channels, API keys, and the principal of a request."""

from dataclasses import dataclass

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA

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

KEY_TYPES = ("publishable", "secret")

# A publishable key names sales channels and opens nothing else: it stands in web pages, so it is kept in clear.
# A secret key acts as an administrator with its scopes, and stands nowhere: its hash is enough to know it again.
api_key = Table(
    "api_key",
    metadata,
    id_column(),
    Column("token", Text, unique=True),
    Column("token_hash", BYTEA, unique=True),
    Column("redacted", Text),
    Column("title", Text, nullable=False),
    Column("type", Text, nullable=False, server_default="publishable"),
    Column("scopes", ARRAY(Text), nullable=False, server_default="{}"),
    Column("created_by", Text),
    Column("revoked_by", Text),
    moment("revoked_at"),  # may lie ahead: until then the key is good
    *stamps(),
    CheckConstraint(f"type IN {KEY_TYPES}", name="type"),
    CheckConstraint(
        "CASE type WHEN 'secret' THEN token IS NULL AND num_nonnulls(token_hash, redacted) = 2 AND scopes <> '{}'"
        " ELSE token IS NOT NULL AND num_nonnulls(token_hash, redacted) = 0 AND scopes = '{}' END",
        name="secret",
    ),
)

# Apart from the key: each change of a key makes every process load the keys anew, and a use is no change.
api_key_use = Table(
    "api_key_use",
    metadata,
    Column("api_key_id", ForeignKey("api_key.id", ondelete="CASCADE"), primary_key=True),
    moment("last_used_at", nullable=False),
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
