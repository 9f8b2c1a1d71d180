"""Where a person has logged in before: tries from there are counted apart from those of strangers.

So a stranger who guesses uses up the strangers' tries only, and the owner still gets in from a known device (a cookie
that every login sets), a known network, a login that is still open, or wherever the password was just reset by mail.
Guesses stay bounded: each place has as many tries as all strangers together, and only the latest MOST places count.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Text, bindparam, cast, null, select, union_all

from models.schema.identity import auth_token, login_session, provider_identity
from services.identity.session import LIVE, Visitor
from services.infrastructure.database.database import UnitOfWork
from services.infrastructure.tokens.tokens import hashed
from utils.network import network_of
from utils.sql import Prepared

MOST = 20
_of_address = (provider_identity.c.provider == "emailpass") & (provider_identity.c.entity_id == bindparam("email"))
_sessions = (
    select(login_session.c.address, login_session.c.device_hash)
    .join(provider_identity, provider_identity.c.auth_identity_id == login_session.c.auth_identity_id)
    .where(_of_address, LIVE, login_session.c.device_hash.is_not(None))
    .order_by(login_session.c.created_at.desc())
    .limit(MOST)
)
_resets = (
    select(auth_token.c.data["address"].astext, cast(null(), login_session.c.device_hash.type))
    .join(provider_identity, provider_identity.c.auth_identity_id == auth_token.c.auth_identity_id)
    .where(_of_address, auth_token.c.purpose == "reset", auth_token.c.used_at.is_not(None))
    .where(auth_token.c.data["address"].astext.is_not(None))
    .order_by(auth_token.c.used_at.desc())
    .limit(1)
)
KNOWN = Prepared(union_all(_sessions.subquery().select(), _resets.subquery().select()))
OF_IDENTITY = Prepared(
    select(login_session.c.address, login_session.c.device_hash)
    .where(
        login_session.c.auth_identity_id == bindparam("identity_id", type_=Text),
        LIVE,
        login_session.c.device_hash.is_not(None),
        login_session.c.mfa_completed_at.is_not(None),
    )
    .order_by(login_session.c.created_at.desc())
    .limit(MOST)
)


async def of_address(work: UnitOfWork, *, email: str, visitor: Visitor) -> str:
    """Words that tell the visitor's place from others, empty for a stranger. Asked for every address alike."""
    return _place((await work.execute(KNOWN, {"email": email})).all(), visitor)


async def of_identity(work: UnitOfWork, *, identity_id: str, visitor: Visitor) -> str:
    """The same for codes of a second factor: only places where a code was shown count."""
    return _place((await work.execute(OF_IDENTITY, {"identity_id": identity_id})).all(), visitor)


def _place(rows: Sequence[Any], visitor: Visitor) -> str:
    device = hashed(visitor.device) if visitor.device else None
    if device is not None and any(row.device_hash is not None and bytes(row.device_hash) == device for row in rows):
        return f" on {device.hex()}"
    network = network_of(visitor.address)
    if any(row.address is not None and network_of(row.address) == network for row in rows):
        return f" from {network}"
    return ""
