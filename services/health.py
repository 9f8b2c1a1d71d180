"""Does the database answer?"""

from models.shared import health as statements
from services.infrastructure.database.address import describe
from services.infrastructure.database.database import UnitOfWork


async def ping(work: UnitOfWork) -> None:
    """Ask the database for an answer; errors pass to the caller."""
    await work.execute(statements.PING)


async def database_in_words(work: UnitOfWork, url: str) -> str:
    """Version and address of the database, without its password; errors pass to the caller."""
    version = str((await work.execute(statements.VERSION)).scalar_one()).split()[0]
    return f"PostgreSQL {version} at {describe(url)}"
