"""Who people are: identities, the ways they prove it, the actors they are, and their logins.

An identity may be a customer, a seller's member and an administrator at once: one `auth_actor` row an actor. Secrets
are not stored: passwords as argon2id hashes, tokens as rows that only the installation's key turns into tokens.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    bindparam,
    select,
)

from models.schema.identity import auth_identity
from models.seller.member import Membership
from utils.sql import Prepared

SCOPE = "principal"  # the change counter of what logins are worth
ACTOR_TYPES = ("customer", "seller", "affiliate", "user")


# What one person's identity is made of changes in one transaction after the other: actors, factors, ways to log in.
LOCK_IDENTITY = Prepared(
    select(auth_identity.c.id).where(auth_identity.c.id == bindparam("identity_id")).with_for_update(key_share=True)
)


@dataclass(frozen=True, slots=True)
class LoginState:
    """What a login is worth now: whose it is, until when, as which actor."""

    session_id: str
    identity_id: str
    actor_type: str
    actor_id: str | None
    provider: str
    kind: str
    group_ids: tuple[str, ...]
    memberships: tuple[Membership, ...]
    user_role: str | None
    expires_at: datetime
    revoked_at: datetime | None
    has_mfa: bool
    mfa_completed_at: datetime | None

    def is_live(self, moment: datetime) -> bool:
        return self.revoked_at is None and moment < self.expires_at
