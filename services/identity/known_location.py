"""Where a person has logged in before: tries from there are counted apart from those of strangers.

So a stranger who guesses uses up the strangers' tries only, and the owner still gets in from a known device (a cookie
that every login sets), a known network, a login that is still open, or wherever the password was just reset by mail.
Guesses stay bounded: each place has as many tries as all strangers together, and only the latest MOST places count.
"""

from collections.abc import Sequence
from typing import Any

from models.identity import known_location as statements
from models.identity.session import Visitor
from services.infrastructure.database.database import UnitOfWork
from services.infrastructure.tokens.tokens import hashed
from utils.network import network_of


async def find_of_email(work: UnitOfWork, *, email: str, visitor: Visitor) -> str:
    """Words that tell the visitor's place from others, empty for a stranger. Asked for every address alike."""
    return _place((await work.execute(statements.OF_EMAIL, {"email": email})).all(), visitor)


async def find_of_identity(work: UnitOfWork, *, identity_id: str, visitor: Visitor) -> str:
    """The same for codes of a second factor: only places where a code was shown count."""
    return _place((await work.execute(statements.OF_IDENTITY, {"identity_id": identity_id})).all(), visitor)


def _place(rows: Sequence[Any], visitor: Visitor) -> str:
    device = hashed(visitor.device) if visitor.device else None
    if device is not None and any(row.device_hash is not None and bytes(row.device_hash) == device for row in rows):
        return f" on {device.hex()}"
    network = network_of(visitor.address)
    if any(row.address is not None and network_of(row.address) == network for row in rows):
        return f" from {network}"
    return ""
