"""Time: aware UTC everywhere, and its one wire form."""

from datetime import UTC, datetime

from utils.errors import AppError


class InvalidMoment(AppError):
    code, kind = "invalid_moment", "invalid"
    message = "{text} is not a moment: write one like 2026-01-31T12:00:00Z"


def now() -> datetime:
    return datetime.now(UTC)


def wire(moment: datetime | None) -> str | None:
    """ISO-8601 in UTC with milliseconds and Z, as clients of the Store API parse it."""
    if moment is None:
        return None
    # Not strftime: this is called for every moment of every answer, and isoformat takes less than half the time.
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def read(text: str) -> datetime:
    """A moment in its wire form, in UTC; InvalidMoment for what no calendar has (second 60, before the year 1)."""
    try:
        moment = datetime.fromisoformat(text.upper())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidMoment(text=text) from None
