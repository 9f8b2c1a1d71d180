"""Sellers' staff: people (members), and in which role they work for which store."""

from dataclasses import dataclass

from sqlalchemy import CheckConstraint, Column, ForeignKey, Table, Text

from models.base import id_column, metadata, metadata_column, stamps
from models.role import OF_STORE_ROLE, STORE_ROLES, Grants, in_state

# A person with the hat `seller`; the stores stand in store_member.
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

# A store that has staff has an owner: a deferred trigger refuses that the last one leaves.
store_member = Table(
    "store_member",
    metadata,
    Column("store_id", ForeignKey("store.id", ondelete="CASCADE"), primary_key=True),
    Column("member_id", ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("role", Text, nullable=False),
    *stamps(),
    CheckConstraint(f"role IN {STORE_ROLES}", name="role"),
)


@dataclass(frozen=True, slots=True)
class Membership:
    """One of the stores that somebody works for, with its state."""

    store_id: str
    role: str
    status: str

    @property
    def grants(self) -> Grants:
        """What the role may do while the store is in its state."""
        return in_state(OF_STORE_ROLE[self.role], self.status)
