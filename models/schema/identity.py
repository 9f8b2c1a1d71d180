"""Tables of who calls: identities and their proofs, logins, administrators, API keys, sales channels."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSONB

from models.schema.base import id_column, metadata, metadata_column, moment, stamps
from models.schema.roles import USER_ROLES

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

ACTOR_CHECK = "actor_type IN ('customer', 'seller', 'affiliate', 'user')"


def of_identity(*, primary_key: bool = False, index: bool = True) -> Column[str]:
    return Column(
        "auth_identity_id",
        ForeignKey("auth_identity.id", ondelete="CASCADE"),
        primary_key=primary_key,
        nullable=False,
        index=index and not primary_key,
    )


auth_identity = Table("auth_identity", metadata, id_column(), *stamps())

provider_identity = Table(
    "provider_identity",
    metadata,
    id_column(),
    of_identity(),
    Column("provider", Text, nullable=False),
    Column("entity_id", Text, nullable=False),  # what the provider knows the person by; emailpass: the address
    Column("user_metadata", JSONB, nullable=False, server_default="{}"),
    Column("provider_metadata", JSONB, nullable=False, server_default="{}"),  # emailpass: {password: its hash}
    moment("verified_at"),
    *stamps(),
    UniqueConstraint("provider", "entity_id"),
)

auth_actor = Table(
    "auth_actor",
    metadata,
    of_identity(primary_key=True),
    Column("actor_type", Text, primary_key=True),
    Column("actor_id", Text, nullable=False),
    stamps()[0],
    UniqueConstraint("actor_type", "actor_id"),
    CheckConstraint(ACTOR_CHECK, name="actor_type"),
)

# A login, until it is revoked or ends. Refresh tokens are numbered: the row knows the number that is current.
login_session = Table(
    "login_session",
    metadata,
    id_column(),
    of_identity(),
    Column("actor_type", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("generation", Integer, nullable=False, server_default="0"),
    moment("rotated_at"),
    moment("expires_at", nullable=False),
    moment("last_seen_at", nullable=False),
    moment("mfa_completed_at"),
    moment("proven_at"),  # when the password was shown again
    Column("device_hash", BYTEA),  # of the cookie that the device keeps; none for what only registered
    moment("revoked_at"),
    Column("revoked_reason", Text),
    Column("address", Text),
    Column("user_agent", Text),
    stamps()[0],
    CheckConstraint(ACTOR_CHECK, name="actor_type"),
    CheckConstraint("kind IN ('bearer', 'rotating')", name="kind"),
    Index("ix_login_session_expires_at", "expires_at"),
)

session_cookie = Table(
    "session_cookie",
    metadata,
    Column("token_hash", BYTEA, primary_key=True),
    Column("session_id", ForeignKey("login_session.id", ondelete="CASCADE"), nullable=False, index=True),
    moment("expires_at", nullable=False),
    stamps()[0],
    Index("ix_session_cookie_expires_at", "expires_at"),
)

# Tokens for one use: the token itself is its id under the installation's key, and stands nowhere.
auth_token = Table(
    "auth_token",
    metadata,
    id_column(),
    of_identity(),
    Column("purpose", Text, nullable=False),
    Column("entity_id", Text, nullable=False),
    Column("data", JSONB, nullable=False, server_default="{}"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    moment("expires_at", nullable=False),
    moment("used_at"),
    stamps()[0],
    CheckConstraint("purpose IN ('reset', 'verification', 'mfa')", name="purpose"),
    Index("ix_auth_token_expires_at", "expires_at"),
)

# Somebody who was sent to a provider's page, until they come back. What stands between us and the provider (state,
# nonce, verifier) is the row's id under the installation's key, and stands nowhere.
authorization_request = Table(
    "authorization_request",
    metadata,
    id_column(),
    Column("provider", Text, nullable=False),
    Column("actor_type", Text, nullable=False),
    Column("callback_url", Text, nullable=False),
    Column("is_rotating", Boolean, nullable=False),
    Column("binding_hash", BYTEA),  # of what only the browser that was sent away knows
    Column("link_identity_id", ForeignKey("auth_identity.id", ondelete="CASCADE"), index=True),
    Column("address", Text, nullable=False),
    moment("expires_at", nullable=False),
    moment("used_at"),
    stamps()[0],
    CheckConstraint(ACTOR_CHECK, name="actor_type"),
    Index("ix_authorization_request_expires_at", "expires_at"),
)

mfa_factor = Table(
    "mfa_factor",
    metadata,
    id_column(),
    of_identity(),
    Column("provider", Text, nullable=False),
    Column("label", Text),
    Column("status", Text, nullable=False, server_default="pending"),
    Column("sealed_secret", BYTEA, nullable=False),
    Column("last_step", BigInteger, nullable=False, server_default="0"),  # a code counts once
    moment("enabled_at"),
    *stamps(),
    CheckConstraint("status IN ('pending', 'enabled')", name="status"),
    Index(
        "uq_mfa_factor_enabled",
        "auth_identity_id",
        "provider",
        unique=True,
        postgresql_where=sql("status = 'enabled'"),
    ),
)

recovery_code = Table(
    "recovery_code",
    metadata,
    of_identity(primary_key=True),
    Column("code_hash", BYTEA, primary_key=True),
    moment("used_at"),
    stamps()[0],
)

# Asked for by one administrator, approved by another.
factor_removal = Table(
    "factor_removal",
    metadata,
    id_column(),
    of_identity(),
    Column("reason", Text, nullable=False),
    Column("status", Text, nullable=False, server_default="requested"),
    Column("requested_by", Text, nullable=False),
    Column("decided_by", Text),
    moment("decided_at"),
    moment("expires_at", nullable=False),
    stamps()[0],
    CheckConstraint("status IN ('requested', 'approved', 'rejected')", name="status"),
    CheckConstraint("status <> 'approved' OR decided_by <> requested_by", name="two"),
)

# How often something was tried lately, counted before it is tried; the key is a hash of what is protected.
attempt_count = Table(
    "attempt_count",
    metadata,
    Column("key", BYTEA, primary_key=True),
    Column("used", Integer, nullable=False),
    moment("ends_at", nullable=False),
    Index("ix_attempt_count_ends_at", "ends_at"),
)

# An installation that has administrators keeps one of the role `admin`: a deferred trigger refuses that the last goes.
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
