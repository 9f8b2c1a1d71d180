"""Tables of sellers: the shop, its staff, invites, and its checklist."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Numeric,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from models.schema.base import id_column, metadata, metadata_column, moment, stamps
from models.schema.roles import SELLER_ROLES, SELLER_STATES, USER_ROLES

invite = Table(
    "invite",
    metadata,
    id_column(),
    Column("seller_id", ForeignKey("seller.id", ondelete="CASCADE")),
    Column("email", Text, nullable=False),
    Column("role", Text, nullable=False),
    # How often it was sent; only the token of the last e-mail is good.
    Column("number", Integer, nullable=False, server_default="1"),
    # The member, administrator or secret key, and the identity: they may be gone.
    Column("invited_by", Text),
    Column("accepted_by", Text),
    moment("expires_at", nullable=False),
    moment("accepted_at"),
    moment("revoked_at"),
    metadata_column(),
    *stamps(),
    CheckConstraint(
        f"CASE WHEN seller_id IS NULL THEN role IN {USER_ROLES} ELSE role IN {SELLER_ROLES} END", name="role"
    ),
    CheckConstraint("(accepted_at IS NULL) = (accepted_by IS NULL)", name="accepted"),
    Index(
        "uq_invite_open",
        "seller_id",
        "email",
        unique=True,
        postgresql_where=text("accepted_at IS NULL AND revoked_at IS NULL"),
        postgresql_nulls_not_distinct=True,
    ),
)

KINDS = ("legal_entity", "tax_id", "representative", "identity_document", "address_proof", "bank_account")

kyc_item = Table(
    "kyc_item",
    metadata,
    Column("seller_id", ForeignKey("seller.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("status", Text, nullable=False, server_default="submitted"),  # no row: missing
    Column("data", JSONB, nullable=False),
    Column("revision", Integer, nullable=False, server_default="1"),  # goes up when it is submitted again
    Column("note", Text),  # the reviewer's, for the seller
    moment("submitted_at", nullable=False),
    moment("reviewed_at"),
    Column("reviewed_by", Text),
    *stamps(),
    CheckConstraint(f"kind IN {KINDS}", name="kind"),
    CheckConstraint("status IN ('submitted', 'verified', 'rejected')", name="status"),
    CheckConstraint("revision > 0", name="revision"),
    CheckConstraint("(status = 'submitted') = (reviewed_at IS NULL)", name="reviewed"),
)

# Which uploads an item shows; they are of the owner `document_owner`, whose files are served to nobody.
kyc_document = Table(
    "kyc_document",
    metadata,
    Column("upload_id", ForeignKey("upload.id"), primary_key=True),
    Column("seller_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("rank", Integer, nullable=False),
    stamps()[0],
    ForeignKeyConstraint(
        ["seller_id", "kind"],
        ["kyc_item.seller_id", "kyc_item.kind"],
        ondelete="CASCADE",
        name="fk_kyc_document_seller_id_kind",
    ),
    Index("ix_kyc_document_seller_id_kind", "seller_id", "kind"),
)

# An actor of the type `seller`; whom they work for stands in seller_member.
member = Table(
    "member",
    metadata,
    id_column(),
    Column("email", Text, nullable=False),
    Column("first_name", Text),
    Column("last_name", Text),
    Column("phone", Text),
    metadata_column(),
    *stamps(),
)

# A seller that has staff has an owner: a deferred trigger refuses that the last one leaves.
seller_member = Table(
    "seller_member",
    metadata,
    Column("seller_id", ForeignKey("seller.id", ondelete="CASCADE"), primary_key=True),
    Column("member_id", ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("role", Text, nullable=False),
    *stamps(),
    CheckConstraint(f"role IN {SELLER_ROLES}", name="role"),
)

seller = Table(
    "seller",
    metadata,
    id_column(),
    Column("handle", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("description", Text),
    Column("logo", Text),
    Column("status", Text, nullable=False, server_default="open"),
    # The address parcels leave from; couriers ask for coordinates as well.
    Column("address_1", Text),
    Column("address_2", Text),
    Column("city", Text),
    Column("province", Text),
    Column("postal_code", Text),
    Column("country_code", Text),
    Column("phone", Text),
    Column("latitude", Double),
    Column("longitude", Double),
    # The platform's share of what the seller sells, in percent of the items' net after discounts.
    Column("commission_rate", Numeric(6, 3), nullable=False, server_default="0"),
    metadata_column(),
    *stamps(),
    Column("email", Text),  # where the platform and buyers reach the seller
    Column("currency_code", ForeignKey("currency.code")),
    Column("status_reason", Text),  # why it was refused or suspended
    moment("status_changed_at"),
    moment("opened_at"),  # the first time
    # A holiday: in between, the seller is listed and sells nothing.
    moment("closed_from"),
    moment("closed_to"),
    Column("closure_note", Text),
    CheckConstraint("is_handle(handle)", name="handle"),
    CheckConstraint(f"status IN {SELLER_STATES}", name="status"),
    CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
    CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
    CheckConstraint("commission_rate BETWEEN 0 AND 100", name="commission_rate"),
    CheckConstraint("num_nonnulls(closed_from, closed_to) <> 1 AND closed_from < closed_to", name="closure"),
    CheckConstraint("closure_note IS NULL OR closed_from IS NOT NULL", name="closure_note"),
)
