"""Does the database answer?"""

from sqlalchemy import make_url, text

from services.infrastructure.database.database import UnitOfWork

PING = text("SELECT 1")
VERSION = text("SELECT current_setting('server_version')")


async def ping(work: UnitOfWork) -> None:
    """Come back when the database has answered; whatever it raises otherwise is the caller's to tell."""
    await work.execute(PING)


async def database_in_words(work: UnitOfWork, url: str) -> str:
    """What the database is and where, without its password; raises when it does not answer."""
    version = str((await work.execute(VERSION)).scalar_one()).split()[0]
    address = make_url(url).set(drivername="postgresql")
    place = address.query.get("host") if not address.host else None
    where = f"the socket in {place}" if place else address.render_as_string(hide_password=True)
    return f"PostgreSQL {version} at {where}"
