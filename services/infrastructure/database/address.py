"""Where a database is, in words."""

from sqlalchemy import make_url


def describe(url: str) -> str:
    """The address of a database without its password: its socket's folder, or its URL."""
    address = make_url(url).set(drivername="postgresql")
    place = address.query.get("host") if not address.host else None
    return f"the socket in {place}" if place else address.render_as_string(hide_password=True)
