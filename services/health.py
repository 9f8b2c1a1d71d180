"""Does the database answer?"""

from sqlalchemy import text

from services.infra.database import UnitOfWork

PING = text("SELECT 1")


async def ping(work: UnitOfWork) -> None:
    """Come back when the database has answered; whatever it raises otherwise is the caller's to tell."""
    await work.execute(PING)
