"""Time: aware UTC everywhere, and its one wire form."""

from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)


def wire(moment: datetime | None) -> str | None:
    """ISO-8601 in UTC with milliseconds and Z, as clients of the Store API parse it."""
    if moment is None:
        return None
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
