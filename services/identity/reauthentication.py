"""Fresh proof: what opens an account or moves its money is changed only by who has just shown to be its owner.

A login that was just made counts. An older one renews its proof at `POST /auth/proof`, with the password or, where a
second factor is enabled, with a code of it.
"""

from datetime import datetime, timedelta

from models.identity import session as statements
from models.identity.principal import Principal
from models.shared.events import CredentialChanged
from services.identity import account
from services.infrastructure.database.database import UnitOfWork
from utils.clock import now
from utils.errors import AppError
from utils.ids import new_id

FRESH = timedelta(minutes=10)


class ProofRequired(AppError):
    code, kind = "fresh_proof_required", "forbidden"
    message = (
        "Show that it is you: POST /auth/proof with your password, or with a code of your second factor, "
        "then send this request again within {within_seconds} s. A login that was just made counts as well."
    )


async def find_proof_time(work: UnitOfWork, *, session_id: str) -> datetime | None:
    """When the login last proved whose it is; with an enabled second factor only a code of it is proof."""
    row = (await work.execute(statements.LATEST_PROOF, {"session_id": session_id})).first()
    if row is None:
        return None
    found: datetime | None = row.mfa_completed_at if row.has_mfa else row.shown_at
    return found


async def require_proof(work: UnitOfWork, *, session_id: str | None) -> None:
    """ProofRequired unless the login proved itself within FRESH."""
    moment = None if session_id is None else await find_proof_time(work, session_id=session_id)
    if moment is None or moment <= now() - FRESH:
        raise ProofRequired(within_seconds=int(FRESH.total_seconds()), renew="/auth/proof")


async def require_proof_of(work: UnitOfWork, *, who: Principal) -> None:
    """As `require`, of a person. A secret key has no login that could be left open: it may what its scopes say."""
    if who.api_key_id is None:
        await require_proof(work, session_id=who.session_id)


async def record_proof(work: UnitOfWork, *, session_id: str) -> None:
    """Note that the password was shown again."""
    await work.execute(statements.NOTE_PROOF, {"session_id": session_id})


async def notify(work: UnitOfWork, *, identity_id: str | None, change: str) -> None:
    """An e-mail about a change goes to the address that the person logs in with; silent where none is known."""
    if identity_id is None:
        return
    entity = await account.find_entity(work, identity_id=identity_id)
    if entity is not None and entity.email is not None:
        notify_address(work, email=entity.email, change=change)


def notify_address(work: UnitOfWork, *, email: str, change: str) -> None:
    work.emit(CredentialChanged(email, change, new_id("note")))
